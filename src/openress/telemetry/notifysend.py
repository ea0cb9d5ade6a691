"""Sending one message: a POST of JSON to a webhook, a mail through a server. Blocking; for a thread of their own."""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import EmailMessage
from http.client import HTTPException
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from pydantic import SecretStr

from openress.errors import ParameterError, PortError, reason
from openress.sections import EmailConfig, NotifyConfig, WebhookConfig
from openress.telemetry.notifyrules import Message
from openress.telemetry.secret import read_secret

__all__ = ["Mail", "Sender", "Webhook", "senders_of"]

TIMEOUT_S = 15.0
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_LONGEST_REASON = 120


class Sender(Protocol):
    """One way to a person or a program."""

    @property
    def name(self) -> str:
        """For sentences; without secrets."""
        ...

    def send(self, message: Message) -> None:
        """Deliver it.

        Raises:
            PortError: it was not taken.
        """
        ...


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A POST that is sent elsewhere would arrive as a GET, and the token with it."""

    def redirect_request(self, *_: object) -> None:
        """Follow none."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts JSON; anything from 200 to 299 is success.

    Attributes:
        url: the address.
        token: sent as a bearer token, or `None`.
        rack: name of the rack.
    """

    url: str
    token: str | None
    rack: str

    @property
    def name(self) -> str:
        """The address without what may be secret in it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")

    def send(self, message: Message) -> None:
        """See `Sender.send`."""
        headers = {"Content-Type": "application/json", "User-Agent": "openress"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        body = json.dumps(message.as_json(self.rack), ensure_ascii=False).encode()
        # The configuration allows http and https only.
        request = urllib.request.Request(self.url, body, headers, method="POST")  # noqa: S310
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT_S):
                pass
        except urllib.error.HTTPError as error:
            error.close()
            raise PortError(f"The webhook {self.name} answered {error.code} instead of taking the message.") from error
        except (OSError, ValueError, HTTPException) as error:
            cause = getattr(error, "reason", error)
            why = (reason(cause) if isinstance(cause, Exception) else str(cause))[:_LONGEST_REASON]
            raise PortError(f"The webhook {self.name} cannot be reached: {why}.") from error


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends a mail to all recipients.

    Attributes:
        config: the section.
        password: as read.
        context: of TLS.
        rack: name of the rack.
    """

    config: EmailConfig
    password: str | None
    context: ssl.SSLContext
    rack: str

    @property
    def port(self) -> int:
        """Where the server listens."""
        return self.config.port or _PORTS[self.config.security]

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.config.host}:{self.port}"

    def send(self, message: Message) -> None:
        """See `Sender.send`."""
        try:
            with self._server() as server:
                if self.config.security == "starttls":
                    server.starttls(context=self.context)
                if self.config.username is not None:
                    server.login(self.config.username, self.password or "")
                refused = server.send_message(self._mail(message))
        except (smtplib.SMTPException, OSError) as error:
            why = " ".join(reason(error).split())[:_LONGEST_REASON]
            raise PortError(f"The mail server {self.name} did not take the message: {why}.") from error
        if refused:
            raise PortError(f"The mail server {self.name} refused {', '.join(refused)}.")

    def _server(self) -> smtplib.SMTP:
        if self.config.security == "tls":
            return smtplib.SMTP_SSL(self.config.host, self.port, timeout=TIMEOUT_S, context=self.context)
        return smtplib.SMTP(self.config.host, self.port, timeout=TIMEOUT_S)

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        state = "over" if message.over else message.trouble.level.name.lower()
        mail["Subject"] = " ".join(f"{self.rack}: {message.trouble.words} [{state}]".split())
        mail["From"] = self.config.sender
        mail["To"] = ", ".join(self.config.recipients)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(f"{message.sentence}\n\nTold by OpenRESS; [notify] in its configuration says of what.\n")
        return mail


def senders_of(config: NotifyConfig) -> list[Sender]:
    """Everybody who is to be told.

    Raises:
        ParameterError: nobody is, a secret is missing, or a password would go over the network in the clear.
    """
    found: list[Sender] = [_webhook(hook, config.name) for hook in config.webhooks]
    if config.email is not None:
        found.append(_mail(config.email, config.name))
    if not found:
        raise ParameterError("[notify] names nobody: add [[notify.webhooks]] or [notify.email].")
    return found


def _webhook(config: WebhookConfig, rack: str) -> Webhook:
    try:
        port = urlsplit(config.url).port
    except ValueError as error:
        raise ParameterError(f"[[notify.webhooks]] url: {error}.") from error
    if port == 0:
        raise ParameterError("[[notify.webhooks]] url: there is no port 0.")
    token = read_secret(
        "[[notify.webhooks]] token", text=_plain(config.token), file=config.token_file, variable=config.token_variable
    )
    return Webhook(config.url, token, rack)


def _mail(config: EmailConfig, rack: str) -> Mail:
    password = read_secret(
        "[notify.email] password",
        text=_plain(config.password),
        file=config.password_file,
        variable=config.password_variable,
    )
    if (password is None) != (config.username is None):
        raise ParameterError("[notify.email] username and password belong together; give both or none.")
    if password is not None and config.security == "none":
        raise ParameterError('[notify.email] security = "none" would send the password in the clear; use "starttls".')
    if config.ca_file is not None and not Path(config.ca_file).is_file():
        raise ParameterError(f"[notify.email] ca_file: there is no file {config.ca_file}.")
    try:
        return Mail(config, password, ssl.create_default_context(cafile=config.ca_file), rack)
    except ssl.SSLError as error:
        raise ParameterError(f"[notify.email] ca_file: {config.ca_file} holds no certificates.") from error


def _plain(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
