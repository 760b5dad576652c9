"""The daily measure of waits, and what an MDS is offered when one waits too long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import product

from chassis.ids import new_id
from services.rendezvous.agenda import Who
from services.rendezvous.domain import delai as rule
from services.rendezvous.domain.besoin import (
    PROPOSED_DAYS,
    PROPOSED_WEEKS,
    Besoin,
    BesoinStatus,
    Profession,
    Reason,
    week_of,
)
from services.rendezvous.domain.delai import Bookable, Delai
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.persistence.delais import Post
from services.rendezvous.usecases.slots.search import Search, find_each

#: Who asks what nobody asked.
_SYSTEM = "SYSTEME"


def measure(uow: UnitOfWork, mds: str) -> None:
    """Measure every motif and profession of an MDS today, once, and plan tomorrow's measure.

    A profession is measured where someone of it is posted or receives, for each motif in force
    that it may lead: with nobody, or no open site, there is nothing to wait for.
    """
    uow.schedule(rule.KIND, mds, rule.next_measure(uow.now))
    before = {one.key: one for one in uow.delais.latest(mds)}
    if any(one.day == uow.today for one in before.values()):
        return
    measures = [
        rule.measured(day=uow.today, mds=mds, motif=motif, profession=profession, third_at=third)
        for (motif, profession), third in _thirds(uow, mds).items()
    ]
    uow.delais.add(measures)
    crossed = rule.crossings(measures, before)
    uow.publish(*(one.fact() for one in crossed))
    for profession in sorted({one.profession for one in crossed}):
        _propose(uow, mds, profession)


def read_delais(
    uow: UnitOfWork, *, first_day: date, last_day: date, mds: str | None
) -> list[Delai]:
    """The measures of a period of Paris days, both included."""
    return uow.delais.between(first_day, last_day, mds=mds)


def _thirds(uow: UnitOfWork, mds: str) -> dict[tuple[str, Profession], datetime | None]:
    """The third slot of each motif and profession: windows are loaded one after the other, for
    those that are still to find. Nearly always, the first window is enough."""
    sites = tuple(uow.knowns.site_codes(mds))
    if not sites:
        return {}
    motifs = {motif.code: motif for motif in uow.motifs.valid_on(uow.today)}
    end = uow.now + rule.HORIZON
    window = Interval(uow.now, uow.now + rule.STRIDE)
    posts = uow.delais.posts(mds, sites, window, uow.today)
    thirds = dict.fromkeys(_keys(posts, list(motifs.values())), None)
    counts = {key: Bookable(_apart(motifs[key[0]])) for key in thirds}
    while window.start < end and (left := [key for key, at in thirds.items() if at is None]):
        searches = [
            Search(
                motif=motifs[code],
                window=window,
                sites=sites,
                profession=profession,
                who=Who.ALONE if motifs[code].min_agents == 1 else Who.ANY,
                size=motifs[code].min_agents,
            )
            for code, profession in left
        ]
        for key, slots in zip(left, find_each(uow, searches), strict=True):
            thirds[key] = counts[key].third(slots)
        longer = 2 * (window.end - window.start)
        window = Interval(window.end, min(window.end + longer, end))
    return thirds


def _keys(posts: Sequence[Post], motifs: Sequence[Motif]) -> list[tuple[str, Profession]]:
    present = {post.profession for post, _ in posts if post.active}
    return [
        (motif.code, profession)
        for motif, profession in product(motifs, Profession)
        if profession in present and motif.takes(profession) and not motif.is_collective
    ]


def _apart(motif: Motif) -> timedelta:
    return motif.shape.before + motif.shape.after


def _propose(uow: UnitOfWork, mds: str, profession: Profession) -> None:
    """A reinforcement of rank 2, for the MDS to confirm; one at a time."""
    uow.besoins.lock()
    if uow.besoins.has_live_overload(mds, profession, uow.today):
        return
    monday = week_of(uow.today) + timedelta(weeks=1)
    uow.besoins.add(
        Besoin(
            id=new_id(),
            mds=mds,
            profession=profession,
            reason=Reason.SURCHARGE,
            starts_on=monday,
            ends_on=monday + timedelta(weeks=PROPOSED_WEEKS, days=-1),
            days_per_week=PROPOSED_DAYS,
            status=BesoinStatus.PROPOSED,
            asked_at=uow.now,
            asked_on=uow.today,
            asked_by=_SYSTEM,
        )
    )
