"""Takes up what an agent leaves, absent or gone: what is affected, decided, one line at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.ids import new_id
from chassis.web.pages import Page, PageAsked
from services.rendezvous.domain.depart import Away
from services.rendezvous.domain.errors import (
    NotAffected,
    RepriseStopped,
    RepriseUnknown,
)
from services.rendezvous.domain.remplacement import Proposal
from services.rendezvous.domain.reprise import (
    Decision,
    LineState,
    Reprise,
    RepriseLine,
    new_line,
)
from services.rendezvous.domain.rights import (
    Seen,
    Viewer,
    has_a_place,
    may_plan,
    may_see,
    may_take_up,
)
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.reprises.departs import (
    Allowed,
    absent_in,
    away_of,
    left_in,
    may_know_of,
)
from services.rendezvous.usecases.reprises.remplacement import Bench
from services.rendezvous.usecases.viewers import Line, lines_of, viewer_of, whole

#: The kinds of due work: one line, of an absence or of a departure. A version that knows of no
#: departure would stop such a line: it has a kind of its own.
LINE, DEPART_LINE = "reprise_line", "depart_line"


@dataclass(frozen=True, kw_only=True)
class Affected:
    """A rendezvous an absence falls on. One the caller may not act on is a mere busy time."""

    rendezvous: Line
    actionable: bool
    proposals: Sequence[Proposal]
    decided: RepriseLine | None


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a reprise is: the lines the caller may know of, and what nobody decided yet."""

    reprise: Reprise
    lines: Sequence[RepriseLine]
    undecided: int

    @property
    def counts(self) -> Counter[LineState]:
        """How many lines are in each state."""
        return Counter(line.state for line in self.lines)


def list_affected(
    uow: UnitOfWork, *, by: Caller, absence_id: UUID, page: PageAsked
) -> Page[Affected]:
    """What an absence falls on, by time, each with what is proposed for it."""
    viewer = viewer_of(uow, by)
    return _list(uow, viewer, absent_in(uow, viewer, absence_id, may_plan), page)


def list_left(
    uow: UnitOfWork, *, by: Caller, agent_id: UUID, mds: str, page: PageAsked
) -> Page[Affected]:
    """What an agent leaves in an MDS, in the same way."""
    viewer = viewer_of(uow, by)
    return _list(uow, viewer, left_in(uow, viewer, agent_id, mds), page)


def launch(
    uow: UnitOfWork, *, by: Caller, absence_id: UUID, decisions: Sequence[Decision], auto: bool
) -> Progress:
    """Take up an absence. It has one reprise: who comes second gets it as it is."""
    viewer = viewer_of(uow, by)
    away = absent_in(uow, viewer, absence_id, may_take_up, to_keep=True)
    return _launch(uow, by, viewer, _Plan(away=away, decisions=decisions, auto=auto))


def launch_left(
    uow: UnitOfWork,
    *,
    by: Caller,
    agent_id: UUID,
    mds: str,
    decisions: Sequence[Decision],
    auto: bool,
) -> Progress:
    """Take up what an agent leaves in an MDS: one reprise as well, for all that shows up later."""
    viewer = viewer_of(uow, by)
    away = left_in(uow, viewer, agent_id, mds)
    return _launch(uow, by, viewer, _Plan(away=away, decisions=decisions, auto=auto))


def decide(
    uow: UnitOfWork, *, by: Caller, reprise_id: UUID, decisions: Sequence[Decision], auto: bool
) -> Progress:
    """Decide what is not decided yet, or was refused or left. Raises RepriseStopped.

    The absence is held before the reprise, and the reprise before its lines, as whoever lifts
    the absence does.
    """
    viewer = viewer_of(uow, by)
    reprise = _reprise(uow, viewer, reprise_id, may_take_up)
    away = away_of(uow, reprise, to_keep=True)
    if away is None:
        raise RepriseStopped("Ses rendez-vous se tiennent comme prévu.")
    uow.reprises.get(reprise_id, to_change=True)
    _decide(uow, by, reprise, _Plan(away=away, decisions=decisions, auto=auto))
    return _progress(uow, viewer, reprise)


