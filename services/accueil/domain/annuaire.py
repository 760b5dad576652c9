"""MDS, sites, the sectors that tie a commune (or a street of it) to a site, and agents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from chassis.errors import Conflict, Invalid, NotFound


class SiteKind(StrEnum):
    """What a place is: a site de proximité, a permanence by appointment, an MDS's own house."""

    SITE = "SITE"
    PERMANENCE = "PERMANENCE"
    MDS = "MDS"


class Profession(StrEnum):
    """Professions of the service social and around it."""

    ASS = "ASS"
    CESF = "CESF"
    SECRETAIRE = "SECRETAIRE"
    RESPONSABLE = "RESPONSABLE"
    RESPONSABLE_ADJOINT = "RESPONSABLE_ADJOINT"
    EDUCATEUR = "EDUCATEUR"
    INFIRMIER = "INFIRMIER"
    PSYCHOLOGUE = "PSYCHOLOGUE"
    AUTRE = "AUTRE"


class SecrecyBasis(StrEnum):
    """Why an agent is bound by professional secrecy (code pénal 226-13)."""

    PROFESSION = "PROFESSION"
    MISSION = "MISSION"
    NONE = "NONE"


#: Bound by their profession whatever they do: ASS (CASF L411-3), nurses (CSP L4314-3).
_BOUND_BY_PROFESSION = frozenset({Profession.ASS, Profession.INFIRMIER})


class MdsUnknown(Invalid):
    """No MDS has this code."""

    code = "mds-inconnue"
    title = "MDS inconnue"


class SiteUnknown(Invalid):
    """No site has this code."""

    code = "site-inconnu"
    title = "Site inconnu"


class SiteNotFound(NotFound):
    """The site named in the address does not exist."""

    code = "site-introuvable"
    title = "Site introuvable"


class SiteClosed(Conflict):
    """A closed site receives nobody and takes no new assignment."""

    code = "site-ferme"
    title = "Site fermé"


class CodeTaken(Conflict):
    """An MDS or a site already has this code."""

    code = "code-deja-pris"
    title = "Ce code est déjà attribué"


class AgentNotFound(NotFound):
    """No agent has this id."""

    code = "agent-introuvable"
    title = "Agent introuvable"


class AgentAlreadyKnown(Conflict):
    """An agent already has this id."""

    code = "agent-deja-connu"
    title = "Cet agent est déjà enregistré"


class AssignmentsOverlap(Conflict):
    """Two primary assignments of one agent would cover the same day."""

    code = "affectations-chevauchantes"
    title = "Deux affectations principales se chevauchent"


class AssignmentBeforeLast(Invalid):
    """The change would start before the assignment it replaces."""

    code = "affectation-anterieure"
    title = "Date d’effet antérieure à l’affectation en cours"


class SecrecyMismatch(Invalid):
    """The secrecy basis does not fit the profession."""

    code = "secret-incoherent"
    title = "Fondement du secret incompatible avec la profession"


class SectorsOverlap(Conflict):
    """The same commune, street and site would be tied twice on the same day."""

    code = "secteur-en-double"
    title = "Ce secteur existe déjà à cette date"


class SectorsInThePast(Conflict):
    """The load would change where people belonged before today."""

    code = "secteurs-retroactifs"
    title = "Des secteurs changeraient dans le passé"
    members: ClassVar = {"communes": ("Les communes dont le passé changerait.", ["82121"])}


class SectorsAlreadyPlanned(Conflict):
    """Other sectors are to start later: the load would forget them unsaid."""

    code = "secteurs-deja-prevus"
    title = "D’autres secteurs sont déjà prévus plus tard"
    members: ClassVar = {"communes": ("Les communes où d’autres secteurs sont prévus.", ["82121"])}


@dataclass(eq=False, kw_only=True)
class Mds:
    """A Maison Départementale des Solidarités."""

    code: str
    label: str


@dataclass(eq=False, kw_only=True)
class Site:
    """A place where people are received; `code` is known to every service."""

    code: str
    mds: str
    kind: SiteKind
    label: str
    open: bool = True
    version: int = 1

    @property
    def site_id(self) -> UUID:
        """A stable id for events, derived from the code."""
        return uuid5(NAMESPACE_URL, f"urn:departement:site:{self.code}")

    def receive(self) -> None:
        """Raises SiteClosed when nobody can be received here."""
        if not self.open:
            raise SiteClosed("Choisissez un site ouvert.")


@dataclass(eq=False, kw_only=True)
class Sector:
    """A commune (INSEE), or one street of it, tied to a site from a day to another included."""

    sector_id: UUID
    commune: str
    site: str
    starts_on: date
    ends_on: date | None = None
    #: Normalised street, or empty: the whole commune.
    street: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What it ties: commune, street and site."""
        return (self.commune, self.street, self.site)

    def covers(self, day: date) -> bool:
        """Whether the sector holds on this day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def check_load(
    sectors: Sequence[Sector], changed: Collection[str], *, day: date, today: date
) -> None:
    """Refuse a load that rewrites the past of a commune or forgets what is planned for it.

    `sectors`: those on file before the load, of the communes it cites; `changed`: the communes
    it really changes. A commune without sectors yet may start in the past, and the same load
    sent again changes nothing. Raises SectorsInThePast, SectorsAlreadyPlanned.
    """
    past = {sector.commune for sector in sectors}.intersection(changed)
    if day < today and past:
        raise SectorsInThePast(
            "Ces communes ont déjà des secteurs : changez-les à partir d’aujourd’hui.",
            extra={"communes": sorted(past)},
        )
    planned = {sector.commune for sector in sectors if sector.starts_on > day}
    if planned:
        raise SectorsAlreadyPlanned(
            "Chargez-les à la date déjà prévue : ce chargement-là la remplace.",
            extra={"communes": sorted(planned)},
        )


