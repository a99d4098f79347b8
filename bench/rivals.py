"""The baselines of `bench.baselines`, each on a database of its own, with rows in it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bench import databases
from bench.plan import Plan
from bench.processes import output_of, python
from bench.servers import Recipe
from bench.stages import environment_of

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
    """A baseline with its database."""

    kind: str
    url: str
    recipe: Recipe

    def query(self, statement: str, **words: object) -> list[tuple[object, ...]]:
        """Run a statement with the database's own words filled in."""
        series = _SERIES[self.kind].format(count=words.get("count", 1))
        known = {"series": series, "uuid": _UUID[self.kind], "now": _NOW[self.kind]}
        return databases.query(self.url, statement.format(**known, **words))


@contextmanager
def orm(kind: str, plan: Plan, wallets: int) -> Iterator[tuple[Rival, Sequence[str]]]:
    """Give the ORM view with so many wallets, and their uuids."""
    with _rival("orm", kind, plan) as rival:
        rival.query(_ORM_WALLETS, count=wallets)
        rival.query(_SETTLE[kind], table="orm_wallet")
        rows = rival.query("SELECT uuid FROM orm_wallet ORDER BY id")
        yield rival, [str(row[0]) for row in rows]


@contextmanager
def dja(kind: str, plan: Plan, rows: int, wallets: int) -> Iterator[Rival]:
    """Give plain DJA with wallets 1 … `wallets` and so many transactions, as `grow` makes them."""
    with _rival("dja", kind, plan) as rival:
        rival.query(_DJA_WALLETS, count=wallets)
        rival.query(_DJA_TRANSACTIONS, count=rows, wallets=wallets)
        for table in ("dja_wallet", "dja_transaction"):
            rival.query(_SETTLE[kind], table=table)
        yield rival


def empty(plan: Plan, *, middleware: bool) -> Recipe:
    """Return the empty view's server."""
    environment = {**_environment("empty", "", plan), "BENCH_MIDDLEWARE": "1" * middleware}
    name = "empty view with middleware" if middleware else "empty view"
    command = python("-m", "bench.baselines.serve")
    return Recipe(name=name, command=command, environment=environment)


@contextmanager
def _rival(name: str, kind: str, plan: Plan) -> Iterator[Rival]:
    with databases.database(kind, name) as url:
        environment = _environment(name, url, plan)
        output_of(
            python("-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"), environment
        )
        recipe = Recipe(
            name=f"{name} on {kind}",
            command=python("-m", "bench.baselines.serve"),
            environment=environment,
            connections=plan.workers * (plan.threads + 2),
        )
        yield Rival(kind, url, recipe)


def _environment(name: str, url: str, plan: Plan) -> dict[str, str]:
    return {
        **environment_of(url, plan),
        "WEB_WORKERS": str(plan.workers),
        "DJANGO_SETTINGS_MODULE": f"bench.baselines.{name}.settings",
    }
