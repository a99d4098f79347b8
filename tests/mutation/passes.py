"""The two passes of a campaign over the mutants that are due."""

import importlib
import os
import sys
import traceback
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.mutation import children, record, swapping
from tests.mutation.children import Say
from tests.mutation.plan import Plan
from tests.mutation.record import Mutant

if TYPE_CHECKING:
    from tests.mutation import campaign

#: Imported once, before the processes of the second pass fork: they know nothing of the service.
_FOREIGN = (
    "coverage",
    "django.core.management",
    "django.db.models",
    "django.test",
    "hypothesis.stateful",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite",
    "rest_framework_json_api",
    "iso4217",
    "environs",
    "jwt",
    "yaml",
)
_OPTIONS = ("-q", "-s", "-n0", "-p", "no:cacheprovider", "-p", "no:cov")
_IMPORTED = ("-W", "ignore::pytest.PytestAssertRewriteWarning")


def go_through(mutants: list[Mutant], tests: Iterable[str], *, judging: bool) -> None:
    """Try each mutant, those that need no process of their own first."""
    out = os.dup(1)

    def say(text: str) -> None:
        os.write(out, f"{text}\n".encode())

    say(f"{len(mutants)} mutants to try")
    for name in _FOREIGN:
        importlib.import_module(name)
    left = _in_forks(mutants, tests, say, judging=judging)
    say(f"{len(left)} of them are imported anew")
    plan = Plan.read()
    for mutant in left[:1]:
        _demand_silence_of_the_unchanged(mutant, plan)
    for mutant in left:
        _in_new_process(mutant, plan, say)


def _in_forks(
    mutants: list[Mutant], tests: Iterable[str], say: Say, *, judging: bool
) -> list[Mutant]:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        from tests.mutation import campaign

        try:
            _collect(campaign.Collected(mutants, say, judging=judging), tests, writer)
        except BaseException:  # noqa: BLE001 whatever it is ends this process here
            traceback.print_exc()
        os._exit(1)
    os.close(writer)
    with os.fdopen(reader) as answer:
        names = set(answer.read().split())
    if os.waitpid(child, 0)[1]:
        sys.exit("The first pass ended early.")
    return [mutant for mutant in mutants if mutant.id in names]


def _collect(session: "campaign.Collected", tests: Iterable[str], writer: int) -> None:
    _settle_hypothesis()
    pytest.main([*_OPTIONS, *_IMPORTED, *tests], plugins=[session])
    with os.fdopen(writer, "w") as answer:
        answer.write(" ".join(mutant.id for mutant in session.left))
    os._exit(not session.is_through)


def _in_new_process(mutant: Mutant, plan: Plan, say: Say) -> None:
    said = _said_of(mutant, plan)
    if said or not swapping.is_within_functions(mutant):
        record.conclude(mutant, said, say)
        plan.note(mutant, said)
    else:
        record.keep(mutant, record.UNREACHED)


def _demand_silence_of_the_unchanged(mutant: Mutant, plan: Plan) -> None:
    unchanged = replace(mutant, text=Path(mutant.module).read_text())
    if said := _said_of(unchanged, plan):
        sys.exit(f"The unchanged code fails when it is imported anew: {said}")


def _said_of(mutant: Mutant, plan: Plan) -> str:
    names = plan.tests(mutant, whole_module=True)

    def work() -> str:
        swapping.load_instead(mutant)
        from django.test import utils

        from tests.mutation import campaign, database

        utils.setup_databases = database.use_template
        utils.teardown_databases = database.leave_template
        _settle_hypothesis()
        session = campaign.Started(names)
        files = sorted({name.partition("::")[0] for name in names})
        pytest.main([*_OPTIONS, *_IMPORTED, *files], plugins=[session])
        return session.failing

    return children.run(work, seconds=15 + plan.patience(names)) if names else ""


def _settle_hypothesis() -> None:
    from hypothesis import settings

    settings.register_profile("mutation", database=None, deadline=None, derandomize=True)
    settings.load_profile("mutation")
