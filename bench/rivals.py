"""The baselines of `bench.baselines`, on a stage: its users are theirs, its database too."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench import databases
from bench.processes import output_of, python
from bench.servers import Recipe
from bench.stages import Stage

_SERIES = {
    "postgres": "generate_series(1, {count}) AS series(i)",
    "mysql": "(SELECT seq AS i FROM seq_1_to_{count}) AS series",
}
_UUID = {"postgres": "gen_random_uuid()", "mysql": "UUID()"}
_NOW = {"postgres": "now()", "mysql": "UTC_TIMESTAMP(6)"}
_SETTLE = {"postgres": "VACUUM ANALYZE {table}", "mysql": "ANALYZE TABLE {table}"}
#: Lines of a statement before the rows of the series.
_ORM_WALLETS = "INSERT INTO orm_wallet (uuid, balance) SELECT {uuid}, 0 FROM {series}"
_DJA_WALLETS = """INSERT INTO dja_wallet (label, currency, balance)
    SELECT CONCAT('grown-', i), 'USD', 5050 FROM {series} ORDER BY i"""
_DJA_TRANSACTIONS = """INSERT INTO dja_transaction
    (wallet_id, txid, amount, kind, description, metadata, balance_after, created_at, updated_at)
    SELECT 1 + MOD(i - 1, {wallets}), CONCAT('grown-', i), s, 'deposit', CONCAT('Payment ', i),
           '{{"channel": "bench"}}', s * (s + 1) / 2, {now}, {now}
    FROM (SELECT i, FLOOR((i - 1) / {wallets}) + 1 AS s FROM {series}) AS planned ORDER BY i"""


@dataclass(frozen=True, slots=True)
class Rival:
    """A baseline with the database that it shares with the service."""

    kind: str
    url: str
    recipe: Recipe

    def query(self, statement: str, **words: object) -> list[tuple[object, ...]]:
        """Run a statement with the database's own words filled in."""
        series = _SERIES[self.kind].format(count=words.get("count", 1))
        known = {"series": series, "uuid": _UUID[self.kind], "now": _NOW[self.kind]}
        return databases.query(self.url, statement.format(**known, **words))


def orm(on: Stage, wallets: int) -> tuple[Rival, Sequence[str]]:
    """Return the ORM view with so many wallets, and their uuids."""
    rival = _rival("orm", on, ("orm_transaction", "orm_wallet"))
    rival.query(_ORM_WALLETS, count=wallets)
    rival.query(_SETTLE[on.kind], table="orm_wallet")
    rows = rival.query("SELECT uuid FROM orm_wallet ORDER BY id")
    return rival, [str(row[0]) for row in rows]


def dja(on: Stage, rows: int, wallets: int) -> Rival:
    """Return plain DJA with wallets 1 … `wallets` and transactions as `grow` makes them."""
    rival = _rival("dja", on, ("dja_transaction", "dja_wallet"))
    rival.query(_DJA_WALLETS, count=wallets)
    rival.query(_DJA_TRANSACTIONS, count=rows, wallets=wallets)
    for table in ("dja_wallet", "dja_transaction"):
        rival.query(_SETTLE[on.kind], table=table)
    return rival


def empty(on: Stage) -> Recipe:
    """Return the empty view's server."""
    return _recipe("empty", on)


def _rival(name: str, on: Stage, tables: Sequence[str]) -> Rival:
    """Make the baseline's tables anew."""
    recipe = _recipe(name, on)
    rival = Rival(on.kind, on.url, recipe)
    for table in tables:
        rival.query("DROP TABLE IF EXISTS {table}", table=table)
    output_of(
        python("-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"), recipe.environment
    )
    return rival


def _recipe(name: str, on: Stage) -> Recipe:
    """Serve it as the service is served: the same processes and threads, the same database."""
    settings = {"DJANGO_SETTINGS_MODULE": f"bench.baselines.{name}.settings"}
    served = on.recipe()
    return Recipe(
        name=f"{name} view on {on.name}",
        command=python("-m", "bench.baselines.serve"),
        environment={**served.environment, **settings},
        connections=served.connections,
    )
