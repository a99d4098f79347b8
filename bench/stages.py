"""The service on a database of its own: migrated, peopled, served, audited."""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bench import databases, wrk
from bench.measures import Measure
from bench.plan import SQLITE, Plan, url_of
from bench.processes import Failed, output_of, python
from bench.servers import Fleet, Recipe
from bench.wrk import Load

KEY = secrets.token_urlsafe(48)
JSON_API = "application/vnd.api+json"
#: What each deposit of the benchmark brings.
AMOUNT = Decimal(1)


class Unsafe(RuntimeError):
    """The database does not promise durability, so nothing is measured on it."""


@dataclass(slots=True)
class Tally:
    """What clients were told, to be compared with what the ledger says."""

    acknowledged: int = 0
    #: Requests that were on their way when a round ended: they may have been done or not.
    unanswered: int = 0

    def add(self, measure: Measure, clients: int, each: int = 1) -> None:
        """Count one round of requests that make `each` transactions."""
        self.acknowledged += each * measure.correct
        self.unanswered += each * (clients + measure.errors.total())


@dataclass(slots=True, kw_only=True)
class Stage:
    """The service on one database, with who and what is in it."""

    kind: str
    name: str
    url: str
    plan: Plan
    people: Mapping[str, Any]
    durability: Mapping[str, str]
    tally: Tally = field(default_factory=Tally)
    #: Transactions that no client of the next audit's made.
    made: int = 0

    @property
    def hot(self) -> str:
        """The path of the one wallet that everybody wants."""
        return f"/api/v1/wallets/{self.people['wallet']['uuid']}"

    def bearer(self, who: str = "owner") -> dict[str, str]:
        """Return the header with somebody's token."""
        return {"Authorization": f"Bearer {self.people[who]}"}

    def recipe(self, **settings: str) -> Recipe:
        """Return how to serve this stage, with settings of the service that differ."""
        plan, extra = self.plan, " ".join(f"{key}={value}" for key, value in settings.items())
        environment = {**environment_of(self.url, plan), **settings}
        threads = int(environment["WEB_THREADS"])
        return Recipe(
            name=f"service on {self.name} {extra}".strip(),
            command=python("manage.py", "serve"),
            environment=environment,
            connections=0 if self.kind == SQLITE else plan.workers * (threads + 2),
        )

    def inside(self, command: str, *numbers: int) -> Any:
        """Run a command of `bench.inside` on this stage."""
        return _inside(self.url, self.plan, command, *numbers)

    def grow(self, rows: int, wallets: int = 0) -> Any:
        """Add rows that no client asked for, of so many wallets or of 100 rows each."""
        self.made += rows
        return self.inside("grow", rows, wallets)

    def fund(self, wallets: Sequence[int]) -> None:
        """Give the wallets money to transfer."""
        self.made += self.inside("fund", *wallets)["postings"]

    def deposit(
        self,
        fleet: Fleet,
        recipe: Recipe,
        load: Load,
        seconds: float,
        *,
        clients: int = 0,
        each: int = 1,
    ) -> Measure:
        """Run postings, on a warm server, and count what was acknowledged.

        A request makes `each` transactions.
        """
        clients = clients or self.plan.clients
        server = fleet.server(recipe)
        if not server.warm:
            server.warm = True
            self.deposit(fleet, recipe, load, self.plan.warm_up, clients=clients, each=each)
        measure = wrk.run(server, load, clients=clients, seconds=seconds)
        self.tally.add(measure, clients, each)
        return measure

    def audit(self) -> str:
        """Return what the ledger says of what was acknowledged since the last audit, and of all.

        "ok …" if it is right.
        """
        found = self.inside("audit")
        applied = found["transactions"] - self.made
        least, most = self.tally.acknowledged, self.tally.acknowledged + self.tally.unanswered
        self.made, self.tally = found["transactions"], Tally()
        if found["broken"] or not found["verified"].startswith("No violation"):
            return f"BROKEN: {found['broken']} {found['verified']}"
        if not least <= applied <= most:
            return f"BROKEN: {applied} applied, {least} acknowledged"
        return f"ok: {least:,} to {most:,} expected, {applied:,} applied; {found['verified']}"


@contextmanager
def stage(kind: str, name: str, plan: Plan) -> Iterator[Stage]:
    """Create, migrate and people a database; drop it afterwards. Refuses an unsafe one."""
    with databases.database(kind, name) as url:
        output_of(
            python("manage.py", "migrate", "--verbosity", "0"),
            environment_of(url, plan),
        )
        promised = _inside(url, plan, "durability")
        if promised["lacking"]:
            raise Unsafe(f"{kind}: {promised['settings']}")
        people = _inside(url, plan, "people")
        yield Stage(
            kind=kind,
            name=f"{kind}/{name}",
            url=url,
            plan=plan,
            people=people,
            durability=promised["settings"],
        )


def environment_of(url: str, plan: Plan) -> dict[str, str]:
    """Return the service's environment: production settings."""
    has_redis = databases.answers("redis")
    return {
        "SECRET_KEY": KEY,
        "DEBUG": "false",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": url,
        "REDIS_URL": url_of("redis") if has_redis else "",
        "HOST": "127.0.0.1",
        "WEB_WORKERS": str(plan.workers if has_redis else 1),
        "WEB_THREADS": str(plan.threads),
        "LOG_LEVEL": "WARNING",
        "ACCESS_TOKEN_MINUTES": "1440",
    }


def _inside(url: str, plan: Plan, command: str, *numbers: int) -> Any:
    words = python("-m", "bench.inside", command, *(str(number) for number in numbers))
    said = output_of(words, environment_of(url, plan))
    try:
        return json.loads(said.splitlines()[-1])
    except (IndexError, ValueError) as error:
        raise Failed(f"bench.inside {command}: {said}") from error
