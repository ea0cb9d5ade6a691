"""What is kept of a password fits it and nothing else, by argon2id and by scrypt."""

from __future__ import annotations

from importlib import import_module

import pytest

from openress.accounts.hashing import (
    ARGON2,
    HAS_ARGON2,
    HASH_BYTES,
    SALT_BYTES,
    hash_of_nobody,
    hash_password,
    is_outdated,
    password_fits,
)

SALT = bytes(range(SALT_BYTES))
BOTH = pytest.mark.parametrize("argon2", [True, False] if HAS_ARGON2 else [False])


@BOTH
def test_it_fits_its_password_alone(argon2: bool) -> None:
    kept = hash_password("gelbe gurken im juni", SALT, argon2=argon2)
    assert password_fits(kept, "gelbe gurken im juni")
    assert not password_fits(kept, "gelbe gurken im juli")
    assert not password_fits(kept, "")
    assert "gurken" not in kept
    assert kept != hash_password("gelbe gurken im juni", SALT[::-1], argon2=argon2)
    assert not is_outdated(kept, argon2=argon2)
    assert is_outdated(kept, argon2=not argon2)


@BOTH
def test_what_nobody_has_is_looked_at_like_what_somebody_has(argon2: bool) -> None:
    """Whether there is an account of a name cannot be told from how long a refusal takes."""
    kept, nobodys = hash_password("plain", SALT, argon2=argon2), hash_of_nobody(SALT, b"x" * HASH_BYTES, argon2=argon2)
    assert nobodys.rpartition("$")[0] == kept.rpartition("$")[0]
    assert len(nobodys) == len(kept)
    assert not password_fits(nobodys, "plain")
    if argon2:
        # A hash that cannot be read would be refused at once, and by another error.
        low_level, exceptions = import_module("argon2.low_level"), import_module("argon2.exceptions")
        with pytest.raises(exceptions.VerifyMismatchError):
            low_level.verify_secret(nobodys.encode("ascii"), b"plain", low_level.Type.ID)


def test_argon2id_costs_what_owasp_asks_for() -> None:
    kept = hash_password("gelbe gurken im juni", SALT, argon2=HAS_ARGON2)
    if HAS_ARGON2:
        assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (ARGON2.memory_kib, ARGON2.passes, ARGON2.lanes) == (19456, 2, 1)


def test_the_same_characters_from_another_keyboard_are_the_same_password() -> None:
    kept = hash_password("caf\u00e9 am see im mai", SALT, argon2=False)
    assert password_fits(kept, "cafe\u0301 am see im mai")


@pytest.mark.parametrize("kept", ["", "plain", "$argon2id$", "$scrypt$n=2,r=1,p=1$AA==$AA==", "$argon2id$v=19$m=1$x$y"])
def test_what_is_damaged_fits_nothing(kept: str) -> None:
    assert not password_fits(kept, "plain")
