"""The activity of a period, as figures. How each one counts is said beside its name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.aides.domain.demande import Outcome
from services.aides.domain.nature import Instance, Nature


class Figure(StrEnum):
    """Every figure of the report, counted on the Paris day of the decision."""

    #: Granted in whole or part, secours, AM and AML: count and euros granted.
    AIDES_ACCORDEES = "AIDES_ACCORDEES"
    #: The same for the FAJ, which the published tables keep apart.
    FAJ_ACCORDEES = "FAJ_ACCORDEES"
    REFUSEES = "REFUSEES"
    #: Adjournments; a demande adjourned twice counts twice.
    AJOURNEES = "AJOURNEES"
    #: Granted aids asked for while a right is awaited from a partner: what its delay costs.
    ATTENTE_DROIT = "ATTENTE_DROIT"
    #: Demandes granted, partly granted or refused in session ("a statué sur").
    COMMISSION = "COMMISSION"


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Decisions of a period that share all these codes, already summed by the database."""

    mds: str
    nature: Nature
    outcome: Outcome
    instance: Instance | None
    partner: str | None
    count: int
    amount_cents: int


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the report; codes that do not apply are None."""

    figure: Figure
    mds: str
    nature: str | None = None
    partner: str | None = None
    instance: str | None = None
    count: int = 0
    amount_cents: int = 0


_Key = tuple[Figure, str, str | None, str | None, str | None]


def report(tallies: Iterable[Tally]) -> list[Row]:
    """The rows of the report, in a stable order."""
    sums: dict[_Key, list[int]] = defaultdict(lambda: [0, 0])
    for tally in tallies:
        for key in _figures_of(tally):
            sums[key][0] += tally.count
            sums[key][1] += tally.amount_cents
    return [
        Row(
            figure=figure,
            mds=mds,
            nature=nature,
            partner=partner,
            instance=instance,
            count=count,
            amount_cents=cents,
        )
        for (figure, mds, nature, partner, instance), (count, cents) in sorted(
            sums.items(), key=lambda item: tuple(str(part or "") for part in item[0])
        )
    ]


def _figures_of(tally: Tally) -> Iterator[_Key]:
    nature = str(tally.nature)
    if tally.outcome.grants:
        is_faj = tally.nature is Nature.FAJ
        granted = Figure.FAJ_ACCORDEES if is_faj else Figure.AIDES_ACCORDEES
        yield granted, tally.mds, nature, None, None
        if tally.partner:
            yield Figure.ATTENTE_DROIT, tally.mds, nature, tally.partner, None
    if tally.outcome is Outcome.REFUSED:
        yield Figure.REFUSEES, tally.mds, nature, None, None
    if tally.outcome is Outcome.ADJOURNED:
        yield Figure.AJOURNEES, tally.mds, nature, None, None
    elif tally.instance is not None:
        yield Figure.COMMISSION, tally.mds, None, None, str(tally.instance)
