"""The judge of a storm finds each kind of broken promise, and nothing where there is none."""

from decimal import Decimal

import pytest

from tests.history import Request, Told, Written, complaints

DONE, AGAIN = Told(201, b"done"), Told(201, b"done", is_replay=True)
REFUSED, CHANGED = Told(422, b"no"), Told(422, b"no", is_replay=True)


def _entry(sequence: int, amount: int, after: int, wallet: int = 1) -> Written:
    return Written(wallet, sequence, Decimal(amount), Decimal(after))


def _request(*amounts: int, told: tuple[Told, ...] = (DONE,)) -> Request:
    """Move wallet 1 by the first amount, wallet 2 by the second."""
    effects = tuple((index, Decimal(amount)) for index, amount in enumerate(amounts, 1))
    return Request(f"k{amounts}", effects, list(told))


def _judge(requests: list[Request], journal: list[Written], **balances: int) -> list[str]:
    named = {int(name[1:]): Decimal(value) for name, value in balances.items()}
    return complaints(requests, journal, named)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_request_that_nobody_answered_may_be_there_or_not(is_there: bool) -> None:
    journal = [_entry(1, 5, 5)] if is_there else []
    assert _judge([_request(5, told=())], journal, w1=5 if is_there else 0) == []


def test_an_honest_storm_is_in_order() -> None:
    requests = [
        _request(50, told=(DONE, AGAIN)),
        _request(-9, 9),
        _request(-99, told=(REFUSED,)),
    ]
    journal = [_entry(1, 50, 50), _entry(2, -9, 41), _entry(1, 9, 9, wallet=2)]
    assert _judge(requests, journal, w1=41, w2=9) == []


def test_holds_are_judged_as_movements_are() -> None:
    placed, voided = (1, "pending", Decimal(5)), (1, "voided", Decimal(5))
    requests = [Request("place", (placed,), [DONE]), Request("void", (voided,), [REFUSED])]
    balances = {1: Decimal(0)}
    assert complaints(requests, [], balances, [placed]) == []
    assert complaints(requests, [], balances, []) == [
        "place was acknowledged and is there {0} times"
    ]
    assert complaints(requests, [], balances, [placed, placed]) == [
        "place was acknowledged and is there {2} times"
    ]
    assert complaints(requests, [], balances, [placed, voided]) == [
        "void was refused and is there {1} times"
    ]
    stray = (1, "captured", Decimal(5))
    assert complaints(requests, [], balances, [placed, stray]) == [f"nobody asked for {stray}"]


def test_a_capture_without_its_movement_is_half_done() -> None:
    captured = (1, "captured", Decimal(5))
    request = Request("capture", ((1, Decimal(-5)), captured), [DONE])
    found = complaints([request], [], {1: Decimal(0)}, [captured])
    assert found == ["capture was acknowledged and is there {0, 1} times"]


@pytest.mark.parametrize(
    ("complaint", "requests", "journal", "balances"),
    [
        ("acknowledged", [_request(5)], [], {"w1": 0}),
        ("acknowledged", [_request(5)], [_entry(1, 5, 5), _entry(2, 5, 10)], {"w1": 10}),
        ("refused", [_request(5, told=(REFUSED,))], [_entry(1, 5, 5)], {"w1": 5}),
        ("acknowledged", [_request(5, 6)], [_entry(1, 5, 5)], {"w1": 5}),
        ("never answered", [_request(5, 6, told=())], [_entry(1, 5, 5)], {"w1": 5}),
        ("nobody asked", [], [_entry(1, 5, 5)], {"w1": 5}),
        ("differently", [_request(5, told=(DONE, CHANGED))], [_entry(1, 5, 5)], {"w1": 5}),
        ("anew", [_request(5, told=(DONE, DONE))], [_entry(1, 5, 5)], {"w1": 5}),
        ("broke", [_request(5, told=(Told(500, b""),))], [], {"w1": 0}),
        ("gap", [_request(5)], [_entry(2, 5, 5)], {"w1": 5}),
        ("add up", [_request(5)], [_entry(1, 5, 6)], {"w1": 5}),
        ("holds 6", [_request(5)], [_entry(1, 5, 5)], {"w1": 6}),
        ("overdrawn", [_request(-5)], [_entry(1, -5, -5)], {"w1": -5}),
        ("no evidence", [_request(5), _request(5)], [_entry(1, 5, 5)], {"w1": 5}),
    ],
)
def test_a_broken_promise_is_named(
    complaint: str, requests: list[Request], journal: list[Written], balances: dict[str, int]
) -> None:
    found = _judge(requests, journal, **balances)
    assert len(found) == 1
    assert complaint in found[0]
