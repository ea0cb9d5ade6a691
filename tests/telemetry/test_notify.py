"""Webhooks and mail to real servers here: what arrives, what is refused, what is tried again."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import json
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.certificates import Authority
from tests.fixedports import free_port
from tests.processes import openress
from tests.racksnapshots import snapshot
from tests.telemetry.conftest import until

from openress.errors import ParameterError, PortError
from openress.sections import EmailConfig, NotifyConfig, WebhookConfig
from openress.telemetry.notify import NotifyFollower
from openress.telemetry.notifyrules import Level, Message, Trouble
from openress.telemetry.notifysend import senders_of

LOGIN = {"username": "u", "password": "p"}
TOKEN = {"token": "abc"}
NOWHERE = {"token_variable": "NO_SUCH_VARIABLE"}
MESSAGE = Message(Trouble("pack A", "soc_low", Level.ALARM, "Pack A: SOC low, 5 °C"), False, 0, 1.5)


@dataclass
class Hook:
    """A web server that notes what is posted."""

    port: int
    answers: list[int] = field(default_factory=list)
    heard: list[tuple[dict[str, str], Any]] = field(default_factory=list)


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook(0)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.heard.append((dict(self.headers), json.loads(body)))
            self.send_response(made.answers.pop(0) if made.answers else 204)
            self.send_header("Location", f"http://127.0.0.1:{made.port}/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Post:
    """A mail server as small as can be."""

    refuses: bool = False
    context: ssl.SSLContext | None = None
    port: int = 0
    said: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip():
            self.said.append(line)
            match line.split()[0].upper():
                case "EHLO":
                    writer.write(b"250-here\r\n250-STARTTLS\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n")
                case "STARTTLS":
                    writer.write(b"220 go on\r\n")
                    await writer.drain()
                    assert self.context is not None
                    await writer.start_tls(self.context)
                case "AUTH":
                    writer.write(b"535 no\r\n" if self.refuses else b"235 yes\r\n")
                case "DATA":
                    writer.write(b"354 yes\r\n")
                    self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
                    writer.write(b"250 taken\r\n")
                case "QUIT":
                    writer.write(b"221 bye\r\n")
                    await writer.drain()
                    return
                case _:
                    writer.write(b"250 yes\r\n")


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    authority = Authority(tmp_path)
    pair = authority.sign("mail")
    made = Post(context=ssl.create_default_context(ssl.Purpose.CLIENT_AUTH))
    assert made.context is not None
    made.context.load_cert_chain(pair.certificate, pair.key)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await server.wait_closed()


def webhook(port: int, **settings: Any) -> NotifyConfig:
    return NotifyConfig(
        name="Cellar", webhooks=[WebhookConfig(url=f"http://127.0.0.1:{port}/a?key=secret", **settings)]
    )


def mail(port: int, **settings: Any) -> NotifyConfig:
    common = {"host": "127.0.0.1", "port": port, "sender": "rack@example.org", "recipients": ["me@example.org"]}
    return NotifyConfig(name="Cellar", email=EmailConfig(**(common | settings)))


def test_a_webhook_is_posted_json_with_its_token(hook: Hook) -> None:
    senders_of(webhook(hook.port, **TOKEN))[0].send(MESSAGE)
    headers, body = hook.heard[0]
    assert headers["Authorization"] == "Bearer abc"
    assert headers["Content-Type"] == "application/json"
    assert body["text"] == "Pack A: SOC low, 5 °C."
    assert body["rack"] == "Cellar"


@pytest.mark.parametrize("answer", [301, 302, 307, 400, 401, 500])
def test_a_webhook_that_does_not_take_it_is_named_without_its_secrets(hook: Hook, answer: int) -> None:
    hook.answers = [answer]
    with pytest.raises(PortError, match=f"answered {answer}") as raised:
        senders_of(webhook(hook.port))[0].send(MESSAGE)
    assert "secret" not in str(raised.value)
    assert len(hook.heard) == 1


def test_a_webhook_that_is_not_there() -> None:
    with pytest.raises(PortError, match="cannot be reached"):
        senders_of(webhook(free_port()))[0].send(MESSAGE)


async def test_mail_over_starttls_with_a_password(post: Post, tmp_path: Path) -> None:
    authority = tmp_path / "test-authority.pem"
    (tmp_path / "password").write_text("pass\n")
    config = mail(post.port, username="u", password_file=str(tmp_path / "password"), ca_file=str(authority))
    await asyncio.to_thread(senders_of(config)[0].send, MESSAGE)
    assert post.said.index("STARTTLS") < next(n for n, line in enumerate(post.said) if line.startswith("AUTH"))
    found = email.message_from_bytes(post.mails[0], policy=email.policy.default)
    assert found["Subject"] == "Cellar: Pack A: SOC low, 5 °C [alarm]"
    assert found["To"] == "me@example.org"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found.get_content().startswith("Pack A: SOC low, 5 °C.\r\n")


async def test_mail_that_is_refused_says_why(post: Post, tmp_path: Path) -> None:
    authority = str(tmp_path / "test-authority.pem")
    post.refuses = True
    with pytest.raises(PortError, match="535"):
        await asyncio.to_thread(senders_of(mail(post.port, **LOGIN, ca_file=authority))[0].send, MESSAGE)
    # A server that cannot prove who it is gets neither password nor mail.
    post.said.clear()
    with pytest.raises(PortError, match="certificate verify failed"):
        await asyncio.to_thread(senders_of(mail(post.port, **LOGIN))[0].send, MESSAGE)
    assert not any(line.startswith(("AUTH", "MAIL")) for line in post.said)


async def test_a_trouble_arrives_is_tried_again_and_its_end_arrives(hook: Hook) -> None:
    hook.answers = [500, 500]
    said: list[str] = []
    now = [0.0]
    config = webhook(hook.port)
    follower = NotifyFollower(config, said.append, retry_s=(0.01, 0.01, 0.01), clock=lambda: now[0])
    task = asyncio.create_task(follower.run())
    shot = snapshot()
    shot["packs"]["1"]["alarms"] = ["soc_low"]
    for _ in range(3):
        follower.see(shot)
    await until(lambda: len(hook.heard) == 3 and len(said) == 2)
    now[0] = 61.0
    follower.see(snapshot())
    await until(lambda: len(hook.heard) == 4)
    assert [body["over"] for _, body in hook.heard] == [False, False, False, True]
    assert said[0].endswith("answered 500 instead of taking the message.")
    assert said[1] == f"Notifications to http://127.0.0.1:{hook.port} arrive again."
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await follower.close()


async def test_a_message_is_given_up_in_the_end_and_one_way_does_not_hold_up_another(hook: Hook) -> None:
    said: list[str] = []
    both = NotifyConfig(
        webhooks=[
            WebhookConfig(url=f"http://127.0.0.1:{free_port()}/"),
            WebhookConfig(url=f"http://127.0.0.1:{hook.port}/"),
        ]
    )
    follower = NotifyFollower(both, said.append, retry_s=(0.01, 0.01))
    task = asyncio.create_task(follower.run())
    shot = snapshot()
    shot["packs"]["1"]["faults"] = ["cell"]
    follower.see(shot)
    await until(lambda: hook.heard and len(said) == 2)
    assert "cannot be reached" in said[0]
    assert "is given up: Virtual rack, no real battery: Pack 1 (VIRTUAL-0001): fault: cell." in said[1]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await follower.close()


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (NotifyConfig(), "names nobody"),
        (mail(25, username="u"), "belong together"),
        (mail(25, **LOGIN, security="none"), "in the clear"),
        (mail(25, ca_file="/no/such/file"), "there is no file"),
        (webhook(1, **NOWHERE), "no variable"),
        (webhook(99_999), "url"),
    ],
)
def test_mistakes_are_told_before_anything_runs(config: NotifyConfig, sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        senders_of(config)


def test_the_ways_can_be_tried(hook: Hook, tmp_path: Path) -> None:
    config = tmp_path / "openress.toml"
    config.write_text(f'[[notify.webhooks]]\nurl = "http://127.0.0.1:{hook.port}/x"\n')
    done = openress("notify", "test", "--config", str(config))
    assert (done.returncode, done.stdout) == (0, f"http://127.0.0.1:{hook.port} took the message.\n")
    assert hook.heard[0][1]["name"] == "test"
    hook.answers = [403]
    done = openress("notify", "test", "--config", str(config), "--json")
    assert done.returncode == 1
    (told,) = json.loads(done.stdout)
    assert (told["way"], told["arrived"]) == (f"http://127.0.0.1:{hook.port}", False)
    assert "answered 403" in told["error"]
    assert "answered 403" in done.stderr
