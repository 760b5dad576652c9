"""What a replay showed: tables, books, messages, partners, resources; for a person or as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from demo.meter import Usage
from demo.settle import Subscription, subscriptions
from demo.tables import Cell, Difference, Table, differences


@dataclass(frozen=True)
class Report:
    """Everything worth saying at the end."""

    period: str
    mode: str
    seed: int
    scale: float
    tables: Sequence[Table]
    traffic: Mapping[str, Mapping[str, Any]]
    activity: Mapping[str, Sequence[Mapping[str, Any]]]
    tally: Mapping[str, int]
    seconds: Mapping[str, float]
    requests: Mapping[str, int]
    repeated: int
    settling: Mapping[str, int]
    restarts: Mapping[str, int]
    usages: Sequence[Usage]
    memory_mib: float

    @property
    def differences(self) -> list[Difference]:
        """Cells that are not what they should be."""
        return differences(self.tables)

    @property
    def books(self) -> list[Subscription]:
        """What each service published and what each of its subscribers applied."""
        return subscriptions(self.traffic)

    @property
    def lost(self) -> list[Subscription]:
        """Subscriptions whose books do not balance."""
        return [each for each in self.books if each.missing]

    @property
    def parked(self) -> int:
        """Facts set aside, everywhere."""
        return sum(int(books["inbox_parked"]) for books in self.traffic.values())

    @property
    def is_right(self) -> bool:
        """Tables equal, nothing lost, nothing parked."""
        return not (self.differences or self.lost or self.parked)


def as_json(report: Report) -> dict[str, Any]:
    """The same, for a program."""
    return {
        "period": report.period,
        "mode": report.mode,
        "seed": report.seed,
        "scale": report.scale,
        "right": report.is_right,
        "differences": [asdict(each) for each in report.differences],
        "tables": [_table_as_json(each) for each in report.tables],
        "subscriptions": [{**asdict(each), "missing": each.missing} for each in report.books],
        "services": {name: _books(books) for name, books in report.traffic.items()},
        "messages": list(report.activity["notifications"]),
        "partners": list(report.activity["consent"]),
        "unhappy": dict(report.tally),
        "seconds": dict(report.seconds),
        "requests": dict(report.requests),
        "repeated_requests": report.repeated,
        "settling": dict(report.settling),
        "restarts": dict(report.restarts),
        "processes": [asdict(each) for each in report.usages],
        "memory_mib": round(report.memory_mib, 1),
    }


def show(report: Report, console: Console) -> None:
    """Print it, in French."""
    for table in report.tables:
        console.print(_rich(table))
        if table.note:
            console.print(Text(table.note, style="dim"))
    _show_books(report, console)
    _show_messages(report, console)
    _show_partners(report, console)
    _show_unhappy(report, console)
    _show_resources(report, console)
    _show_verdict(report, console)


def _show_verdict(report: Report, console: Console) -> None:
    for each in report.differences:
        console.print(f"[bold red]Écart[/] {each}")
    for row in report.lost:
        console.print(
            f"[bold red]Perdu[/] {row.consumer} n’a pas appliqué {row.missing} fait(s)"
            f" de {row.source}/{row.aggregate}"
        )
    if report.parked:
        console.print(f"[bold red]{report.parked} fait(s) mis de côté[/]")
    if report.is_right:
        console.print("[bold green]Tables égales, rien de perdu, rien de mis de côté.[/]")


def _rich(table: Table) -> RichTable:
    shown = RichTable(title=table.title, box=box.SIMPLE_HEAD, title_justify="left")
    shown.add_column("")
    for column in table.columns:
        shown.add_column(column, justify="right")
    shown.add_column("Référence")
    for row in table.rows:
        cells = [_cell(row.cells.get(c), is_money=table.is_money) for c in table.columns]
        shown.add_row(row.label, *cells, row.status)
        expected = [row.cells[c].expected for c in table.columns if c in row.cells]
        if any(number is not None for number in expected):
            references = [
                _reference(row.cells.get(c), is_money=table.is_money) for c in table.columns
            ]
            shown.add_row(Text("  référence", style="dim"), *references, "")
    return shown


def _cell(cell: Cell | None, *, is_money: bool) -> Text:
    if cell is None:
        return Text("")
    style = "" if cell.expected is None else ("green" if cell.is_right else "bold red")
    return Text(_number(cell.found, is_money=is_money), style=style)


def _reference(cell: Cell | None, *, is_money: bool) -> Text:
    if cell is None or cell.expected is None:
        return Text("")
    return Text(_number(cell.expected, is_money=is_money), style="dim")


def _number(value: int, *, is_money: bool) -> str:
    """As French people write it: `16 577`, `296 352 €`, `12,50 €`."""
    if not is_money:
        return f"{value:,}".replace(",", "\u202f")
    euros, cents = divmod(value, 100)
    decimals = f",{cents:02d}" if cents else ""
    return f"{euros:,}".replace(",", "\u202f") + f"{decimals}\u00a0€"


def _show_books(report: Report, console: Console) -> None:
    services = _table("Courrier entre services", "Service", "Publiés", "Appliqués", "Doublons",
                      "Différés", "Réessayés", "Mis de côté")  # fmt: skip
    for name, books in sorted(report.traffic.items()):
        totals = _books(books)
        services.add_row(name, *(_number(totals[key], is_money=False) for key in _BOOK_KEYS))
    console.print(services)
    details = _table("Faits publiés et appliqués", "Abonné", "Source", "Objet", "Publiés",
                     "Appliqués", "Écart")  # fmt: skip
    for row in report.books:
        numbers = (row.published, row.applied, row.missing)
        shown = [_number(number, is_money=False) for number in numbers]
        details.add_row(row.consumer, row.source, row.aggregate, *shown)
    console.print(details)


_BOOK_KEYS = ("published", "applied", "duplicates", "deferred", "retried", "parked")


def _books(books: Mapping[str, Any]) -> dict[str, int]:
    return {
        "published": sum(books["published"].values()),
        "applied": sum(books["applied"].values()),
        "duplicates": books["duplicates"],
        "deferred": books["deferred"],
        "retried": books["retried"],
        "parked": books["inbox_parked"],
    }


def _show_messages(report: Report, console: Console) -> None:
    counts = _tally(report.activity["notifications"], ("template", "channel", "outcome", "reason"))
    shown = _table("Messages", "Modèle", "Canal", "Sort", "Motif", "Nombre")
    for codes, number in sorted(counts.items()):
        shown.add_row(*codes, _number(number, is_money=False))
    console.print(shown)


def _show_partners(report: Report, console: Console) -> None:
    counts = _tally(report.activity["consent"], ("partenaire", "measure", "reason"))
    shown = _table("Partenaires : reçu et retenu", "Partenaire", "Mesure", "Motif", "Nombre")
    for codes, number in sorted(counts.items()):
        shown.add_row(*codes, _number(number, is_money=False))
    console.print(shown)


def _show_unhappy(report: Report, console: Console) -> None:
    shown = _table("Imprévus joués (ils ne changent aucun chiffre publié)", "", "Nombre")
    for what, number in sorted(report.tally.items()):
        shown.add_row(what, _number(number, is_money=False))
    console.print(shown)


def _show_resources(report: Report, console: Console) -> None:
    shown = _table("Processus", "", "Processeur (s)", "Mémoire (Mio, PSS)", "Relances")
    for usage in report.usages:
        restarts = str(report.restarts.get(usage.name, "")) or ""
        shown.add_row(usage.name, f"{usage.cpu_seconds:.1f}", f"{usage.memory_mib:.0f}", restarts)
    console.print(shown)
    times = " · ".join(f"{name} {seconds:.1f} s" for name, seconds in report.seconds.items())
    asked = sum(report.requests.values())
    console.print(f"{report.mode} · {times}")
    console.print(
        f"{_number(asked, is_money=False)} requêtes, {report.repeated} répétées"
        f" ({report.settling['asked']} pour savoir si le courrier est apaisé) ;"
        f" mémoire de tous les processus au plus haut : {report.memory_mib:.0f} Mio"
    )


def _tally(rows: Iterable[Mapping[str, Any]], codes: tuple[str, ...]) -> Counter[tuple[str, ...]]:
    counts: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        counts[tuple(str(row.get(code) or "") for code in codes)] += row["count"]
    return counts


def _table(title: str, *columns: str) -> RichTable:
    shown = RichTable(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    numbers = ("Nombre", "Publiés", "Appliqués", "Écart", "Processeur (s)", "Mémoire (Mio, PSS)",
               "Doublons", "Différés", "Réessayés", "Mis de côté", "Relances")  # fmt: skip
    for column in columns:
        shown.add_column(column, justify="right" if column in numbers else "left")
    return shown


def _table_as_json(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "unit": "cents" if table.is_money else "nombre",
        "note": table.note,
        "rows": [
            {
                "label": row.label,
                "reference": row.status,
                "cells": {name: asdict(cell) for name, cell in row.cells.items()},
            }
            for row in table.rows
        ],
    }
