"""The waiting list: register, withdraw, read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import end_of_day, instant_of
from chassis.ids import new_id
from chassis.web.pages import Page, PageAsked
from services.rendezvous.domain.attente import (
    Attente,
    AttenteReason,
    Priority,
    PriorityReason,
    Wanted,
    Where,
    check_earlier,
    check_priority,
    check_seat,
    check_session,
)
from services.rendezvous.domain.booking import (
    Ground,
    Wish,
    check_for_self,
    check_links,
    check_personnes,
)
from services.rendezvous.domain.errors import (
    AgentUnknown,
    AlreadyEnrolled,
    AttenteExists,
    AttenteOver,
    AttenteUnknown,
    MotifUnknown,
    ProfessionNotAllowed,
    SiteUnknown,
)
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.rendezvous import Links, Rendezvous
from services.rendezvous.domain.rights import Viewer
from services.rendezvous.domain.waiting_rights import (
    check_answers,
    has_a_place,
    is_masked,
    may_read_list,
    may_see,
)
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.booked.reading import check_list
from services.rendezvous.usecases.booked.seating import read_ground
from services.rendezvous.usecases.booked.seats import session_for
from services.rendezvous.usecases.told import known_personnes
from services.rendezvous.usecases.viewers import booker_of, viewer_of, visible
from services.rendezvous.usecases.waiting.freeing import seat_asked
from services.rendezvous.usecases.waiting.passing import ATTENTE_END, close_entries


@dataclass(frozen=True, kw_only=True)
class WaitingLine:
    """An entry as one viewer reads it. `rank`: in the list of its MDS and motif, to agents."""

    attente: Attente
    masked: bool = False
    rank: int | None = None
    offer_id: UUID | None = None
    #: Whom it shows: to a person, themselves alone.
    personne_ids: tuple[UUID, ...] = ()

    @property
    def version(self) -> int:
        """That of the entry."""
        return self.attente.version


def register(
    uow: UnitOfWork,
    *,
    by: Caller,
    personne_ids: Sequence[UUID],
    motif: str,
    where: Mapping[str, Any],
    wanted: Wanted,
    urgency: tuple[Priority, PriorityReason | None],
    rendezvous_id: UUID | None,
    session_id: UUID | None,
    links: Links,
) -> WaitingLine:
    """Have these personnes, locked first, called when a time frees, or a seat of a collective
    motif, in any session or in one; once for a motif."""
    viewer, people = viewer_of(uow, by), tuple(sorted(personne_ids))
    check_for_self(viewer, people, links)
    check_priority(*urgency, is_personne=viewer.is_personne)
    wanted.check(uow.today)
    uow.occupations.lock(people)
    session = _session(uow, by, session_id, motif, wanted) if session_id else None
    ground = _ground(uow, motif, where, wanted, people, links)
    kind = _motif(ground, viewer, motif, is_theirs=rendezvous_id is not None)
    check_seat(kind, people, rendezvous_id=rendezvous_id)
    check_personnes(people, kind, ground, viewer)
    check_links(people, kind, links, ground)
    _check_once(uow, viewer, people, motif, rendezvous_id)
    if session is not None:
        _check_not_seated(session, people)
        seat_asked(uow, session)
    entry = Attente(
        **_signed(uow, viewer, kind, urgency),
        personne_ids=people,
        where=_where_of(session) if session else _where(uow, ground, kind, where),
        wanted=wanted,
        rendezvous_id=rendezvous_id,
        session_id=session_id,
        links=links,
    )
    return line_of(viewer, _add(uow, entry))


def _signed(
    uow: UnitOfWork, viewer: Viewer, motif: Motif, urgency: tuple[Priority, PriorityReason | None]
) -> dict[str, Any]:
    """What an entry has of its motif, of who makes it and of the moment."""
    return {
        "id": new_id(),
        "motif": motif.code,
        "discreet": motif.discreet,
        "priority": urgency[0],
        "priority_reason": urgency[1],
        "registered_by": viewer.subject,
        "registered_at": uow.now,
        "queued_at": uow.now,
    }


def _check_not_seated(session: Rendezvous, people: Sequence[UUID]) -> None:
    if not set(people).isdisjoint(session.personne_ids):
        raise AlreadyEnrolled("La personne a déjà une place dans cette session.")


def withdraw(uow: UnitOfWork, *, by: Caller, attente_id: UUID) -> WaitingLine:
    """They wait no more; what was offered to them passes on. Said again, it changes nothing."""
    viewer = viewer_of(uow, by)
    uow.attentes.lock_list()
    entry, masked = visible_entry(uow, viewer, attente_id)
    check_answers(viewer, entry)
    if entry.reason is not AttenteReason.WITHDRAWN:
        if entry.id not in close_entries(uow, {entry.id: AttenteReason.WITHDRAWN}):
            raise AttenteOver("Elle a obtenu un rendez-vous, ou son inscription a pris fin.")
        entry = uow.attentes.get(attente_id) or entry
    return line_of(viewer, entry, masked=masked)


def list_of_mds(
    uow: UnitOfWork, *, by: Caller, mds: str, motif: str | None, page: PageAsked
) -> Page[WaitingLine]:
    """Who waits in an MDS, motif by motif, in the fair order. Raises AttenteUnknown elsewhere."""
    viewer = viewer_of(uow, by)
    if not may_read_list(viewer, mds):
        raise AttenteUnknown()
    start = int(page.after[0]) if page.after else 0
    found = uow.attentes.list_of(mds, motif, after=start, limit=page.sought)
    cut = page.of(list(enumerate(found, start + 1)), lambda numbered: [numbered[0]])
    ranked = [line for _, line in cut.items]
    known = known_personnes(uow, {one for _, entry in ranked for one in entry.personne_ids})
    offers = uow.offres.open_of([entry.id for _, entry in ranked])
    lines = [
        WaitingLine(
            attente=entry,
            masked=is_masked(viewer, entry, known),
            rank=rank,
            offer_id=offers[entry.id].id if entry.id in offers else None,
            personne_ids=entry.personne_ids,
        )
        for rank, entry in ranked
    ]
    return Page(lines, cut.next)


def list_of_personne(uow: UnitOfWork, *, by: Caller, personne_id: UUID) -> list[WaitingLine]:
    """A person's entries the caller may see, the latest first."""
    viewer = viewer_of(uow, by)
    check_list(uow, viewer, personne_id)
    found = uow.attentes.of_personne(personne_id)
    known = known_of(uow, viewer, found)
    shown = [entry for entry in found if may_see(viewer, entry, known)]
    offers = uow.offres.open_of([entry.id for entry in shown])
    return [
        line_of(
            viewer,
            entry,
            masked=is_masked(viewer, entry, known),
            offer_id=offers[entry.id].id if entry.id in offers else None,
        )
        for entry in shown
    ]


