"""What a caller asks for, what it rests on, and the rules between the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.protection import PersonneNotFound
from services.rendezvous.domain.errors import (
    AgentUnknown,
    DossierMismatch,
    IdentityRequired,
    InThePast,
    MotifUnknown,
    NotOnTheMinute,
    NotTied,
    NotYoursToBook,
    OverrideRefused,
    PersonneDeceased,
    ProfessionNotAllowed,
    RoomUnknown,
    SessionFull,
    SiteUnknown,
    VehicleUnknown,
    ZoneUnknown,
)
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.projections import (
    Assignment,
    KnownDossier,
    KnownPersonne,
    KnownSite,
)
from services.rendezvous.domain.rendezvous import UNMARKED, Links, Marks, OverrideReason, Place
from services.rendezvous.domain.resource import Resource, ResourceKind
from services.rendezvous.domain.rights import Viewer, is_closed_to, may_override
from services.rendezvous.domain.zone import travel_minutes


@dataclass(frozen=True, kw_only=True)
class Wish:
    """The place a caller asks for. The lead agent comes first."""

    motif: str
    site: str
    agent_ids: tuple[UUID, ...]
    starts_at: datetime
    room_id: UUID | None = None
    vehicle_id: UUID | None = None
    #: Of a home visit.
    zone: str | None = None
    outside_opening: bool = False
    outside_delay: bool = False
    #: What it holds already: on the same site, it stays as it is where nothing else is named.
    kept: Place | None = None
    #: Why the person is given two rendezvous at once; None: they are not.
    override: OverrideReason | None = None


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a booking rests on, as known here."""

    motif: Motif | None
    site: KnownSite | None
    agents: Mapping[UUID, Assignment]
    personnes: Mapping[UUID, KnownPersonne]
    dossier: KnownDossier | None = None
    #: Those named, and those of the site of a kind the motif needs, by name.
    resources: Sequence[Resource] = ()
    #: Minutes of travel from the site, by zone; empty unless the motif is held at home.
    travel: Mapping[str, int] = field(default_factory=dict)

    def knows(self, personne_id: UUID) -> bool:
        """Whether accueil told of a personne, and of who may know of their file."""
        return personne_id in self.personnes and self.personnes[personne_id].told is not None


def check_personnes(
    personne_ids: tuple[UUID, ...], motif: Motif, ground: Ground, viewer: Viewer
) -> None:
    """Known, alive, and there unless the motif receives people not identified.

    An agent books nothing for themselves nor a relative, as accueil says: the answer is the one
    for a personne who does not exist, before anything else is looked at.
    """
    if motif.needs_identity and not personne_ids:
        raise IdentityRequired(
            "Seul un premier accueil se prend sans personne identifiée.", field="/personne_ids"
        )
    if motif.is_collective and len(personne_ids) > motif.capacity:
        raise SessionFull(f"Ce motif a {motif.capacity} places.")
    known = [ground.personnes.get(personne_id) for personne_id in personne_ids]
    if any(one is None or is_closed_to(viewer, one) for one in known):
        raise PersonneNotFound()
    if any(one.deceased for one in known if one):
        raise PersonneDeceased("Vérifiez la fiche de la personne.")


def check_links(personne_ids: tuple[UUID, ...], motif: Motif, links: Links, ground: Ground) -> None:
    """The dossier is about one of those received: what is held is written in it, by dsu. What
    several people attend is written in nobody's."""
    if motif.is_collective and links != Links():
        raise NotTied("Ne donnez ni dossier ni orientation.")
    if links.dossier_id is None:
        return
    if ground.dossier is None or ground.dossier.personne_ids.isdisjoint(personne_ids):
        raise DossierMismatch("Vérifiez le dossier et la personne.", field="/dossier_id")


def check_for_self(
    viewer: Viewer, personne_ids: tuple[UUID, ...], links: Links, marks: Marks = UNMARKED
) -> None:
    """A person books for themselves alone, ties it to nothing and marks nothing: an agent does."""
    if not viewer.is_personne:
        return
    if personne_ids != (viewer.personne_id,):
        raise NotYoursToBook("Vous ne pouvez prendre rendez-vous que pour vous-même.")
    if links != Links():
        raise NotYoursToBook("Un agent rattache le rendez-vous à un dossier, à une orientation.")
    if marks != UNMARKED:
        raise NotYoursToBook("Les marques sont celles des agents.")


def check_override(viewer: Viewer, wish: Wish, mds: str) -> None:
    """Only a responsable of the MDS passes over a person's other rendezvous."""
    if wish.override is not None and not may_override(viewer, mds):
        raise OverrideRefused("Demandez-le au responsable de la MDS où il se tiendrait.")


