"""A connection to a broker as the configuration describes it: TLS, secrets, last will, and the wait after a failure."""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass
from pathlib import Path

import aiomqtt

from openress.errors import ParameterError, reason
from openress.sections import MqttConfig
from openress.telemetry.mqttstates import OFFLINE, Layout
from openress.telemetry.secret import read_secret

__all__ = ["TIMEOUT_S", "Broker", "abandon", "pause_s"]

TIMEOUT_S = 10.0
"""A broker that does not answer for so long counts as gone."""
_QUIET = logging.getLogger("openress.mqtt")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False
_KEEPALIVE_S = 30
_PORT, _TLS_PORT = 1883, 8883
_VERSIONS = {"5": aiomqtt.ProtocolVersion.V5, "3.1.1": aiomqtt.ProtocolVersion.V311}


def pause_s(failures: int, chance: float, *, least_s: float = 1.0, most_s: float = 60.0) -> float:
    """How long to wait after so many failures in a row, the first being 1; doubles, and differs for each of many.

    Args:
        failures: in a row.
        chance: from 0 to 1, drawn anew each time; takes up to half of the wait away.
        least_s: of the first.
        most_s: of any.
    """
    whole = min(most_s, least_s * 2.0 ** min(failures - 1, 30))
    return whole * (1.0 - chance / 2.0)


@dataclass(frozen=True, slots=True)
class Broker:
    """Everything that a connection needs; made once, so that mistakes are told at the start.

    Attributes:
        config: the section.
        password: as read.
        context: of TLS, or `None`.
    """

    config: MqttConfig
    password: str | None
    context: ssl.SSLContext | None

    @classmethod
    def of(cls, config: MqttConfig) -> Broker:
        """Read secrets and certificates.

        Raises:
            ParameterError: one is missing, cannot be used or contradicts another setting.
        """
        text = None if config.password is None else config.password.get_secret_value()
        password = read_secret(
            "[mqtt] password", text=text, file=config.password_file, variable=config.password_variable
        )
        if password is not None and config.username is None:
            raise ParameterError("[mqtt] has a password but no username.")
        return cls(config, password, _context(config))

    @property
    def port(self) -> int:
        """Where the broker listens."""
        return self.config.port or (_PORT if self.context is None else _TLS_PORT)

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.config.host}:{self.port}"

    @property
    def in_the_clear(self) -> bool:
        """Whether the password can be read by whoever sees the network."""
        return self.password is not None and self.context is None

    def client(self, layout: Layout, *, timeout_s: float = TIMEOUT_S) -> aiomqtt.Client:
        """A new connection; it begins when it is entered. What the broker says of us when it is lost: offline."""
        return aiomqtt.Client(
            self.config.host,
            self.port,
            username=self.config.username,
            password=self.password,
            identifier=self.config.client_id or f"openress-{layout.site}",
            protocol=_VERSIONS[self.config.version],
            will=aiomqtt.Will(layout.status, OFFLINE, qos=1, retain=True),
            tls_context=self.context,
            keepalive=_KEEPALIVE_S,
            timeout=timeout_s,
            max_queued_incoming_messages=100,
            logger=_QUIET,
        )


def abandon(client: aiomqtt.Client) -> None:
    """Close what is left of a connection that failed.

    aiomqtt leaves the socket of an attempt that ran out of time open, and a task that looks after it: one more of each
    for every attempt.
    """
    client._client._sock_close()  # noqa: SLF001  # there is no public way


def _context(config: MqttConfig) -> ssl.SSLContext | None:
    files = {"ca_file": config.ca_file, "certificate_file": config.certificate_file, "key_file": config.key_file}
    if not config.tls:
        named = [name for name, value in files.items() if value is not None]
        if named:
            raise ParameterError(f"[mqtt] {named[0]} is of no use without tls = true.")
        return None
    if (config.certificate_file is None) != (config.key_file is None):
        raise ParameterError("[mqtt] certificate_file and key_file belong together; give both or none.")
    for name, value in files.items():
        if value is not None and not Path(value).is_file():
            raise ParameterError(f"[mqtt] {name}: there is no file {value}.")
    try:
        context = ssl.create_default_context(cafile=config.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if config.certificate_file is not None:
            context.load_cert_chain(config.certificate_file, config.key_file)
    except (ssl.SSLError, OSError) as error:
        raise ParameterError(f"[mqtt] The certificates cannot be used: {reason(error)}.") from error
    return context
