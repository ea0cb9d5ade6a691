"""Claiming, logging in and out, who may do what, tokens and the audit, as a browser and a program meet them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.web.doors import OTHER, OWN, PASSWORD, Page, page

from openress.accounts import Role
from openress.accounts.sessions import AGE_S, IDLE_S, RECENT_S
from openress.web import security
from openress.web.repeated import EVERY_S


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Page]:
    async with page(tmp_path) as found:
        yield found


@pytest.mark.req("REQ-205")
async def test_the_first_account_is_made_with_the_code_from_the_console(tmp_path: Path) -> None:
    async with page(tmp_path, people=False) as door, door.client() as client:
        assert (await client.get("/api/me")).json() == {
            "name": None,
            "role": "viewer",
            "recent_s": 0.0,
            "ends_s": None,
            "token": False,
            "claimed": False,
        }
        code = door.book.new_claim()
        asked = {"name": "Ines", "password": PASSWORD, "code": code}
        wrong = await client.post("/api/claim", json={**asked, "code": "AAAA-AAAA-AAAA-AAAA"})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "credentials")
        weak = await client.post("/api/claim", json={**asked, "password": "openress1234"})
        assert (weak.status_code, weak.json()["code"]) == (422, "invalid")
        made = await client.post("/api/claim", json=asked)
        assert (made.status_code, made.json()["name"], made.json()["role"]) == (201, "ines", "installer")
        assert (await client.get("/api/me")).json()["recent_s"] == RECENT_S
        again = await client.post("/api/claim", json={**asked, "name": "other"})
        assert (again.status_code, again.json()["code"]) == (409, "state")
        told = [(entry.who, entry.action, entry.result) for entry in door.book.ledger.audit()]
        assert ("ines", "POST /api/claim", "done") in told


async def test_a_claim_code_cannot_be_guessed(tmp_path: Path) -> None:
    async with page(tmp_path, people=False) as door, door.client() as client:
        door.book.new_claim()
        asked = {"name": "eve", "password": PASSWORD}
        tried = [await client.post("/api/claim", json={**asked, "code": f"{number:016}"}) for number in range(40)]
        assert [answer.status_code for answer in tried] == [401] * 5 + [429] * 35
        assert int(tried[-1].headers["Retry-After"]) >= 1


@pytest.mark.parametrize("secure", [False, True])
async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(tmp_path: Path, secure: bool) -> None:
    async with page(tmp_path, secure=secure) as door:
        async with door.member("vera") as client:
            cookie = (await client.post("/api/login", json=login("vera"))).headers["set-cookie"]
        parts = {part.strip().lower() for part in cookie.split(";")}
        assert {"httponly", "samesite=strict", "path=/"} <= parts
        assert ("secure" in parts) is secure
        assert cookie.startswith("__Host-openress-8080=" if secure else "openress-8080=")
        assert "domain" not in cookie.lower()
        assert len(cookie.partition("=")[2].partition(";")[0]) >= 43


def login(name: str, password: str | None = None) -> dict[str, str]:
    return {"name": name, "password": password or f"{PASSWORD} {name}"}


async def test_logging_in_gives_a_new_session_and_logging_out_ends_it(door: Page) -> None:
    async with door.member("otto") as client:
        first = client.cookies["openress-8080"]
        await client.post("/api/login", json=login("otto"))
        second = client.cookies["openress-8080"]
        assert first != second
        assert (await client.get("/api/me")).json()["name"] == "otto"
        answer = await client.post("/api/logout")
        assert answer.status_code == 204
        for secret in (first, second):
            client.cookies.set("openress-8080", secret)
            assert (await client.get("/api/me")).json()["name"] is None
    assert len(door.guard.sessions) == 0


async def test_sessions_end_by_silence_and_by_age(door: Page) -> None:
    async with door.member("otto") as client:
        door.clock.now_s += IDLE_S - 1
        assert (await client.get("/api/me")).json()["name"] == "otto"
        door.clock.now_s += IDLE_S + 1
        assert (await client.get("/api/me")).json()["name"] is None
    async with door.member("otto") as client:
        for _ in range(int(AGE_S / IDLE_S * 2) + 1):
            door.clock.now_s += IDLE_S / 2
            name = (await client.get("/api/me")).json()["name"]
        assert name is None


@pytest.mark.parametrize("how", ["password", "role", "remove"])
async def test_a_change_of_the_account_ends_its_sessions(door: Page, how: str) -> None:
    async with door.member("otto") as client:
        match how:
            case "password":
                door.book.set_password("otto", OTHER)
            case "role":
                door.book.set_role("otto", Role.INSTALLER)
            case _:
                door.book.remove("otto")
        assert (await client.post("/api/disconnect")).status_code == 401
    assert door.rack.connection == "connected"


async def test_changing_the_own_password_ends_the_other_sessions(door: Page) -> None:
    async with door.member("vera") as here, door.member("vera") as there:
        wrong = await here.post("/api/me/password", json={"old": OTHER, "new": OTHER})
        assert wrong.status_code == 401
        weak = await here.post("/api/me/password", json={"old": f"{PASSWORD} vera", "new": "vera-password"})
        assert weak.status_code == 422
        done = await here.post("/api/me/password", json={"old": f"{PASSWORD} vera", "new": OTHER})
        assert done.status_code == 200
        assert (await here.get("/api/me")).json()["name"] == "vera"
        assert (await there.get("/api/me")).json()["name"] is None
    async with door.client() as client:
        assert (await client.post("/api/login", json=login("vera"))).status_code == 401
        assert (await client.post("/api/login", json=login("vera", OTHER))).status_code == 200


@pytest.mark.req("REQ-007", "REQ-205")
async def test_what_each_role_may(door: Page) -> None:
    wanted = {
        "vera": {"disconnect": 403, "forgotten": 403, "parameters": 403, "users": 403, "audit": 403, "snapshot": 200},
        "otto": {"disconnect": 200, "forgotten": 200, "parameters": 403, "users": 403, "audit": 403, "snapshot": 200},
        "ines": {"disconnect": 200, "forgotten": 200, "parameters": 200, "users": 200, "audit": 200, "snapshot": 200},
    }
    for name, statuses in wanted.items():
        async with door.member(name) as client:
            found = {
                "disconnect": (await client.post("/api/disconnect")).status_code,
                "forgotten": (await client.post("/api/forgotten")).status_code,
                "parameters": (await client.put("/api/parameters/x?value=1")).status_code,
                "users": (await client.get("/api/users")).status_code,
                "audit": (await client.get("/api/audit")).status_code,
                "snapshot": (await client.get("/api/snapshot")).status_code,
            }
            assert found == statuses, name


@pytest.mark.req("REQ-205")
async def test_what_is_dangerous_asks_for_the_password_again(door: Page) -> None:
    async with door.member("ines") as client:
        door.clock.now_s += RECENT_S + 1
        refused = await client.put("/api/parameters/x?value=1")
        assert (refused.status_code, refused.json()["code"]) == (403, "confirm")
        assert (await client.post("/api/me/confirm", json={"password": OTHER})).status_code == 401
        assert (await client.put("/api/parameters/x?value=1")).status_code == 403
        confirmed = await client.post("/api/me/confirm", json={"password": f"{PASSWORD} ines"})
        assert confirmed.json()["recent_s"] == RECENT_S
        assert (await client.put("/api/parameters/x?value=1")).json() == {"by": "ines"}


async def test_people_are_made_changed_and_removed_by_installers(door: Page) -> None:
    async with door.member("ines") as client:
        made = await client.post("/api/users", json={"name": "Karl", "role": "viewer", "password": OTHER})
        assert (made.status_code, made.json()["name"]) == (201, "karl")
        twice = await client.post("/api/users", json={"name": "karl", "role": "viewer", "password": OTHER})
        assert twice.status_code == 409
        assert (await client.patch("/api/users/karl", json={"role": "operator"})).json()["role"] == "operator"
        assert (await client.patch("/api/users/karl", json={"password": "short"})).status_code == 422
        assert (await client.patch("/api/users/nobody", json={"role": "viewer"})).status_code == 404
        assert (await client.delete("/api/users/karl")).status_code == 204
        assert (await client.delete("/api/users/karl")).status_code == 404
        assert (await client.delete("/api/users/ines")).status_code == 409
        assert [user["name"] for user in (await client.get("/api/users")).json()] == ["ines", "otto", "vera"]


async def test_tokens_are_for_programs_and_cannot_do_what_needs_a_person(door: Page) -> None:
    async with door.member("ines") as client:
        asked = {"title": "grafana", "role": "installer", "days": 30}
        made = (await client.post("/api/tokens", json=asked)).json()
        listed = (await client.get("/api/tokens")).json()
        assert [token["title"] for token in listed] == ["grafana"]
        assert "secret" not in listed[0]
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    async with door.client() as program:
        program.headers.pop("X-OpenRESS")
        assert (await program.get("/api/me", headers=bearer)).json()["token"] is True
        assert (await program.post("/api/disconnect", headers=bearer)).json() == {"by": "ines"}
        for method, path, body in (
            ("PUT", "/api/parameters/x?value=1", None),
            ("POST", "/api/tokens", asked),
            ("POST", "/api/me/confirm", {"password": f"{PASSWORD} ines"}),
            ("POST", "/api/users", {"name": "k", "role": "viewer", "password": OTHER}),
        ):
            refused = await program.request(method, path, json=body, headers=bearer)
            assert refused.status_code == 403, path
        assert (await program.get("/api/me", headers={"Authorization": "Bearer openress_x"})).status_code == 401
        door.wall.now_s += 31 * 86400
        assert (await program.post("/api/disconnect", headers=bearer)).status_code == 401
    async with door.member("otto") as client:
        own = await client.post("/api/tokens", json={"title": "more", "role": "installer"})
        assert own.status_code == 422
        assert (await client.delete(f"/api/tokens/{made['id']}")).status_code == 404
        assert (await client.get("/api/tokens")).json() == []


@pytest.mark.req("REQ-213")
async def test_every_change_is_in_the_audit_and_no_secret_is(door: Page) -> None:
    async with door.member("ines") as client:
        await client.put("/api/parameters/cell_ov_protect_mv?value=3600")
        token = (await client.post("/api/tokens", json={"title": "grafana"})).json()
        await client.post("/api/users", json={"name": "karl", "role": "viewer", "password": OTHER})
        async with door.member("vera", "192.0.2.8") as other:
            await other.put("/api/parameters/cell_ov_protect_mv?value=4000")
            await other.put("/api/parameters/cell_ov_protect_mv?value=4000")
        answer = (await client.get("/api/audit")).json()
        page_two = (await client.get("/api/audit", params={"before": 3, "limit": 1})).json()
        german = (await client.get("/api/audit", params={"lang": "de"})).json()
    assert [entry["result"] for entry in german["entries"]][1:3] == ["abgelehnt, 403", "erledigt"]
    assert (german["language"], german["untranslated"], answer["language"]) == ("de", [], "en")
    told = [
        (entry["who"], entry["origin"], entry["action"], entry["detail"], entry["result"])
        for entry in reversed(answer["entries"])
    ]
    put = "PUT /api/parameters/cell_ov_protect_mv"
    assert told == [
        ("ines", "192.0.2.7", "POST /api/login", "as 'ines'", "done"),
        ("ines", "192.0.2.7", put, "cell_ov_protect_mv: 3650 -> 3600", "done"),
        ("ines", "192.0.2.7", "POST /api/tokens", "'grafana' as viewer for 90 days", "done"),
        ("ines", "192.0.2.7", "POST /api/users", "'karl' as viewer", "done"),
        ("vera", "192.0.2.8", "POST /api/login", "as 'vera'", "done"),
        ("vera", "192.0.2.8", put, "", "refused, 403"),
        ("vera", "192.0.2.8", put, "1 more within 1 s", "refused, 403"),
    ]
    assert answer["broken_at"] is None
    assert [entry["number"] for entry in page_two["entries"]] == [2]
    for secret in (token["secret"], OTHER, PASSWORD):
        assert secret not in json.dumps(answer)


async def test_strangers_cannot_fill_the_audit(door: Page) -> None:
    async with door.client() as client:
        for _ in range(50):
            await client.put("/api/parameters/x?value=1")
            await client.post("/api/login", json=login("vera", OTHER))
    assert len(door.book.ledger.audit()) <= 6


async def test_refusals_in_a_burst_are_counted(door: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight wrong logins: how many they were is told to who reads, when nobody tries any more, and at the end."""
    waits, over = list[float](), asyncio.Event()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await over.wait()
        door.clock.now_s += seconds

    async with door.client("192.0.2.9") as stranger, door.member("ines") as ines:
        monkeypatch.setattr("openress.web.auth.asyncio.sleep", sleep)
        monkeypatch.setattr(door.book, "prove", lambda _name, _password: None)
        for _ in range(8):
            await stranger.post("/api/login", json=login("vera", OTHER))
        assert door.guard._counting is not None
        over.set()
        await door.guard._counting
        over.clear()
        await stranger.post("/api/login", json=login("vera", OTHER))
        await stranger.post("/api/login", json=login("otto", OTHER))
        entries = (await ines.get("/api/audit")).json()["entries"]
        await stranger.post("/api/login", json=login("ines", OTHER))
    door.guard.close()
    tried = [(entry["detail"], entry["result"]) for entry in reversed(entries) if entry["who"] == "anonymous"]
    assert tried == [
        ("as 'vera'", "refused, 401"),
        ("as 'vera'", "refused, 429"),
        ("4 more within 1 s, the last as 'vera'", "refused, 401"),
        ("2 more within 1 s, the last as 'vera'", "refused, 429"),
        ("as 'vera'", "refused, 401"),
        ("as 'otto'", "refused, 429"),
    ]
    assert set(waits) == {EVERY_S}
    assert door.book.ledger.audit(most=1)[0].detail == "1 more within 1 s, the last as 'ines'"


