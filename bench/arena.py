"""Where a scenario runs: the plan, one kind of database, its servers, the comparisons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bench import wrk
from bench.measures import Figure, Measure, Run, Side, alternate
from bench.plan import Plan
from bench.processes import Failed
from bench.servers import Fleet, Recipe, ask
from bench.stages import Stage
from bench.wrk import Load

DEPOSIT = '{"operationType": "DEPOSIT", "amount": 1}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Arena:
    """What every scenario is given. `stage` is the one that postings go to."""

    plan: Plan
    kind: str
    fleet: Fleet
    stage: Stage
    spread: Sequence[tuple[int, str]]

    def compare(
        self, sides: Iterable[Side], *, least: float = 0, warm_up: float = 0
    ) -> list[Figure]:
        """Measure the sides by turns, each round, and the warm-up, for so long at the least."""
        plan = self.plan
        seconds, warm_up = max(plan.seconds, least), max(plan.warm_up, warm_up)
        return alternate(list(sides), rounds=plan.rounds, seconds=seconds, warm_up=warm_up)

    def run(self, recipe: Recipe, load: Load, clients: int = 0) -> Run:
        """Return what sends a load to a recipe's server, by the plan's clients unless said."""

        def run(seconds: float) -> Measure:
            server = self.fleet.server(recipe)
            if not server.warm:
                server.warm = True
                run(self.plan.warm_up)
            return wrk.run(server, load, clients=clients or self.plan.clients, seconds=seconds)

        return run

    def deposits(self, load: Load, *, each: int = 1, **settings: str) -> Run:
        """Return what sends postings to the service, counted for the audit."""
        recipe = self.stage.recipe(**settings)
        return lambda seconds: self.stage.deposit(self.fleet, recipe, load, seconds, each=each)

    def expect_credential_check(self, recipe: Recipe, load: Load) -> None:
        """Refuse a baseline that does not check the credential: 401 without it, success with it."""
        server, (path, body) = self.fleet.server(recipe), load.requests[0]
        bare = {name: text for name, text in load.headers.items() if name != "Authorization"}
        seen = [
            ask(server.port, load.method, path, headers, body or None)[0]
            for headers in (bare, load.headers)
        ]
        if seen not in ([401, 200], [401, 201]):
            raise Failed(f"{recipe.name}: {seen} without and with a token, not 401 and success")
        print(f"  {recipe.name}: {seen[0]} without a token, {seen[1]} with one", flush=True)


def deposit_load(paths: Sequence[str], headers: Any) -> Load:
    """Return deposits to these wallets' paths, one after the other."""
    return Load(
        requests=[(f"{path}/operation", DEPOSIT) for path in paths],
        method="POST",
        headers={"Content-Type": "application/json", **headers},
    )
