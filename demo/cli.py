"""The command line of the replay, in French.

Exit codes: 0 tables equal; 1 a cell differs, or a fact is lost or parked; 2 options or figures
refused; 3 the platform or the replay stopped; 130 interrupted. `serve`, once open, ends with 0.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from chassis.supervisor import stop_signals
from chassis.terminal import Terminal
from demo import report as reporting
from demo import worked_days
from demo.client import Refused, ServiceDown
from demo.engine import Step, StillDue
from demo.figures import PUBLISHED, load
from demo.plan.agenda import PlanError
from demo.platform import Platform, PlatformError
from demo.postgres import PostgresError
from demo.published import FiguresError
from demo.replay import WORKERS, Options, Replay, plan_of
from demo.settle import NotSettled
from demo.state import AnotherReplay

app = Terminal(
    help="Rejouer une année publiée du service social à travers les six services.",
    no_args_is_help=True,
)
DIFFERS, REFUSED, STOPPED, INTERRUPTED = 1, 2, 3, 130
errors = Console(stderr=True)

Seed = Annotated[int, typer.Option(help="Graine : même graine, mêmes gens, mêmes rendez-vous.")]
Scale = Annotated[str, typer.Option(help="Échelle des chiffres, par exemple 0.01.")]
Data = Annotated[Path, typer.Option(help="Année publiée d’un département (format du guide).")]
WorkDir = Annotated[
    Path | None, typer.Option(help="Dossier de travail ; un rejeu interrompu y reprend.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Le rapport en JSON, sur la sortie.")]
Month = Annotated[str | None, typer.Option(help="Un mois, AAAA-MM ; janvier par défaut.")]
Year = Annotated[bool, typer.Option("--year", help="Toute l’année.")]
Keep = Annotated[bool, typer.Option("--keep", help="Garder bases, journaux et avancement.")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Requêtes menées de front.")]


@app.command()
def replay(
    *,
    month: Month = None,
    year: Year = False,
    seed: Seed = 2023,
    scale: Scale = "1",
    data: Data = PUBLISHED,
    as_json: AsJson = False,
    work_dir: WorkDir = None,
    keep: Keep = False,
    workers: Workers = WORKERS,
) -> None:
    """Rejouer un mois ou l’année, et comparer les tableaux aux chiffres publiés."""
    with _told_in_french():
        period = _period(data, month, is_year=year)
        options = Options(period, seed, _fraction(scale), data, work_dir, workers)
        plan = plan_of(options)
        platform = Platform(options.folder, options.starts_at, tell=_tell)
        found = _run(Replay(options, platform, plan), keep=keep)
    if as_json:
        typer.echo(json.dumps(reporting.as_json(found), ensure_ascii=False, indent=1))
    else:
        reporting.show(found, _console())
    if not keep:
        shutil.rmtree(options.folder, ignore_errors=True)
    raise typer.Exit(0 if found.is_right else DIFFERS)


@app.command()
def serve(
    *,
    seed: Seed = 2023,
    scale: Scale = "0.1",
    data: Data = PUBLISHED,
    work_dir: WorkDir = None,
    workers: Workers = WORKERS,
) -> None:
    """Une semaine de données, puis la plateforme reste ouverte : adresses, jetons, exemples."""
    from demo.open_house import welcome  # noqa: PLC0415 - only this command needs it

    with _told_in_french():
        period = worked_days.first_week(load(data).year)
        options = Options(period, seed, _fraction(scale), data, work_dir, workers)
        platform = Platform(options.folder, options.starts_at, fixed_ports=True, tell=_tell)
        plan = plan_of(options)
        with _started(platform, keep=True):
            _with_progress(Replay(options, platform, plan))
            with _ended_by_ctrl_c():
                welcome(platform, plan, _console())
                while True:
                    time.sleep(3600)
        errors.print("Plateforme arrêtée ; la même commande la rouvre avec ses données.")


@app.command("show-plan")
def show_plan(
    *,
    month: Month = None,
    year: Year = False,
    seed: Seed = 2023,
    scale: Scale = "1",
    data: Data = PUBLISHED,
) -> None:
    """Ce qui serait rejoué, sans rien démarrer."""
    from demo.show_plan import show  # noqa: PLC0415 - only this command needs it

    with _told_in_french():
        period = _period(data, month, is_year=year)
        options = Options(period, seed, _fraction(scale), data)
        show(plan_of(options), period, _console())


@contextmanager
def _ended_by_ctrl_c() -> Iterator[None]:
    """The ordinary end of an open house, not a failure."""
    try:
        yield
    except KeyboardInterrupt:
        errors.print("Arrêt…")


def _run(replay: Replay, *, keep: bool) -> reporting.Report:
    with _started(replay.platform, keep=keep):
        return _with_progress(replay)


@contextmanager
def _started(platform: Platform, *, keep: bool) -> Iterator[None]:
    """The platform, running; stopped and erased at the end, unless it failed or is kept."""
    started = time.monotonic()
    is_over = False
    try:
        platform.start()
        errors.print(f"Plateforme prête en {time.monotonic() - started:.1f} s.")
        yield
        is_over = True
    finally:
        try:
            if not platform.stop():
                errors.print(f"Un processus a été coupé ; voir {platform.folder / 'journaux'}.")
            if is_over and not keep:
                platform.erase()
        finally:
            platform.stop_postgres()


def _with_progress(replay: Replay) -> reporting.Report:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task("Rejeu", total=None)

        def prepare(steps: list[Step]) -> None:
            progress.update(task, total=sum(1 + step.acts for step in steps))

        def advance(step: Step) -> None:
            progress.update(task, advance=1 + step.acts, description=step.name)

        replay.on_steps, replay.on_step = prepare, advance
        return replay.run()


def _console() -> Console:
    """Wide enough for five territories when nobody looks at it live."""
    return Console(width=None if sys.stdout.isatty() else 150)


def _tell(what: str) -> None:
    errors.print(f"Démarrage : {what}…", style="dim")


def _period(data: Path, month: str | None, *, is_year: bool) -> worked_days.Period:
    year = load(data).year
    if is_year and month:
        raise typer.BadParameter("choisissez --month ou --year")
    if is_year:
        return worked_days.year_of(year)
    wanted, _, number = (month or f"{year}-01").partition("-")
    if wanted != str(year) or number not in {f"{n:02d}" for n in range(1, 13)}:
        raise typer.BadParameter(f"--month : {year}-01 à {year}-12")
    return worked_days.month(year, int(number))


def _fraction(text: str) -> Fraction:
    try:
        scale = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise typer.BadParameter("--scale : un nombre, par exemple 0.01") from None
    if not 0 < scale <= 1:
        raise typer.BadParameter("--scale : plus de 0, au plus 1")
    return scale


@contextmanager
def _told_in_french() -> Iterator[None]:
    """Failures a person can do something about, without a trace."""
    for number in stop_signals():
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    except (FiguresError, PlanError, AnotherReplay) as error:
        errors.print(f"[bold red]Refusé[/]\n{error}")
        raise typer.Exit(REFUSED) from None
    except (PlatformError, PostgresError, Refused, ServiceDown, NotSettled, StillDue) as error:
        errors.print(f"[bold red]Arrêté[/] {error}")
        errors.print("Relancez la même commande : le rejeu reprend à la dernière étape finie.")
        raise typer.Exit(STOPPED) from None
    except OSError as error:
        if error.filename is None:
            raise
        errors.print(f"[bold red]Refusé[/] {error.filename} : impossible de lire ou d’écrire ici.")
        raise typer.Exit(REFUSED) from None
    except KeyboardInterrupt:
        errors.print("Interrompu ; la même commande reprend à la dernière étape finie.")
        raise typer.Exit(INTERRUPTED) from None
