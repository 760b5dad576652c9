"""Takes over one series: what its rule says, and what single days of it have of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from chassis.errors import Invalid
from services.rendezvous.domain.errors import SerieUnknown, SiteUnknown
from services.rendezvous.domain.planning import Held
from services.rendezvous.domain.projections import KnownSite
from services.rendezvous.domain.serie import EXTENDED_EVERY, Edit, Serie, SerieKind
from services.rendezvous.domain.transfer import Made, Transferred
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.recurrence import last_day_of, read_rule
from services.rendezvous.usecases.supply.filling import (
    fill_or_refuse,
    horizon,
    left_to_see_to,
    plan_extension,
    wanted_in,
)


def import_serie(uow: UnitOfWork, values: Mapping[str, Any]) -> Made:
    """With `filled_to`, its occurrences up to that day are in the files of openings and absences;
    without it, they are put in the agenda from today on, all of them or none."""
    rule = read_rule(values["rule"])
    ends = last_day_of(rule, values["first_day"])
    last_day = values["last_day"] or ends
    serie = Serie(
        id=values["id"],
        agent_id=values["agent_id"],
        kind=values["kind"],
        rule=rule.text,
        first_day=values["first_day"],
        last_day=last_day,
        from_time=values["from_time"],
        to_time=values["to_time"],
        kinds=frozenset(values["kinds"]),
        motifs=frozenset(values["motifs"]),
        filled_to=_filled_to(uow, values),
        continues_id=_continued(uow, values),
        **_place(uow, values, is_over=last_day is not None and last_day < uow.today),
    )
    edits = _edits(uow, values["edits"])
    uow.series.add(serie, edits)
    added: list[Held] = []
    if values["filled_to"] is None:
        own = {edit.day: edit for edit in edits}
        wanted = wanted_in(uow, serie, own, serie.first_day, serie.filled_to)
        added = fill_or_refuse(uow, serie, wanted)
    return serie.id, partial(_tell, uow, serie, added)


def _tell(uow: UnitOfWork, serie: Serie, added: Sequence[Held]) -> None:
    """An export of some days fills a series no further: what follows is added the next night."""
    is_behind = serie.filled_to + EXTENDED_EVERY < horizon(uow.today)
    plan_extension(uow, serie, after=timedelta(days=1) if is_behind else EXTENDED_EVERY)
    left_to_see_to(uow, serie, removed=(), added=added)


def _filled_to(uow: UnitOfWork, values: Mapping[str, Any]) -> date:
    told: date | None = values["filled_to"]
    if told is not None and told > horizon(uow.today):
        raise Invalid("Treize mois à venir au plus.", field="/filled_to")
    return told or horizon(uow.today)


def _continued(uow: UnitOfWork, values: Mapping[str, Any]) -> Any:
    reference = values["continues"]
    if reference is None:
        return None
    found = uow.transfers.known(Transferred.SERIES, [reference])
    if reference not in found:
        raise SerieUnknown("Importez d’abord la série qu’elle continue.")
    return found[reference]


def _place(uow: UnitOfWork, values: Mapping[str, Any], *, is_over: bool) -> dict[str, Any]:
    """A series that is over may be of a site that has closed since."""
    if values["kind"] is not SerieKind.OPENING:
        return {}
    site = uow.knowns.site(values["site"])
    if site is None or not (site.open or is_over):
        raise SiteUnknown("Vérifiez le code du site.", field="/site")
    return _of_site(site)


def _edits(uow: UnitOfWork, told: Sequence[Mapping[str, Any]]) -> list[Edit]:
    known = uow.knowns.sites({one["site"] for one in told if one["site"]})
    edits = []
    for rank, one in enumerate(told):
        if one["site"] and one["site"] not in known:
            raise SiteUnknown("Vérifiez le code du site.", field=f"/edits/{rank}/site")
        place = _of_site(known[one["site"]]) if one["site"] else {}
        edits.append(Edit(**{**one, **place}))
    return edits


def _of_site(site: KnownSite) -> dict[str, Any]:
    return {"site": site.site, "mds": site.mds}
