"""With Redis away nothing fails; when it is back nothing old is believed."""

import threading

import pytest
import redis

from tests.cache.conftest import RedisServer, wait_until
from wallet_transaction_api.cache import trust
from wallet_transaction_api.cache.shared import SharedStore

pytestmark = pytest.mark.usefixtures("quick_retries")

WALLET = "a-wallet"


def fill(store: SharedStore, version: int) -> None:
    _, lease = store.read(WALLET)
    assert lease
    store.fill(WALLET, lease, version, f"v{version}")


def another() -> SharedStore:
    """Make the store of another process, which believes Redis."""
    store = SharedStore()
    wait_until(store.trust.reads)
    return store


def believed(store: SharedStore) -> bytes | str | None:
    """Return what the store answers once it believes Redis again."""
    wait_until(store.trust.reads)
    return store.read(WALLET)[0]


class TestDown:
    def test_reads_and_publications_do_nothing(
        self, shared: SharedStore, redis_server: RedisServer
    ) -> None:
        redis_server.kill()
        try:
            assert shared.read(WALLET) == (None, None)
            assert shared.read_recent(WALLET) is None
            shared.fill(WALLET, "lease", 1, "v1")
            shared.keep_recent(WALLET, 1, "rows")
            shared.publish([(WALLET, 2, "v2")])
            assert shared.health() == "degraded"
        finally:
            redis_server.start()

    def test_it_recovers_by_itself(self, shared: SharedStore, redis_server: RedisServer) -> None:
        redis_server.kill()
        shared.read(WALLET)
        redis_server.start()
        wait_until(lambda: shared.health() == "ok")
        assert believed(shared) is None

    def test_what_was_missed_is_counted(
        self, shared: SharedStore, redis_server: RedisServer
    ) -> None:
        redis_server.kill()
        for version in (1, 2):
            shared.publish([(WALLET, version, "v")])
        redis_server.start()
        assert shared.trust.missed == 2