def place_of(
    wish: Wish, ground: Ground, viewer: Viewer, *, now: datetime, delay_met: bool = False
) -> tuple[Motif, Place]:
    """The motif and the place a wish means, once every rule but free time is met.

    `delay_met`: the place was held in time, or its hour does not change; the minutes since do
    not undo it.
    """
    motif = ground.motif
    if motif is None:
        raise MotifUnknown(f"{wish.motif} n’est pas valide ce jour-là.", field="/motif")
    motif.check_booker(viewer.roles, is_personne=viewer.is_personne)
    _check_time(wish, viewer, now)
    if not (wish.outside_delay or delay_met):
        motif.check_delay(wish.starts_at, now)
    check_agents(wish, motif, ground)
    place = Place(
        site=wish.site,
        mds=mds_of(wish, ground),
        agent_ids=wish.agent_ids,
        room_id=named(wish, ground, ResourceKind.ROOM),
        starts_at=wish.starts_at,
        ends_at=wish.starts_at + motif.shape.duration,
        outside_opening=wish.outside_opening,
        outside_delay=wish.outside_delay,
        vehicle_id=named(wish, ground, ResourceKind.VEHICLE),
        zone=wish.zone if motif.is_away else None,
        travel_minutes=_travel(wish, motif, ground),
    )
    return motif, place


def choice_of(wish: Wish, motif: Motif, ground: Ground, kind: ResourceKind) -> tuple[UUID, ...]:
    """Among which rooms or vehicles the first free one is taken: those of the site when the motif
    needs one and none is named, what it holds already first. Raises RoomUnknown or VehicleUnknown
    when the site has none."""
    needed = motif.needs_room if kind is ResourceKind.ROOM else motif.needs_vehicle
    if not needed or _asked(wish, kind) is not None:
        return ()
    found = [one.id for one in ground.resources if one.kind is kind and one.site == wish.site]
    if not found:
        unknown, field_name = _UNKNOWN[kind]
        raise unknown("Ce motif en demande, et le site n’en a pas.", field=field_name)
    kept = _kept(wish, kind)
    return tuple(sorted(found, key=lambda one: one != kept))


_UNKNOWN: Mapping[ResourceKind, tuple[type[RoomUnknown | VehicleUnknown], str]] = {
    ResourceKind.ROOM: (RoomUnknown, "/room_id"),
    ResourceKind.VEHICLE: (VehicleUnknown, "/vehicle_id"),
}


def _asked(wish: Wish, kind: ResourceKind) -> UUID | None:
    return wish.room_id if kind is ResourceKind.ROOM else wish.vehicle_id


def _kept(wish: Wish, kind: ResourceKind) -> UUID | None:
    if wish.kept is None or wish.kept.site != wish.site:
        return None
    return wish.kept.room_id if kind is ResourceKind.ROOM else wish.kept.vehicle_id


def named(wish: Wish, ground: Ground, kind: ResourceKind) -> UUID | None:
    """The room or vehicle asked for, which must be one of the site; else the one it has."""
    asked = _asked(wish, kind)
    if asked is None:
        return _kept(wish, kind)
    if not any(
        one.id == asked and one.kind is kind and one.site == wish.site for one in ground.resources
    ):
        unknown, field_name = _UNKNOWN[kind]
        raise unknown("Vérifiez le site.", field=field_name)
    return asked


def _travel(wish: Wish, motif: Motif, ground: Ground) -> int:
    kept = wish.kept
    is_asked = wish.zone is not None and (kept is None or kept.zone != wish.zone)
    if not motif.is_away and is_asked:
        raise ZoneUnknown("Une zone se donne pour une visite à domicile.", field="/zone")
    if not motif.is_away:
        return 0
    if kept and (kept.site, kept.zone) == (wish.site, wish.zone) and kept.travel_minutes:
        return kept.travel_minutes
    minutes = travel_minutes(ground.travel, wish.zone)
    if minutes is None:
        raise ZoneUnknown("Vérifiez la zone et le site.", field="/zone")
    return minutes


def _check_time(wish: Wish, viewer: Viewer, now: datetime) -> None:
    if viewer.is_personne and (wish.outside_opening or wish.outside_delay):
        raise NotYoursToBook("Seul un agent peut passer outre les plages et les délais.")
    if wish.starts_at.second or wish.starts_at.microsecond:
        raise NotOnTheMinute("Donnez une heure à la minute près.", field="/starts_at")
    if wish.starts_at < now:
        raise InThePast("Choisissez un horaire à venir.", field="/starts_at")


def check_agents(wish: Wish, motif: Motif, ground: Ground) -> None:
    """In post that day, as many as the motif asks, and one who may lead it."""
    for place, agent_id in enumerate(wish.agent_ids):
        post = ground.agents.get(agent_id)
        if post is None or not post.active:
            raise AgentUnknown("Vérifiez l’annuaire.", field=f"/agent_ids/{place}")
    motif.check_team(len(wish.agent_ids))
    lead = ground.agents[wish.agent_ids[0]]
    if not motif.takes(lead.profession):
        raise ProfessionNotAllowed(
            f"L’agent principal doit être : {', '.join(sorted(motif.professions))}."
        )


def mds_of(wish: Wish, ground: Ground) -> str:
    """The MDS of an open site. Raises SiteUnknown."""
    if ground.site is None or not ground.site.open:
        raise SiteUnknown(f"{wish.site} : vérifiez le code du site.", field="/site")
    return ground.site.mds
