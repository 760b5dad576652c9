"""Agendas and rendezvous as files: to leave a former tool, or to leave this one.

    python -m services.rendezvous.transfer import rendezvous reprise.csv
    python -m services.rendezvous.transfer import rendezvous reprise.csv --apply
    python -m services.rendezvous.transfer export rendezvous sortie.jsonl --from 2023-01-01

The suffix says the form: `.csv` or `.jsonl`. The columns are in docs/guides/rendezvous.md. A file
is read, and written, a few lines at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

from chassis.cli.common import console, opened, stop
from chassis.clock import end_of_day, instant_of
from chassis.errors import Unavailable
from chassis.runtime import Runtime
from chassis.terminal import Terminal
from chassis.web.fields import FIRST_YEAR, LAST_YEAR
from chassis.web.schemas import Refused
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.transfer import Outcome, Transferred
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.transfer_files import (
    FileRefused,
    Line,
    Refusal,
    digest_of,
    lines_of,
    report_writer,
    row_writer,
)
from services.rendezvous.usecases.exchanged.transfer import import_batch

#: Lines per transaction: their agents wait for no longer than that.
BATCH = 100

application = Terminal(
    help="Entrée et sortie des agendas et des rendez-vous (CSV ou JSON Lines).",
    no_args_is_help=True,
)


class Report:
    """What became of the lines so far."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, verdicts: Iterable[str]) -> None:
        """Some more lines, each by what became of it."""
        self.counts.update(verdicts)

    @property
    def refused(self) -> int:
        """Lines that were refused."""
        return self.counts["refusée(s)"]

    def __str__(self) -> str:
        names = ("à faire", "faite(s)", "déjà faite(s)", "refusée(s)")
        return ", ".join(f"{self.counts[name]} {name}" for name in names if self.counts[name])


@application.command("import")
def import_file(
    what: Annotated[Transferred, typer.Argument(help="Ce que contient le fichier.")],
    file: Annotated[Path, typer.Argument(help="Fichier .csv ou .jsonl.", exists=True)],
    apply: Annotated[
        bool, typer.Option("--apply", help="Écrire ; sans cette option, essayer seulement.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(help="Rapport des refus (CSV) ; à côté du fichier si rien n’est dit."),
    ] = None,
) -> None:
    """Reprend un fichier. Relancé après un arrêt, il ne fait aucune ligne deux fois."""
    where = report or file.with_name(f"{file.name}.refus.csv")
    with _explained(), opened("rendezvous") as runtime:
        done = transfer_in(runtime, what, file, where, apply=apply)
    typer.echo(f"{done or 'fichier vide'}.")
    if not apply:
        typer.echo("Rien n’est écrit. Pour écrire, relancez avec --apply.")
    if done.refused:
        stop(f"Refus, ligne par ligne : {where}", code=1)


@application.command("export")
def export_file(
    what: Annotated[Transferred, typer.Argument(help="Ce qu’il faut écrire.")],
    file: Annotated[Path, typer.Argument(help="Fichier .csv ou .jsonl, remplacé s’il existe.")],
    first: Annotated[
        str | None, typer.Option("--from", help="Premier jour (Paris), comme 2023-01-01.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Dernier jour (Paris), inclus.")] = None,
) -> None:
    """Écrit un fichier que « import » sait reprendre. Identifiants et codes seulement, mais qui
    rencontre le service social : à garder comme un dossier."""
    window = Interval(
        instant_of(_day(first, date(FIRST_YEAR, 1, 1))),
        end_of_day(_day(last, date(LAST_YEAR, 1, 1))),
    )
    with _explained(), opened("rendezvous") as runtime:
        count = transfer_out(runtime, what, file, window)
    typer.echo(f"{count} ligne(s) dans {file}.")


def transfer_in(
    runtime: Runtime, what: Transferred, file: Path, report: Path, *, apply: bool
) -> Report:
    """Do a file, a batch and a transaction at a time; what is refused goes to the report."""
    done, digest = Report(), digest_of(file)
    with report_writer(report) as refuse, _progress() as progress:
        task = progress.add_task(what.value, total=file.stat().st_size)
        for batch in _batches(lines_of(what, file)):
            entries = [line.entry for line in batch if line.entry]
            work = partial(import_batch, kind=what, digest=digest, entries=entries, apply=apply)
            outcomes = runtime.transaction(work) if entries else []
            done.add(_verdict(outcome, apply=apply) for outcome in outcomes)
            done.add("refusée(s)" for line in batch if line.faults)
            for row in sorted([*_faults(batch), *_refusals(outcomes)], key=itemgetter(0)):
                refuse(*row)
            progress.update(task, completed=batch[-1].end)
    return done


def transfer_out(runtime: Runtime, what: Transferred, file: Path, window: Interval) -> int:
    """Write what starts in a window. Answers how many lines."""
    with row_writer(what, file) as write:

        def work(uow: UnitOfWork) -> int:
            count = 0
            for count, row in enumerate(uow.transfers.rows(what, window), start=1):  # noqa: B007 - counted as they go
                write(row)
            return count

        return runtime.transaction(work)


def _verdict(outcome: Outcome, *, apply: bool) -> str:
    if outcome.refusal is not None:
        return "refusée(s)"
    if outcome.already:
        return "déjà faite(s)"
    return "faite(s)" if apply else "à faire"


def _faults(batch: Sequence[Line]) -> Iterator[Refusal]:
    for line in batch:
        for where, why in line.faults:
            yield line.number, line.reference, where, Refused.code, why


def _refusals(outcomes: Sequence[Outcome]) -> Iterator[Refusal]:
    for outcome in outcomes:
        for where, why in outcome.fields:
            code = outcome.refusal.code if outcome.refusal else Refused.code
            yield outcome.line, outcome.reference, where, code, why


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    lines = iter(lines)
    while batch := list(islice(lines, BATCH)):
        yield batch


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text) if text else otherwise
    except ValueError:
        stop("un jour est attendu, comme 2023-01-01")


@contextmanager
def _explained() -> Iterator[None]:
    """One line for the operator, whatever stopped the run."""
    try:
        yield
    except FileRefused as error:
        stop(str(error))
    except Unavailable:
        stop("Un service voisin ne répond pas. Relancez : rien ne sera fait deux fois.", code=1)


def _progress() -> Progress:
    columns = ("[progress.description]{task.description}", BarColumn(), TaskProgressColumn())
    return Progress(*columns, TimeRemainingColumn(), console=console, transient=True)


if __name__ == "__main__":
    application(prog_name="python -m services.rendezvous.transfer")
