"""When sessions end."""

from __future__ import annotations

from openress.accounts.sessions import _EACH, AGE_S, IDLE_S, RECENT_S, Sessions


def test_a_session_ends_by_silence() -> None:
    sessions = Sessions()
    sessions.begin("secret", "anna", 1, 0.0)
    assert sessions.find("secret", IDLE_S) is not None
    assert sessions.find("secret", 2 * IDLE_S, touch=False) is not None
    assert sessions.find("secret", 2 * IDLE_S + 1) is None
    assert sessions.find("secret", 0.0) is None


def test_a_session_ends_by_age_however_busy() -> None:
    sessions, now_s = Sessions(), 0.0
    sessions.begin("secret", "anna", 1, now_s)
    while sessions.find("secret", now_s) is not None:
        now_s += IDLE_S / 2
    assert AGE_S < now_s <= AGE_S + IDLE_S


def test_the_window_for_dangerous_actions() -> None:
    session = Sessions().begin("secret", "anna", 1, 100.0)
    assert session.recent(100.0 + RECENT_S)
    assert not session.recent(101.0 + RECENT_S)


def test_secrets_are_not_held_and_their_number_is_bounded() -> None:
    sessions = Sessions()
    for number in range(3 * _EACH):
        sessions.begin(f"secret-{number}", "anna", 1, float(number))
    sessions.begin("other", "bert", 1, 0.0)
    assert len(sessions) == _EACH + 1
    assert "secret" not in repr(sessions._open)
    assert sessions.find("secret-0", 1.0) is None
    sessions.end_all("anna")
    assert len(sessions) == 1
    sessions.end("other")
    assert len(sessions) == 0