def sites_of(sectors: Sequence[Sector], *, street: str, day: date) -> tuple[str, ...]:
    """The sites an address falls on: none, one or several; never a guess.

    The street's own sectors win over the commune's (street > commune). `street` is normalised;
    what follows the street's name in an address (building, floor) does not hide it, and of two
    streets that begin alike the longer name wins.
    """
    current = [s for s in sectors if s.covers(day)]
    named = [s for s in current if s.street and f"{street} ".startswith(f"{s.street} ")]
    longest = max((len(s.street) for s in named), default=0)
    precise = {s.site for s in named if len(s.street) == longest}
    return tuple(sorted(precise or {s.site for s in current if not s.street}))


@dataclass(eq=False, kw_only=True)
class Affectation:
    """What an agent is, and where, from a day to another included."""

    affectation_id: UUID
    profession: Profession
    secrecy_basis: SecrecyBasis
    mds: str
    site: str
    plateforme: bool
    volant: bool
    full_time_percent: int
    starts_on: date
    ends_on: date | None = None
    #: An agent has one primary assignment a day, and may hold secondary ones elsewhere.
    is_primary: bool = True

    def covers(self, day: date) -> bool:
        """Whether the assignment holds on this day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(eq=False, kw_only=True)
class Agent:
    """A professional of the département, with the history of their assignments."""

    agent_id: UUID
    family_name: str
    first_names: str
    affectations: list[Affectation] = field(default_factory=list)
    version: int = 1

    @property
    def last(self) -> Affectation:
        """The primary assignment that starts last, even in the future."""
        return max((a for a in self.affectations if a.is_primary), key=lambda a: a.starts_on)

    def on(self, day: date) -> Affectation | None:
        """The primary assignment of a day, if any."""
        return next((a for a in self.affectations if a.is_primary and a.covers(day)), None)

    def secondary_on(self, day: date) -> tuple[Affectation, ...]:
        """The secondary assignments of a day."""
        return tuple(a for a in self.affectations if not a.is_primary and a.covers(day))

    def assign(self, affectation: Affectation) -> None:
        """Start a primary assignment; the previous one ends the day before.

        Starting the same day as the last one corrects it. Raises AssignmentBeforeLast.
        """
        if any(a.is_primary for a in self.affectations):
            last = self.last
            if affectation.starts_on < last.starts_on:
                raise AssignmentBeforeLast(
                    f"L’affectation en cours commence le {last.starts_on:%d/%m/%Y} :"
                    " choisissez une date égale ou postérieure.",
                    field="/effective_on",
                )
            if affectation.starts_on == last.starts_on:
                self.affectations.remove(last)
            elif last.ends_on is None or last.ends_on >= affectation.starts_on:
                last.ends_on = affectation.starts_on - timedelta(days=1)
        self.affectations.append(affectation)

    def leave(self, day: date) -> None:
        """End every assignment: the agent is no longer there from `day` on."""
        if day <= self.last.starts_on:
            raise AssignmentBeforeLast(
                f"L’affectation en cours commence le {self.last.starts_on:%d/%m/%Y} :"
                " le départ ne peut être que postérieur.",
                field="/effective_on",
            )
        self._end(self.affectations, day)

    def replace_secondary(self, affectations: Collection[Affectation], *, day: date) -> None:
        """From `day` on, these secondary assignments and no other."""
        self._end([a for a in self.affectations if not a.is_primary], day)
        self.affectations.extend(affectations)

    def _end(self, affectations: Collection[Affectation], day: date) -> None:
        for affectation in tuple(affectations):
            if affectation.starts_on >= day:
                self.affectations.remove(affectation)
            elif affectation.ends_on is None or affectation.ends_on >= day:
                affectation.ends_on = day - timedelta(days=1)


def secrecy_of(profession: Profession, stated: SecrecyBasis | None) -> SecrecyBasis:
    """The secrecy basis of a profession; what is not stated is not presumed.

    Raises SecrecyMismatch: an ASS or a nurse is bound by profession, the others are not.
    """
    bound = profession in _BOUND_BY_PROFESSION
    if stated is None:
        return SecrecyBasis.PROFESSION if bound else SecrecyBasis.NONE
    if bound != (stated is SecrecyBasis.PROFESSION):
        raise SecrecyMismatch(
            "Les assistants de service social et les infirmiers sont tenus au secret par leur"
            " profession ; les autres le sont par leur mission, ou ne le sont pas.",
            field="/secrecy_basis",
        )
    return stated