class TestMissedPublications:
    def test_are_covered_when_redis_comes_back_with_its_snapshot(
        self, shared: SharedStore, redis_server: RedisServer
    ) -> None:
        fill(shared, 1)
        redis_server.call("SAVE")
        redis_server.kill()
        shared.publish([(WALLET, 2, "v2")])
        redis_server.start()
        assert redis_server.call("DBSIZE") > 0
        assert believed(shared) is None

    def test_are_covered_when_redis_thaws(
        self, shared: SharedStore, redis_server: RedisServer
    ) -> None:
        fill(shared, 1)
        redis_server.freeze()
        shared.publish([(WALLET, 2, "v2")])
        redis_server.thaw()
        assert believed(shared) in {None, b"v2"}

    def test_of_one_process_are_covered_for_the_others(
        self, shared: SharedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = another()
        fill(other, 1)
        _fail_once(shared, monkeypatch)
        shared.publish([(WALLET, 2, "v2")])
        assert shared.trust.missed == 1
        assert other.read(WALLET)[0] is None  # before the writer's answer, not some time later

    def test_of_one_process_that_still_is_cut_off_do_not_outlast_its_return(
        self, shared: SharedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The one staleness that remains: docs/caching.md."""
        other = another()
        fill(other, 1)
        with monkeypatch.context() as patch:
            patch.setattr(shared, "_call", _refuse)
            patch.setattr(shared.trust, "_void", _refuse)
            shared.publish([(WALLET, 2, "v2")])
            assert other.read(WALLET)[0] == b"v1"
        assert believed(shared) is None
        assert other.read(WALLET)[0] is None

    def test_of_the_slower_process_are_not_cached_over_by_the_quicker(
        self, shared: SharedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who is back first settles before it believes: the others may still be missing some."""
        monkeypatch.setattr(trust, "SETTLING_SECONDS", 0.5)
        shared.trust.lose(redis.ConnectionError("the quicker"), shared.trust.tries)
        wait_until(shared.trust.publishes)
        assert shared.trust.reads() is False
        shared.publish([(WALLET, 2, "v2")])
        assert shared.trust.missed == 0
        wait_until(shared.trust.reads)

    def test_while_settling_start_it_over(
        self, shared: SharedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(trust, "SETTLING_SECONDS", 60)
        shared.trust.lose(redis.ConnectionError("first"), shared.trust.tries)
        wait_until(shared.trust.publishes)
        monkeypatch.setattr(trust, "SETTLING_SECONDS", 0)
        shared.trust.lose(redis.ConnectionError("second"), shared.trust.tries)
        assert believed(shared) is None


class TestOneProcessAloneNotices:
    """The others never lose Redis and go on believing what this one's epoch holds."""

    def test_a_failure_from_before_the_last_try_does_not_stop_publishing(
        self, shared: SharedStore
    ) -> None:
        before = shared.trust.tries
        shared.trust.lose(redis.ConnectionError("first"), before)
        wait_until(shared.trust.publishes)
        shared.trust.lose(redis.ConnectionError("another thread's, late"), before, missed=True)
        assert (shared.trust.publishes(), shared.trust.missed) == (True, 1)

    def test_a_second_loss_is_mended_at_once(
        self, shared: SharedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(trust, "RETRY_SECONDS", 60)
        for _ in range(3):
            shared.trust.lose(redis.ConnectionError("again"), shared.trust.tries)
            wait_until(shared.trust.publishes, seconds=1)

    def test_a_writer_during_the_try_waits_and_is_covered(
        self, shared: SharedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The void was done when the writer came, and the other has cached again since."""
        other = another()
        monkeypatch.setattr(trust, "SETTLING_SECONDS", 60)
        void, done = shared.trust._void, threading.Event()
        writer = threading.Thread(target=shared.publish, args=[[(WALLET, 2, "v2")]])

        def slow() -> None:
            void()
            if not done.is_set():
                fill(other, 1)
                writer.start()
                done.set()
                wait_until(lambda: shared.trust.missed > 0)
                assert writer.is_alive()

        monkeypatch.setattr(shared.trust, "_void", slow)
        shared.trust.lose(redis.ConnectionError("for a moment"), shared.trust.tries)
        wait_until(done.is_set)
        writer.join(5)
        assert (shared.trust.missed, other.read(WALLET)[0]) == (1, None)


class TestStarting:
    def test_voids_what_a_killed_forerunner_may_not_have_published(
        self, shared: SharedStore
    ) -> None:
        fill(shared, 1)
        assert another().read(WALLET)[0] is None
        assert shared.read(WALLET)[0] is None

    def test_without_redis_is_possible(
        self, shared: SharedStore, redis_server: RedisServer
    ) -> None:
        redis_server.kill()
        late = SharedStore()
        assert (late.read(WALLET), late.health()) == ((None, None), "degraded")
        redis_server.start()
        assert believed(late) is None


def test_forgotten_scripts_are_learnt_again(shared: SharedStore, redis_server: RedisServer) -> None:
    fill(shared, 1)
    redis_server.call("SCRIPT", "FLUSH")
    assert shared.read(WALLET) == (None, None)
    assert believed(shared) is None
    shared.publish([(WALLET, 2, "v2")])
    assert shared.trust.missed == 0


def test_many_failing_writers_wait_no_longer_than_one(
    shared: SharedStore, redis_server: RedisServer
) -> None:
    redis_server.freeze()
    writers = [
        threading.Thread(target=shared.publish, args=[[(WALLET, version, "v")]])
        for version in range(8)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(5)
    redis_server.thaw()
    assert not any(writer.is_alive() for writer in writers)
    assert shared.trust.missed == 8


def _refuse(*args: object) -> None:
    raise redis.ConnectionError("cut off")


def _fail_once(store: SharedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    call = store._call

    def failing(*args: object) -> None:
        monkeypatch.setattr(store, "_call", call)
        raise redis.ConnectionError("for a moment")

    monkeypatch.setattr(store, "_call", failing)
