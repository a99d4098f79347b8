"""How requests are spread over wallets, and what generators print."""

import json
from collections import Counter

from bench import swarm, wrk
from bench.scenarios import transferring
from bench.scenarios.spread import shuffled, skewed
from bench.stages import Tally

WALLETS = [f"wallet-{number}" for number in range(2000)]


def test_the_even_load_names_every_wallet_once() -> None:
    assert sorted(shuffled(WALLETS)) == sorted(WALLETS)
    assert shuffled(WALLETS) != WALLETS


def test_the_skewed_load_follows_zipf() -> None:
    drawn = Counter(skewed(WALLETS))
    assert drawn["wallet-0"] > 1.6 * drawn["wallet-1"] > 1.6 * 1.6 * drawn["wallet-4"]


def test_reads_what_the_script_of_wrk_prints() -> None:
    line = (
        'BENCH {"answered": 100, "microseconds": 2000000, "p50": 1500, "p99": 9000, "errors": '
        '{"connect": 0, "read": 1, "write": 0, "timeout": 0, "status": 20}}'
    )
    measure = wrk._read(f"Running 2s test\n{line}\n", "")
    assert (measure.rate, measure.p50, measure.p99) == (40, 1.5, 9)
    assert measure.errors == {"read": 1, "status": 20}


def test_reads_percentiles_from_the_counts_of_locust() -> None:
    counts = {"5": 98, "7": 1, "900": 1}
    assert swarm._percentile(counts, 0.5) == 5
    assert swarm._percentile(counts, 0.99) == 900


def test_what_was_on_its_way_may_or_may_not_have_been_done() -> None:
    tally = Tally()
    tally.add(wrk.Measure(answered=100, seconds=1, p50=1, p99=1), clients=32)
    tally.add(
        wrk.Measure(answered=50, seconds=1, p50=1, p99=1, errors=Counter(timeout=4, status=10)),
        clients=0,
    )
    assert tally.acknowledged == 140
    assert tally.unanswered == 46


def test_a_transfer_counts_on_both_sides() -> None:
    tally = Tally()
    tally.add(wrk.Measure(answered=50, seconds=1, p50=1, p99=1), clients=32, each=2)
    assert (tally.acknowledged, tally.unanswered) == (100, 64)


def test_transfers_go_round_so_that_no_wallet_runs_dry() -> None:
    bodies = [json.loads(body) for _, body in transferring.load(range(1, 101), {}).requests]
    ends = [body["data"]["relationships"] for body in bodies]
    for end in ("source", "destination"):
        assert sorted(int(each[end]["data"]["id"]) for each in ends) == list(range(1, 101))
    assert all(each["source"] != each["destination"] for each in ends)
