"""How passwords are kept: argon2id, or scrypt where that is not installed; the random salt is an argument."""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from dataclasses import dataclass

try:
    from argon2.exceptions import Argon2Error, InvalidHashError
    from argon2.low_level import Type, hash_secret, verify_secret
except ImportError:  # pragma: no cover  # 32-bit ARM has no package
    HAS_ARGON2 = False
else:
    HAS_ARGON2 = True

__all__ = ["HASH_BYTES", "SALT_BYTES", "hash_of_nobody", "hash_password", "is_outdated", "password_fits", "secret_hash"]

SALT_BYTES = 16
HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class _Cost:
    """What a guess costs."""

    memory_kib: int
    passes: int
    lanes: int


ARGON2 = _Cost(memory_kib=19 * 1024, passes=2, lanes=1)
"""OWASP's Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane; a small board can spare that."""
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**14, 8, 5
"""The same cheat sheet's scrypt with 16 MiB: N = 2^14, r = 8, p = 5."""
_ARGON2 = f"$argon2id$v=19$m={ARGON2.memory_kib},t={ARGON2.passes},p={ARGON2.lanes}$"
_SCRYPT = f"$scrypt$n={SCRYPT_N},r={SCRYPT_R},p={SCRYPT_P}$"


def hash_password(password: str, salt: bytes, *, argon2: bool = HAS_ARGON2) -> str:
    """What is kept of a password: a text that names how it was made.

    Args:
        password: as typed.
        salt: `SALT_BYTES` random bytes, never used twice.
        argon2: with argon2id, else with scrypt.
    """
    secret = _bytes(password)
    if argon2:
        made = hash_secret(secret, salt, ARGON2.passes, ARGON2.memory_kib, ARGON2.lanes, HASH_BYTES, Type.ID)
        return made.decode("ascii")
    return f"{_SCRYPT}{_text(salt)}${_text(_scrypt(secret, salt))}"


def hash_of_nobody(salt: bytes, made: bytes, *, argon2: bool = HAS_ARGON2) -> str:
    """What no password was made of: to find that one does not fit takes as long as with any other.

    Args:
        salt: `SALT_BYTES` random bytes.
        made: `HASH_BYTES` random bytes, in place of what a password would give.
        argon2: as of argon2id, else as of scrypt.
    """
    if argon2:
        return f"{_ARGON2}{_text(salt).rstrip('=')}${_text(made).rstrip('=')}"
    return f"{_SCRYPT}{_text(salt)}${_text(made)}"


def password_fits(kept: str, password: str) -> bool:
    """Whether a password is the one of which `kept` was made; takes as long when it is not."""
    secret = _bytes(password)
    if kept.startswith("$scrypt$"):
        _, _, parameters, salt, known = kept.split("$")
        if f"$scrypt${parameters}$" != _SCRYPT:
            return False
        return hmac.compare_digest(_scrypt(secret, base64.b64decode(salt)), base64.b64decode(known))
    if not HAS_ARGON2:
        return False
    try:
        return verify_secret(kept.encode("ascii"), secret, Type.ID)
    except (Argon2Error, InvalidHashError):
        return False


def is_outdated(kept: str, *, argon2: bool = HAS_ARGON2) -> bool:
    """Whether `hash_password` would make it in another way now."""
    return not kept.startswith(_ARGON2 if argon2 else _SCRYPT)


def secret_hash(secret: str) -> str:
    """What is kept of a token, session or code: they are random and long enough that one pass is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _scrypt(secret: bytes, salt: bytes) -> bytes:
    room = 2 * 128 * SCRYPT_N * SCRYPT_R
    return hashlib.scrypt(secret, salt=salt, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, maxmem=room, dklen=HASH_BYTES)


def _bytes(password: str) -> bytes:
    """The same password typed on another keyboard must be the same: NIST SP 800-63B asks for NFKC."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
