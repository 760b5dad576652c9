"""Measure the rendezvous service against references taken in the same run."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.ground import Ground, ground
from benchmarks.pairs import Measure
from benchmarks.rendezvous import booking, pgbench, searching, serving
from benchmarks.rendezvous.town import MDS, Size, settle
from benchmarks.rendezvous.wire import Link

#: Most a side may take, in times its reference.
ARITHMETIC_MOST, CENTURY_MOST, BARE_MOST = 2.0, 1.3, 2.0
#: Bookings at once, where a rate is measured.
CONNECTIONS = 8


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is measured."""

    size: Size
    factor: int
    searches: int
    bookings: int
    pairs: int
    pgbench_seconds: int


QUICK = Plan(
    size=Size(agents=6, many_agents=12, year=300),
    factor=3,
    searches=3,
    bookings=20,
    pairs=1,
    pgbench_seconds=1,
)


@dataclass
class Run:
    """What was measured, and against what it is held."""

    measures: list[tuple[Measure, float | None]] = field(default_factory=list)
    pgbench: float | None = None

    @property
    def missed(self) -> list[str]:
        """The measures over their target."""
        return [m.title for m, most in self.measures if most and m.ratios[1] > most]


@dataclass
class Bench:
    """Two towns, one of a year and one of a century, each behind its api."""

    plan: Plan
    folder: Path
    stack: ExitStack
    tell: Callable[[str], None]
    environ: dict[str, str] = field(init=False)
    run: Run = field(default_factory=Run)
    _apis: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environ = serving.surroundings(self.folder)
        self.headers = serving.bearer(self.folder, mds=[MDS])

    def measure(self) -> Run:
        """Everything, the two sides of each pair in turn."""
        year, year_link = self._town("année", 1)
        _, century_link = self._town("siècle", self.plan.factor)
        turns, pairs = self.plan.searches, self.plan.pairs
        for site in ("SITE", "GRAND-SITE", "PLEIN"):
            self.tell(f"recherche, {site}")
            pure = searching.against_arithmetic(
                year, year_link, self.headers, site, turns=turns, pairs=pairs
            )
            # Where nothing is free before the last days, everything is loaded: shown, not held.
            most = None if site == "PLEIN" else ARITHMETIC_MOST
            self.run.measures.append((pure, most))
        for site in ("SITE", "GRAND-SITE"):
            self.tell(f"siècle, {site}")
            scaled = searching.against_a_century(
                year_link, century_link, self.headers, site, turns=turns, pairs=pairs
            )
            self.run.measures.append((scaled, CENTURY_MOST))
        self._book(year)
        return self.run

    def _town(self, name: str, factor: int) -> tuple[Ground, Link]:
        self.tell(f"{name} : données")
        size = Size(**{**vars(self.plan.size), "factor": factor})
        environ = self.environ | {"DATABASE_PREFIX": f"{self.environ['DATABASE_PREFIX']}_{factor}"}
        on = self.stack.enter_context(ground(["rendezvous"], environ))
        settle(on.runtimes["rendezvous"].settings.database.owner_url, size)
        port = self.stack.enter_context(serving.api(environ, self.folder / f"{name}.log"))
        self._apis[name] = port, environ
        return on, Link(port)

    def _book(self, on: Ground) -> None:
        self.tell("prises")
        wanted = booking.wishes(self.plan.bookings)
        file = self.folder / "prises.pickle"
        statements = booking.recorded(on, wanted, file)
        port, environ = self._apis["année"]
        log = self.folder / "nu.log"
        url = on.url("rendezvous")
        bare_port = self.stack.enter_context(serving.bare(environ, file, url, log))
        for connections, most in ((CONNECTIONS, BARE_MOST), (1, None)):
            api, bare = Link(port, connections), Link(bare_port, connections)
            title = f"Prise, {connections} à la fois / gestionnaire nu"
            measure = booking.against_a_bare_handler(
                on,
                api=api,
                bare=bare,
                headers=self.headers,
                wanted=wanted,
                title=title,
                pairs=self.plan.pairs,
            )
            self.run.measures.append((measure, most))
        self.tell("pgbench")
        self.run.pgbench = pgbench.bookings_per_second(
            url,
            statements[0],
            self.folder,
            clients=CONNECTIONS,
            seconds=self.plan.pgbench_seconds,
        )


