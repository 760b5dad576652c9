"""The plan in figures, for whoever wants to see it before it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from demo.figures import LINES
from demo.plan.volants import expected_days
from demo.plan.year import Plan, expected_rendezvous
from demo.worked_days import Period


def show(plan: Plan, period: Period, console: Console) -> None:
    """Counts by MDS, then what comes on top."""
    places = plan.population.mds
    held = expected_rendezvous(plan)
    table = Table(title=f"Plan de {period.name} (graine {plan.seed})", box=box.SIMPLE_HEAD)
    table.add_column("")
    for place in places:
        table.add_column(place.territoire, justify="right")
    table.add_column("Total", justify="right")
    given = expected_days(plan.besoins)
    rows: dict[str, list[int]] = {
        "Dossiers suivis": [_count(plan.population.stock, p.code) for p in places],
        **{line.path: [held[line, p.code] for p in places] for line in LINES},
        "Aides accordées (FAJ compris)": [
            sum(each.counts and each.mds == p.code for each in plan.demandes) for p in places
        ],
        **{
            f"Jours du service volant, {of}": [given[of, p.code] for p in places]
            for of in plan.figures.jours_volants
        },
        "Personnes nouvelles": [_count(plan.newcomers, p.code) for p in places],
        "Visites anonymes": [_count(plan.visites, p.code) for p in places],
        "Partages": [_count(plan.partages, p.code) for p in places],
    }
    for label, numbers in rows.items():
        table.add_row(label, *map(str, numbers), str(sum(numbers)))
    console.print(table)
    fates = Counter(each.fate for each in plan.rendezvous)
    console.print(
        f"{len(period.days)} jours ouvrés ; rendez-vous : "
        + ", ".join(f"{fate.lower()} {count}" for fate, count in sorted(fates.items()))
        + f" ; déplacés {sum(each.moved_from is not None for each in plan.rendezvous)}"
        + f" ; disputés {sum(each.rival is not None for each in plan.rendezvous)}"
    )


def _count(items: Iterable[Any], mds: str) -> int:
    return sum(each.mds == mds for each in items)
