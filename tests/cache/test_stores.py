"""The rule that both stores keep: an entry never falls behind what was published."""

import pytest
from django.core.cache import cache as django_cache

from wallet_transaction_api.cache.stores import Store

WALLET = "a-wallet"


def cached(store: Store) -> str | None:
    """Return the balance's text as the store has it, as text."""
    text, _ = store.read(WALLET)
    return text.decode() if isinstance(text, bytes) else text


def fill(store: Store, version: int) -> None:
    """Read through: miss, and bring version `version`."""
    text, lease = store.read(WALLET)
    assert text is None
    assert lease is not None
    store.fill(WALLET, lease, version, f"v{version}")


class TestFilling:
    def test_the_first_to_miss_gets_the_lease_and_the_others_none(self, store: Store) -> None:
        assert store.read(WALLET)[1] is not None
        assert store.read(WALLET) == (None, None)

    def test_a_filled_balance_is_read(self, store: Store) -> None:
        fill(store, 3)
        assert cached(store) == "v3"

    def test_a_lease_fills_once(self, store: Store) -> None:
        _, lease = store.read(WALLET)
        assert lease
        store.fill(WALLET, lease, 3, "v3")
        store.fill(WALLET, lease, 2, "v2")
        assert cached(store) == "v3"

    def test_a_publication_meanwhile_refuses_the_filler(self, store: Store) -> None:
        _, lease = store.read(WALLET)
        assert lease
        store.publish([(WALLET, 2, "v2")])
        store.fill(WALLET, lease, 1, "v1")
        assert cached(store) is None

    def test_a_flush_meanwhile_refuses_the_filler(self, store: Store) -> None:
        _, lease = store.read(WALLET)
        assert lease
        django_cache.clear()
        store.fill(WALLET, lease, 1, "v1")
        assert cached(store) is None

    def test_a_filler_that_lost_its_lease_does_not_use_the_next_readers(self, store: Store) -> None:
        _, late = store.read(WALLET)
        assert late
        store.publish([(WALLET, 2, "v2")])
        _, lease = store.read(WALLET)
        assert lease
        store.fill(WALLET, late, 1, "v1")
        store.fill(WALLET, lease, 2, "v2")
        assert cached(store) == "v2"


class TestPublishing:
    def test_a_newer_balance_replaces_an_older_one(self, store: Store) -> None:
        fill(store, 9)
        store.publish([(WALLET, 10, "v10")])
        assert cached(store) == "v10"

    @pytest.mark.parametrize("version", [1, 9, 10])
    def test_an_older_balance_never_replaces_a_newer_one(self, store: Store, version: int) -> None:
        fill(store, 10)
        store.publish([(WALLET, version, "late")])
        assert cached(store) == "v10"

    def test_a_late_publication_finds_nothing_to_replace_after_a_flush(self, store: Store) -> None:
        fill(store, 1)
        store.publish([(WALLET, 3, "v3")])
        django_cache.clear()
        store.publish([(WALLET, 2, "late")])
        assert cached(store) is None

    def test_a_late_publication_does_not_take_a_readers_lease_for_its_own(
        self, store: Store
    ) -> None:
        _, lease = store.read(WALLET)  # of a reader who will bring version 3
        assert lease
        store.publish([(WALLET, 2, "late")])
        assert cached(store) is None

    def test_several_wallets_are_published_at_once(self, store: Store) -> None:
        fill(store, 1)
        others = [(f"other-{index}", 5, "v5") for index in range(1200)]
        store.publish([*others, (WALLET, 2, "v2")])
        assert cached(store) == "v2"

    def test_publishing_nothing_is_fine(self, store: Store) -> None:
        store.publish([])


class TestTransactions:
    def test_are_kept_at_the_cached_version(self, store: Store) -> None:
        fill(store, 2)
        store.keep_recent(WALLET, 2, "rows")
        assert store.read_recent(WALLET) in {"rows", b"rows"}

    @pytest.mark.parametrize("version", [1, 3])
    def test_of_another_version_are_not_kept(self, store: Store, version: int) -> None:
        fill(store, 2)
        store.keep_recent(WALLET, version, "rows")
        assert store.read_recent(WALLET) is None

    def test_are_not_kept_without_a_balance(self, store: Store) -> None:
        store.keep_recent(WALLET, 2, "rows")
        assert store.read_recent(WALLET) is None
        store.read(WALLET)
        store.keep_recent(WALLET, 2, "rows")
        assert store.read_recent(WALLET) is None

    def test_go_with_the_version_they_belong_to(self, store: Store) -> None:
        fill(store, 2)
        store.keep_recent(WALLET, 2, "rows")
        store.publish([(WALLET, 3, "v3")])
        assert store.read_recent(WALLET) is None


def test_serves(store: Store) -> None:
    assert store.health() == "ok"