def main(
    factor: Annotated[int, typer.Option("--facteur", min=2, help="Années du siècle.")] = 100,
    searches: Annotated[int, typer.Option("--recherches", min=1, help="Par mesure.")] = 20,
    bookings: Annotated[int, typer.Option("--prises", min=1, max=1200, help="Par mesure.")] = 400,
    pairs: Annotated[int, typer.Option("--paires", min=1, help="Mesures de chaque côté.")] = 7,
    is_quick: Annotated[
        bool, typer.Option("--rapide", help="Très peu de données : vérifie que tout marche.")
    ] = False,
    is_json: Annotated[bool, typer.Option("--json", help="Une ligne de JSON.")] = False,
) -> None:
    """Mesurer la recherche et la prise de rendez-vous, en rapports à des références.

    Rapports de temps, médians de paires prises dans la même commande : la recherche par HTTP sur
    le calcul seul (2 au plus), sur un siècle de données sur la même d’une année (1,3 au plus) ; la
    prise sur les mêmes requêtes SQL derrière un gestionnaire nameko nu (2 au plus). Code 1 si une
    cible est manquée. Les millisecondes ne valent que pour cette machine.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    plan = (
        QUICK
        if is_quick
        else Plan(
            size=Size(),
            factor=factor,
            searches=searches,
            bookings=bookings,
            pairs=pairs,
            pgbench_seconds=5,
        )
    )
    width = None if sys.stdout.isatty() else 130
    console = Console(file=sys.stderr if is_json else sys.stdout, width=width)
    with console.status("Mesure en cours…") as status, _bench(plan, status.update) as bench:
        run = bench.measure()
    load = os.getloadavg()[0]
    if is_json:
        print(json.dumps(_document(run, load), ensure_ascii=False))  # noqa: T201 - asked for
    else:
        console.print(_table(run, plan, load))
        console.print(_about_pgbench(run))
    for title in run.missed:
        print(f"cible manquée : {title}", file=sys.stderr)  # noqa: T201 - for a person
    raise typer.Exit(1 if run.missed else 0)


@contextmanager
def _bench(plan: Plan, tell: Callable[[str], None]) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ExitStack() as stack:
        yield Bench(plan, Path(folder), stack, tell)


def _table(run: Run, plan: Plan, load: float) -> Table:
    caption = f"Charge de la machine : {load:.1f}. Les millisecondes sont celles d’aujourd’hui."
    table = Table(title=f"Rendez-vous, {plan.pairs} paires", caption=caption)
    table.add_column("Mesure", no_wrap=True)
    for heading in ("Rapport", "min", "max", "au plus", "réf. ms", "service ms"):
        table.add_column(heading, justify="right")
    for measure, most in run.measures:
        lowest, middle, highest = measure.ratios
        bare, ours = measure.milliseconds
        figures = [middle, lowest, highest, most, bare, ours]
        table.add_row(measure.title, *map(_figure, figures))
    return table


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".replace(".", ",")


def _about_pgbench(run: Run) -> str:
    if run.pgbench is None:
        return "pgbench est absent : pas de mesure de PostgreSQL seul."
    return (
        f"pgbench, mêmes requêtes, {CONNECTIONS} à la fois : {run.pgbench:.0f} prises par seconde."
    )


def _document(run: Run, load: float) -> dict[str, Any]:
    rows = []
    for measure, most in run.measures:
        lowest, middle, highest = measure.ratios
        bare, ours = measure.milliseconds
        rows.append(
            {
                "title": measure.title,
                "ratio": middle,
                "lowest": lowest,
                "highest": highest,
                "most": most,
                "reference_ms": bare,
                "service_ms": ours,
            }
        )
    return {
        "measures": rows,
        "pgbench_per_second": run.pgbench,
        "load_average": load,
        "missed": run.missed,
    }


if __name__ == "__main__":
    typer.run(main)
