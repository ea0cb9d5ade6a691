"""Guessing slows down, nobody is locked out for good, and strangers cannot fill the memory."""

from __future__ import annotations

import pytest

from openress.accounts.throttle import _KEYS, Buckets, Throttle, neighbourhood


def test_waits_double_up_to_the_longest_and_are_forgotten() -> None:
    throttle, now_s, waits = Throttle(free=3, longest_s=60, forget_s=900), 0.0, []
    for _ in range(12):
        throttle.failed("a", now_s)
        waits.append(throttle.wait_s("a", now_s))
        now_s += waits[-1]
        assert throttle.wait_s("a", now_s) == 0.0
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert throttle.wait_s("b", now_s) == 0.0
    throttle.failed("a", now_s + 901)
    assert throttle.wait_s("a", now_s + 901) == 0.0
    throttle.failed("a", now_s + 902)
    throttle.failed("a", now_s + 902)
    assert throttle.wait_s("a", now_s + 902) == 1.0
    throttle.succeeded("a")
    assert throttle.wait_s("a", now_s + 902) == 0.0


def test_a_bucket_refills() -> None:
    buckets = Buckets(burst=3, rate_per_s=2)
    assert [buckets.take("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert buckets.take("b", 0.0)
    assert [buckets.take("a", 1.0) for _ in range(3)] == [True, True, False]
    assert [buckets.take("a", 99.0) for _ in range(4)] == [True, True, True, False]
    # A clock that goes back fills nothing.
    assert not buckets.take("a", 0.0)


def test_they_forget_the_oldest_of_too_many() -> None:
    throttle, buckets = Throttle(free=1), Buckets(burst=1, rate_per_s=0)
    for number in range(_KEYS + 10):
        throttle.failed(f"{number}", 0.0)
        buckets.take(f"{number}", 0.0)
    assert len(throttle._known) == len(buckets._known) == _KEYS


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_who_counts_as_the_same(address: str, near: str) -> None:
    assert neighbourhood(address) == near