def read_reprise(uow: UnitOfWork, *, by: Caller, reprise_id: UUID) -> Progress:
    """Where it is."""
    viewer = viewer_of(uow, by)
    return _progress(uow, viewer, _reprise(uow, viewer, reprise_id, may_plan))


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What is decided of what an agent leaves; `auto`: the rule decides of all nobody named."""

    away: Away
    decisions: Sequence[Decision]
    auto: bool


def _list(uow: UnitOfWork, viewer: Viewer, away: Away, page: PageAsked) -> Page[Affected]:
    after = (datetime.fromisoformat(page.after[0]), UUID(page.after[1])) if page.after else None
    found = _falls_on(uow, away, after=after, limit=page.sought)
    cut = page.of(found, _place_of)
    shown = whole(uow, viewer, [seen for seen in cut.items if has_a_place(viewer, seen)])
    decided = _decided(uow, away, [seen.rendezvous.id for seen in shown])
    bench = Bench(uow, away)
    lines = lines_of(uow, viewer, shown)
    return Page(
        [
            _affected(viewer, seen, line, bench, decided)
            for seen, line in zip(shown, lines, strict=True)
        ],
        cut.next,
    )


def _launch(uow: UnitOfWork, by: Caller, viewer: Viewer, plan: _Plan) -> Progress:
    reprise = Reprise(
        id=new_id(),
        absence_id=plan.away.absence_id,
        mds_left=plan.away.mds_left,
        agent_id=plan.away.agent_id,
        launched_by=by.subject,
        launched_at=uow.now,
    )
    if uow.reprises.add(reprise):
        _decide(uow, by, reprise, plan)
        return _progress(uow, viewer, reprise)
    first = uow.reprises.of(plan.away)
    if first is None:
        raise RepriseUnknown()
    return _progress(uow, viewer, first)


def _decide(uow: UnitOfWork, by: Caller, reprise: Reprise, plan: _Plan) -> None:
    viewer = viewer_of(uow, by)
    placed = [seen for seen in _falls_on(uow, plan.away) if has_a_place(viewer, seen)]
    placed = whole(uow, viewer, placed)
    affected = {seen.rendezvous.id: seen for seen in placed if may_see(viewer, seen)}
    lines = {line.rendezvous_id: line for line in uow.reprises.lines(reprise.id, to_change=True)}
    for place, decision in enumerate(plan.decisions):
        if decision.rendezvous_id not in affected:
            raise NotAffected(
                "Il se tient à un autre moment, ou n’est plus à tenir.",
                field=f"/decisions/{place}/rendezvous_id",
            )
    new = []
    for decision in [*plan.decisions, *_left_to_the_rule(plan, affected, lines, uow.now)]:
        rendezvous = affected[decision.rendezvous_id].rendezvous
        line = lines.get(rendezvous.id)
        if line is not None:
            line.decide(decision, seen_version=rendezvous.version, by=by.subject, now=uow.now)
            uow.reprises.save_line(line)
        else:
            line = new_line(
                decision,
                line_id=new_id(),
                reprise_id=reprise.id,
                mds=rendezvous.place.mds,
                seen_version=rendezvous.version,
                by=by.subject,
                now=uow.now,
            )
            new.append(line)
        if line.state is LineState.TODO:
            kind = DEPART_LINE if reprise.mds_left else LINE
            uow.schedule(kind, line.id, uow.now, payload=_claims(by) | {"auto": line.auto})
    uow.reprises.add_lines(new)


def _left_to_the_rule(
    plan: _Plan,
    affected: Mapping[UUID, Seen],
    lines: Mapping[UUID, RepriseLine],
    now: datetime,
) -> list[Decision]:
    """Those nobody named, without a line or refused: what was left on purpose stays, and so does
    what has begun: who came was perhaps received."""
    if not plan.auto:
        return []
    named = {decision.rendezvous_id for decision in plan.decisions}
    return [
        Decision(rendezvous_id=rendezvous_id, act=None)
        for rendezvous_id, seen in affected.items()
        if rendezvous_id not in named
        and seen.rendezvous.place.starts_at > now
        and (rendezvous_id not in lines or lines[rendezvous_id].state is LineState.REFUSED)
    ]


def _claims(by: Caller) -> dict[str, Any]:
    """Who decided, so that each line is done in their name and within their rights."""
    return {
        "subject": by.subject,
        "roles": sorted(by.roles),
        "agent_id": by.agent_id,
        "mds": by.mds,
    }


def _progress(uow: UnitOfWork, viewer: Viewer, reprise: Reprise) -> Progress:
    """Of an agent who works in several MDS, each sees the lines of their own."""
    own = viewer.agent_id == reprise.agent_id
    lines = uow.reprises.lines(reprise.id)
    away = away_of(uow, reprise)
    affected = _falls_on(uow, away) if away else []
    decided = {line.rendezvous_id for line in lines}
    left = [
        seen for seen in affected if seen.rendezvous.id not in decided and has_a_place(viewer, seen)
    ]
    return Progress(
        reprise=reprise,
        lines=[line for line in lines if own or line.mds in viewer.mds],
        undecided=len(left),
    )


def _affected(
    viewer: Viewer, seen: Seen, line: Line, bench: Bench, decided: Mapping[UUID, RepriseLine]
) -> Affected:
    actionable = may_see(viewer, seen)
    return Affected(
        rendezvous=line,
        actionable=actionable,
        proposals=bench.propose(seen, masked=line.masked) if actionable else (),
        decided=decided.get(seen.rendezvous.id),
    )


def _decided(
    uow: UnitOfWork, away: Away, rendezvous_ids: Sequence[UUID]
) -> dict[UUID, RepriseLine]:
    reprise = uow.reprises.of(away)
    if reprise is None:
        return {}
    lines = uow.reprises.lines(reprise.id, among=rendezvous_ids)
    return {line.rendezvous_id: line for line in lines}


def _reprise(uow: UnitOfWork, viewer: Viewer, reprise_id: UUID, allowed: Allowed) -> Reprise:
    found = uow.reprises.get(reprise_id)
    if found is None or not may_know_of(uow, viewer, found, allowed):
        raise RepriseUnknown()
    return found


def _falls_on(
    uow: UnitOfWork,
    away: Away,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int | None = None,
) -> list[Seen]:
    return uow.agendas.affected(
        away.agent_id, away.during, mds=away.mds_left, after=after, limit=limit
    )


def _place_of(seen: Seen) -> tuple[str, UUID]:
    return (seen.rendezvous.place.starts_at.isoformat(), seen.rendezvous.id)
