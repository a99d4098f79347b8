"""How a campaign stands: a table by module, and what was not noticed."""

from collections import Counter, defaultdict

from tests.mutation import record

_OUTCOMES = (record.KILLED, record.TIMED_OUT, record.SURVIVED, record.UNREACHED)


def show(*, share: float = 1.0) -> None:
    """Print the table, in Markdown, and each mutant that nothing noticed."""
    known = record.results()
    table: dict[str, Counter[str]] = defaultdict(Counter)
    unnoticed = []
    for mutant in record.mutants(share=share):
        result = known.get(mutant.id)
        outcome = result["outcome"] if result else record.TO_TRY
        table[mutant.module.partition("/ledger/")[2]][outcome] += 1
        if outcome in _OUTCOMES and outcome not in record.NOTICED:
            unnoticed.append(f"{mutant.id} {outcome} {mutant.title}")
    print("\n".join(unnoticed))
    print(f"| module | mutants | {' | '.join(_OUTCOMES)} | noticed |")
    print("|---|" + "--:|" * (len(_OUTCOMES) + 2))
    for module, counts in [*sorted(table.items()), ("all", sum(table.values(), Counter()))]:
        print(_row(module, counts))


def _row(module: str, counts: Counter[str]) -> str:
    tried = sum(counts[outcome] for outcome in _OUTCOMES)
    noticed = sum(counts[outcome] for outcome in record.NOTICED)
    share = f"{100 * noticed / tried:.1f} %" if tried else "-"
    cells = [module, str(tried), *(str(counts[outcome]) for outcome in _OUTCOMES), share]
    return f"| {' | '.join(cells)} |"
