"""The certificate of the page: one of the owner's, or one made here and kept in the data folder."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openress.errors import ParameterError

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
except ImportError:  # pragma: no cover  # 32-bit ARM has no package
    HAS_CRYPTOGRAPHY = False
else:
    HAS_CRYPTOGRAPHY = True

__all__ = ["Certificate", "given_certificate", "own_certificate"]

CERTIFICATE_FILE, KEY_FILE = "certificate.pem", "certificate-key.pem"
VALID_DAYS, RENEW_DAYS = 397, 30
"""Browsers refuse certificates that last longer (CA/Browser Forum, ballot SC31); renewed at a start near the end."""
_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Certificate:
    """Where a certificate and its key are.

    Attributes:
        fingerprint: SHA-256 of it, as browsers show it.
        own: made here, so that no browser knows who signed it.
    """

    path: Path
    key: Path
    fingerprint: str
    own: bool


def given_certificate(path: Path, key: Path) -> Certificate:
    """A certificate that the owner has.

    Raises:
        ParameterError: the files cannot be read, or do not belong together.
    """
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(path, key, password=lambda: "")
        text = path.read_text("ascii")
        end = "-----END CERTIFICATE-----"
        first = text[text.index("-----BEGIN CERTIFICATE") : text.index(end) + len(end)]
        return Certificate(path, key, _fingerprint(ssl.PEM_cert_to_DER_cert(first)), own=False)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ParameterError(f"[http] certificate {path} with key {key} cannot be used: {why}.") from error


def own_certificate(folder: Path, names: Sequence[str], *, now_s: float) -> Certificate:
    """The certificate kept in a folder; made where it is missing, nearly over, or for other names.

    Args:
        folder: the data folder.
        names: by which the page is called: host names and addresses.
        now_s: unix seconds.

    Raises:
        ParameterError: it cannot be made here or kept there.
    """
    if not HAS_CRYPTOGRAPHY:
        raise ParameterError(
            "A certificate cannot be made without the package cryptography: name one with [http] certificate and key."
        )
    path, key = folder / CERTIFICATE_FILE, folder / KEY_FILE
    now = datetime.fromtimestamp(now_s, UTC)
    try:
        if not _still_good(path, key, names, now):
            _make(path, key, names, now)
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except OSError as error:
        raise ParameterError(f"The certificate {path} cannot be kept: {error.strerror}.") from error
    der = certificate.public_bytes(serialization.Encoding.DER)
    return Certificate(path, key, _fingerprint(der), own=True)


def _fingerprint(der: bytes) -> str:
    digest = hashlib.sha256(der).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def _still_good(path: Path, key: Path, names: Sequence[str], now: datetime) -> bool:
    if not (path.exists() and key.exists()):
        return False
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), None)
        known = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, TypeError, x509.ExtensionNotFound):
        return False
    left = certificate.not_valid_after_utc - now
    same = certificate.public_key() == private.public_key()
    return same and left > timedelta(days=RENEW_DAYS) and set(_alternatives(names)) <= set(known)


def _alternatives(names: Sequence[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in dict.fromkeys(names):
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name.strip("[]"))))
        except ValueError:
            found.append(x509.DNSName(name))
    return found


def _make(path: Path, key: Path, names: Sequence[str], now: datetime) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "OpenRESS")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        # A board without a clock of its own may be behind when it starts.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=VALID_DAYS - 1))
        .add_extension(x509.SubjectAlternativeName(_alternatives(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )
    text = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(key, text)
    _write(path, certificate.public_bytes(serialization.Encoding.PEM))


def _write(path: Path, content: bytes) -> None:
    """As a whole or not at all, for its owner alone."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
