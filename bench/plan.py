"""What one run shall do: from the command line and `BENCH_*_URL`."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = ("P1", "P1o", "P2", "P3", "P4", "P4t", "P5", "P6", "P7", "P8", "P12")
RESULTS = ROOT / "bench" / "RESULTS.md"
QUICK = ("P1", "P1o", "P2", "P3", "P4", "P4t", "P5", "P8")
SQLITE = "sqlite"
DATABASES = ("postgres", "mysql", SQLITE)
#: Numbers of clients on the plot.
POINTS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000)
_URLS = {
    "postgres": ("BENCH_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres"),
    "mysql": ("BENCH_MYSQL_URL", "mysql://root@127.0.0.1:3306/mysql"),
    "redis": ("BENCH_REDIS_URL", "redis://127.0.0.1:6379/15"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The flags of a run. Seconds are those of one round of one side."""

    #: Little time and few rows: to see that it runs.
    quick: bool
    #: Leave out what no bar asks for.
    brief: bool
    only: tuple[str, ...]
    databases: tuple[str, ...]
    rounds: int
    seconds: float
    warm_up: float
    clients: int
    crowd: int
    workers: int
    threads: int
    sizes: tuple[int, ...]
    points: tuple[int, ...]
    plot: Path | None
    output: Path | None

    @property
    def flags(self) -> str:
        """The flags as RESULTS.md names them."""
        return (
            f"{self.rounds} rounds of {self.seconds:g} s a side after {self.warm_up:g} s of "
            f"warming up; {self.clients} clients; WEB_WORKERS={self.workers} "
            f"WEB_THREADS={self.threads}"
        )


def url_of(service: str) -> str:
    """Return the URL of `postgres`, `mysql` or `redis`."""
    variable, standard = _URLS[service]
    return os.environ.get(variable) or standard


def from_arguments(arguments: list[str]) -> Plan:
    """Read the command line; `--quick` is a minute's worth of it, without a plot or a report."""
    given = _parser().parse_args(arguments)
    quick, only = given.quick, _words(given.only)
    sizes = (10**4, 10**5, 10**6, 10**7) if given.big else (10**4, 10**5, 10**6)
    return Plan(
        quick=quick,
        brief=not given.beside,
        only=only or (QUICK if quick else SCENARIOS),
        databases=_words(given.databases) or (("postgres",) if quick else DATABASES),
        rounds=given.rounds or (2 if quick else 7),
        seconds=given.seconds or (1.0 if quick else 2.0),
        warm_up=0.5 if quick else 2.0,
        clients=given.clients,
        crowd=given.crowd,
        workers=given.workers,
        threads=given.threads,
        sizes=_numbers(given.sizes) or sizes,
        points=_numbers(given.points) or POINTS,
        plot=None if quick or given.no_plot else given.plot,
        output=given.output or (None if quick or only == ("plot",) else RESULTS),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="about a minute, PostgreSQL only, writes no files")
    add("--only", default="", help=f"scenarios, of {','.join(SCENARIOS)}; a plot alone: plot")
    add("--databases", default="", help="of postgres,mysql,sqlite (quick: postgres)")
    add("--beside", action="store_true", help="also what no bar asks for")
    add("--rounds", type=int, help="rounds of each side (7; quick: 2)")
    add("--seconds", type=float, help="seconds of a round (2; quick: 1)")
    add("--clients", type=int, default=32, help="keep-alive clients (32)")
    add("--crowd", type=int, default=1000, help="clients of P7 (1000)")
    add("--workers", type=int, default=2, help="server processes (2)")
    add("--threads", type=int, default=16, help="threads of each (16)")
    add("--sizes", default="", help="rows of P6 (10000,100000,1000000)")
    add("--big", action="store_true", help="P6 up to 10,000,000 rows")
    add("--points", default="", help="clients of the plot (1,2,4 ... 512,1000)")
    add("--plot", type=Path, default=ROOT / "docs" / "throughput.svg", help="where it goes")
    add("--no-plot", action="store_true", help="make no plot")
    add("--output", type=Path, help="where the table goes (bench/RESULTS.md)")
    return parser


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in _words(text))
