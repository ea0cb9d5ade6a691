"""Which passwords are refused, and that no rule of composition stands in anybody's way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.accounts.passwords import LONGEST, SHORTEST, check_password, why_weak
from openress.errors import ParameterError


@pytest.mark.req("REQ-205")
@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "x" * 11,
        "a" * LONGEST,
        "abcabcabcabcabc",
        "password1234",
        "Passw0rd2026!",
        "P@ssw0rd!!!!!",
        "administrator",
        "admin1234567",
        "openress2026!",
        "Battery-Inverter",
        "installer12345",
        "lifepo4-rack-51.2",
        "pylontech123456",
        "123456789012",
        "098765432109",
        "qwertyuiopas",
        "1qaz2wsx3edc",
        "20261121-053614",
        "x" * (LONGEST + 1),
    ],
)
def test_what_anybody_would_try_is_refused(password: str) -> None:
    with pytest.raises(ParameterError, match=r"^The password .+\.$"):
        check_password(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "gelbe gurken im juni",
        "пароль для подвала",
        "\N{BATTERY} in the cellar \N{SNOWMAN}",
        "zK4!pf09-Mq2w",
        "only lower case letters",
    ],
)
def test_what_is_long_and_unusual_is_accepted_whatever_it_is_made_of(password: str) -> None:
    assert why_weak(password, "anna") is None


def test_the_name_is_no_password() -> None:
    assert why_weak("maximilian-of-the-hill", "maximilian") is None
    assert why_weak("maximilian2026", "maximilian") is not None
    assert why_weak("maximilian-admin", "maximilian") is not None


@given(st.text(max_size=SHORTEST - 1))
def test_none_that_is_short(password: str) -> None:
    if len(password) < SHORTEST:
        assert why_weak(password) is not None