def visible_entry(uow: UnitOfWork, viewer: Viewer, attente_id: UUID) -> tuple[Attente, bool]:
    """An entry the viewer may see, and whether it is masked; else AttenteUnknown."""
    entry = uow.attentes.get(attente_id)
    if entry is None or not has_a_place(viewer, entry):
        raise AttenteUnknown()
    known = known_of(uow, viewer, [entry])
    if not may_see(viewer, entry, known):
        raise AttenteUnknown()
    return entry, is_masked(viewer, entry, known)


def known_of(uow: UnitOfWork, viewer: Viewer, entries: Sequence[Attente]) -> dict[UUID, Any]:
    """What decides who sees these; nothing has to be known to the person themselves."""
    if viewer.is_personne:
        return {}
    return known_personnes(uow, {one for entry in entries for one in entry.personne_ids})


def line_of(
    viewer: Viewer, entry: Attente, *, masked: bool = False, offer_id: UUID | None = None
) -> WaitingLine:
    """What this viewer reads of an entry."""
    shown = entry.personne_ids
    if viewer.is_personne:
        shown = tuple(one for one in shown if one == viewer.personne_id)
    return WaitingLine(attente=entry, masked=masked, offer_id=offer_id, personne_ids=shown)


def _add(uow: UnitOfWork, entry: Attente) -> Attente:
    uow.attentes.add(entry)
    uow.schedule(ATTENTE_END, entry.id, end_of_day(entry.wanted.until_on))
    return entry


def _check_once(
    uow: UnitOfWork,
    viewer: Viewer,
    people: tuple[UUID, ...],
    motif: str,
    rendezvous_id: UUID | None,
) -> None:
    """The rendezvous to have earlier is theirs, and none of them waits for the motif already."""
    if rendezvous_id is not None:
        theirs = visible(uow, viewer, rendezvous_id).rendezvous
        check_earlier(theirs, motif=motif, personne_ids=people)
    if uow.attentes.waiting_ids(people, motif):
        raise AttenteExists("Retirez d’abord l’autre inscription.")


def _ground(
    uow: UnitOfWork,
    motif: str,
    where: Mapping[str, Any],
    wanted: Wanted,
    people: tuple[UUID, ...],
    links: Links,
) -> Ground:
    agent_id = where.get("agent_id")
    wish = Wish(
        motif=motif,
        site=where.get("site") or "",
        agent_ids=(agent_id,) if agent_id else (),
        starts_at=instant_of(max(wanted.from_on, uow.today)),
    )
    return read_ground(uow, wish, people, dossier_id=links.dossier_id)


def _motif(ground: Ground, viewer: Viewer, code: str, *, is_theirs: bool) -> Motif:
    """A rendezvous one has already can be asked for earlier, whoever may book its motif."""
    if ground.motif is None:
        raise MotifUnknown(f"{code} n’est pas valide ce jour-là.", field="/motif")
    if ground.motif.is_collective:
        ground.motif.check_enroller(viewer.roles, is_personne=viewer.is_personne)
    elif not is_theirs:
        ground.motif.check_booker(viewer.roles, is_personne=viewer.is_personne)
    return ground.motif


def _session(
    uow: UnitOfWork, by: Caller, session_id: UUID, motif: str, wanted: Wanted
) -> Rendezvous:
    """A session the caller may enrol someone in; hidden otherwise, as when one enrols."""
    found, _ = session_for(uow, by, booker_of(by), session_id)
    check_session(found, motif=motif, wanted=wanted, now=uow.now)
    return found


def _where_of(session: Rendezvous) -> Where:
    return Where(mds=session.place.mds, site=session.place.site)


def _where(uow: UnitOfWork, ground: Ground, motif: Motif, where: Mapping[str, Any]) -> Where:
    if agent_id := where.get("agent_id"):
        post = ground.agents.get(agent_id)
        if post is None or not post.active:
            raise AgentUnknown("Vérifiez l’annuaire.", field="/agent_id")
        if not motif.takes(post.profession):
            raise ProfessionNotAllowed(
                f"L’agent doit être : {', '.join(sorted(motif.professions))}."
            )
        return Where(mds=post.mds, agent_id=agent_id)
    if site := where.get("site"):
        if ground.site is None or not ground.site.open:
            raise SiteUnknown(f"{site} : vérifiez le code du site.", field="/site")
        return Where(mds=ground.site.mds, site=site)
    if not uow.knowns.has_mds(where["mds"]):
        raise SiteUnknown("Vérifiez le code de la MDS.", field="/mds")
    return Where(mds=where["mds"])