async def test_an_audit_that_cannot_be_kept_is_told(door: Page) -> None:
    async with door.member("otto") as client:
        door.book.ledger._writer.execute("DROP TABLE audit")
        assert (await client.post("/api/disconnect")).status_code == 200
    assert len(door.said) == 1
    assert door.said[0].startswith("The audit could not be kept: ")


async def test_without_anonymous_readers_nothing_is_told(tmp_path: Path) -> None:
    async with page(tmp_path, anonymous=None) as door:
        async with door.client() as client:
            for path in ("/api/snapshot", "/api/recent", "/api/stream", "/openapi.json", "/api/parameters", "/api/x"):
                assert (await client.get(path)).status_code == 401, path
            assert (await client.get("/api/me")).json()["role"] is None
            assert (await client.get("/")).status_code in (200, 503)
        async with door.member("vera") as client:
            assert (await client.get("/api/snapshot")).status_code == 200


async def test_a_stream_ends_with_its_session(tmp_path: Path) -> None:
    async with page(tmp_path, anonymous=None) as door, door.member("vera") as client:
        answer = asyncio.create_task(client.get("/api/stream"))
        async with asyncio.timeout(10):
            while not door.hub._readers:  # noqa: ASYNC110  # what is waited for has no event
                await asyncio.sleep(0.01)
        door.book.set_role("vera", Role.OPERATOR)
        door.clock.now_s += security.LOOK_EVERY_S
        door.hub.look()
        async with asyncio.timeout(10):
            text = (await answer).text
        assert text.startswith("event: snapshot")
        async with asyncio.timeout(10):
            while door.hub._readers:  # noqa: ASYNC110  # as above
                await asyncio.sleep(0.01)


