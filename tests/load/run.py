"""Load the running platform until it gives: `python -m tests.load.run` (`make load`)."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from demo import worked_days
from demo.figures import PUBLISHED, load
from demo.platform import Platform
from demo.replay import Options, Replay, plan_of
from tests.load.scene import Scene
from tests.load.watch import Seen, Watch
from tests.support.broker import amqp_uri
from tests.support.private_node import answers

ROOT = Path(__file__).parents[2]
#: Rendezvous held in the published year, over 52 weeks.
YEAR, WEEKS = 29_354, 52
#: Share of a week's bookings that comes on Monday morning, and its hours: *exemples*.
MONDAY_SHARE, MONDAY_HOURS = 0.2, 4
#: One act in five is a booking (`locustfile.py`).
BOOKING_SHARE = 0.2
#: Acts a second on a Monday morning.
PEAK = YEAR / WEEKS * MONDAY_SHARE / MONDAY_HOURS / 3600 / BOOKING_SHARE
MOST_MS = 500
#: Below this share of the rate asked for, the platform no longer follows.
FOLLOWS = 0.7
MOST_FACTOR = 100_000
POOL = 10
errors = Console(stderr=True)


@dataclass(frozen=True)
class Stage:
    """One rate, and what it did."""

    factor: int
    rate: float
    seconds: int
    result: dict[str, Any]
    seen: Seen

    @property
    def reached(self) -> float:
        """Requests answered a second; an act is one to three requests."""
        return float(self.result["total"]["per_second"])

    @property
    def is_refused(self) -> bool:
        """Whether something failed, or nothing came back at all."""
        total = self.result["total"]
        return bool(total["failures"]) or not total["requests"]

    @property
    def trouble(self) -> str | None:
        """Why it is the knee, if it is."""
        total = self.result["total"]
        if not total["requests"]:
            return "aucune demande n’a abouti"
        if total["failures"]:
            return f"{total['failures']} erreurs"
        if total["p95"] > MOST_MS:
            return f"p95 de {total['p95']:.0f} ms"
        if self.rate * self.seconds > 20 and self.reached < FOLLOWS * self.rate:
            return f"{self.reached:.0f} demandes par seconde pour {self.rate:.0f} actes"
        return None


def main(
    seconds: Annotated[int, typer.Option("--duree", min=3, help="Secondes par palier.")] = 30,
    scale: Annotated[str, typer.Option("--echelle", help="De la semaine rejouée d’abord.")] = "0.1",
    most: Annotated[int, typer.Option("--jusqua", help="Dernier facteur essayé.")] = MOST_FACTOR,
    is_quick: Annotated[
        bool, typer.Option("--rapide", help="Deux paliers courts : vérifie que tout marche.")
    ] = False,
    is_json: Annotated[bool, typer.Option("--json", help="Le rapport en JSON.")] = False,
) -> None:
    """Charger la plateforme au rythme d’un lundi matin de l’année publiée, × 1, × 10, × 100, puis
    plus, jusqu’à un p95 de plus de 500 ms ou une erreur.

    Les six services tournent comme pour « make serve », sur des bases à eux, avec RabbitMQ s’il
    répond à AMQP_URI. Code 1 si × 1, × 10 ou × 100 ne passe pas sans erreur.
    """
    seconds, scale, most = (10, "0.01", 100) if is_quick else (seconds, scale, most)
    stages: list[Stage] = []
    with tempfile.TemporaryDirectory(prefix="charge-") as folder, _scene(Path(folder), scale) as at:
        told = Path(folder) / "scene.json"
        told.write_text(json.dumps(at.prepare(started=300)))
        for factor in _factors(most, is_quick=is_quick):
            errors.print(f"× {factor} : {PEAK * factor:.2f} actes par seconde, {seconds} s…")
            stages.append(_stage(at.platform, told, factor, seconds))
            if stages[-1].is_refused or (factor >= 100 and stages[-1].trouble):
                break
    typer.echo(_json(stages)) if is_json else _print(stages)
    is_held = not any(stage.is_refused for stage in stages if stage.factor <= 100)
    raise typer.Exit(0 if is_held else 1)


def _factors(most: int, *, is_quick: bool) -> Iterator[int]:
    factor = 10 if is_quick else 1
    while factor <= most:
        yield factor
        factor = factor * 10 if factor < 100 else factor * 2


@contextmanager
def _scene(folder: Path, scale: str) -> Iterator[Scene]:
    """The platform, a week replayed on it; stopped and erased at the end."""
    if answers(amqp_uri()):
        os.environ["AMQP_URI"] = amqp_uri()
    period = worked_days.first_week(load(PUBLISHED).year)
    options = Options(period, scale=Fraction(scale), work_dir=folder / "plateforme")
    platform = Platform(options.folder, options.starts_at, tell=errors.print)
    plan = plan_of(options)
    try:
        platform.start()
        errors.print("Semaine rejouée d’abord…")
        Replay(options, platform, plan).run()
        last = period.days[-1]
        yield Scene(platform, plan, last + timedelta(days=7 - last.weekday()))
    finally:
        try:
            platform.stop()
            platform.erase()
        finally:
            platform.stop_postgres()


def _stage(platform: Platform, told: Path, factor: int, seconds: int) -> Stage:
    rate = PEAK * factor
    users = max(1, math.ceil(rate))
    result = told.with_name(f"palier-{factor}.json")
    environ = os.environ | {
        "LOAD_SCENE": str(told),
        "LOAD_RATE": str(rate / users),
        "LOAD_RESULT": str(result),
    }
    command = ["-m", "locust", "-f", str(Path(__file__).with_name("locustfile.py")), "--headless"]
    command += ["-u", str(users), "-r", str(users), "-t", f"{seconds}s", "--only-summary"]
    with told.with_name("locust.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *command, "--loglevel", "ERROR"],
            env=environ,
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
    with Watch(platform, {"générateur": [process.pid]}) as watch:
        process.wait(seconds * 3 + 120)
    document = json.loads(result.read_text())
    # What one stage honoured is not honoured again by the next.
    left = json.loads(told.read_text()) | {"started": document.pop("started")}
    told.write_text(json.dumps(left))
    return Stage(factor, rate, seconds, document, watch.seen)


def _json(stages: list[Stage]) -> str:
    rows = [
        asdict(stage) | {"trouble": stage.trouble, "gives": stage.seen.first_to_give(POOL)}
        for stage in stages
    ]
    return json.dumps({"stages": rows, "load_average": os.getloadavg()}, ensure_ascii=False)


def _print(stages: list[Stage]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 130)
    table = Table(title="Charge, un lundi matin de l’année publiée multiplié")
    table.add_column("×")
    for heading in ("actes/s", "req./s", "erreurs", "p50", "p95", "p99", "outbox s", "inbox", "s"):
        table.add_column(heading, justify="right")
    for stage in stages:
        total, seen = stage.result["total"], stage.seen
        figures = [stage.rate, stage.reached, total["failures"], total["p50"], total["p95"]]
        figures += [total["p99"], seen.outbox_seconds, seen.inbox_waiting, seen.inbox_seconds]
        table.add_row(
            str(stage.factor), *(f"{value:.1f}".rstrip("0").rstrip(".") for value in figures)
        )
    console.print(table)
    last = stages[-1]
    acts = Table(title=f"Par acte, × {last.factor} (ms)")
    acts.add_column("Acte")
    for heading in ("demandes", "p50", "p95", "p99"):
        acts.add_column(heading, justify="right")
    for name, row in sorted(last.result["acts"].items()):
        acts.add_row(name, *(f"{row[key]:.0f}" for key in ("requests", "p50", "p95", "p99")))
    console.print(acts)
    for error in last.result["errors"]:
        console.print(f"{error['count']} × {error['act']} : {error['what']}")
    console.print(f"Coude : {last.trouble or 'non atteint'}.")
    console.print(f"Ce qui cède d’abord : {last.seen.first_to_give(POOL)}.")
    console.print(f"Charge de la machine : {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    typer.run(main)