async def test_refusals_are_told_to_people_and_programs(door: Page) -> None:
    async with door.client() as client:
        refused = await client.post("/api/disconnect")
        assert refused.json() == {"detail": "Log in first.", "code": "login"}
        assert refused.headers["cache-control"] == "no-store"
        assert refused.headers["www-authenticate"].startswith("Bearer")
        invalid = await client.post("/api/login", json={"name": "vera", "password": ["secret-sent"]}, headers=OWN)
        assert invalid.status_code == 422
        assert "secret-sent" not in invalid.text


@pytest.mark.parametrize(
    ("language", "wrong", "weak"),
    [
        ("de", "Der Name oder das Passwort ist falsch.", "Das Passwort folgt benachbarten Tasten; das probiert"),
        ("es", "El nombre o la contraseña no es correcto.", "La contraseña es una serie de teclas vecinas; cualq"),
        ("zh", "名称或密码错误。", "密码是相邻按键的序列"),
    ],
)
async def test_refusals_are_told_in_the_language_that_is_wanted(
    tmp_path: Path, language: str, wrong: str, weak: str
) -> None:
    async with page(tmp_path) as door, door.client(**{"Accept-Language": f"{language}, en;q=0.5"}) as client:
        refused = await client.post("/api/login", json={"name": "ines", "password": "wrong"})
        assert refused.json() == {"detail": wrong, "code": "credentials"}
        assert (refused.headers["Content-Language"], refused.headers["Vary"]) == (language, "Accept-Language")
        # Programs that say nothing of a language are told in English, and so is whoever asks for it.
        for headers in ({"Accept-Language": ""}, {"Accept-Language": "en"}):
            english = await client.post("/api/login", json={"name": "ines", "password": "x"}, headers=headers)
            assert english.json()["detail"] == "The name or the password is wrong."
            assert english.headers["Content-Language"] == "en"
        gate = await client.post("/api/disconnect")
        assert (gate.json()["code"], gate.json()["detail"] == "Log in first.") == ("login", False)
        asked = await client.post("/api/disconnect", params={"lang": "de"})
        assert asked.json()["detail"] == "Erst anmelden."
        # What is wrong with the form of a request is for who writes a program; it has no translation, and is marked.
        unread = await client.post("/api/login", json={"name": "ines"})
        assert (unread.status_code, unread.headers["Content-Language"]) == (422, "en")
        assert unread.json()["detail"] == "body.password is missing."
    async with page(tmp_path / "new", people=False) as door, door.client(**{"Accept-Language": language}) as client:
        asked_for = {"name": "Ines", "password": "qwertzuiopasdf", "code": door.book.new_claim()}
        claim = await client.post("/api/claim", json=asked_for)
        assert (claim.status_code, claim.json()["detail"].startswith(weak)) == (422, True), claim.json()
