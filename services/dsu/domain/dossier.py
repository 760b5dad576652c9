"""The dossier: its members, its one référent, its associated professionals, its life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from chassis.ids import new_id
from services.dsu.domain.errors import AssociationNotFound, DateRefused, NotAMember, StatusForbids

#: Professions from which a référent social is chosen (schéma départemental, DSU).
REFERENT_PROFESSIONS = frozenset({"ASS", "CESF"})


class DossierStatus(StrEnum):
    """The life of a dossier, as far as this version goes."""

    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"


class Act(StrEnum):
    """What may be done with a dossier; also what the journal says was done."""

    OPEN = "OPEN"
    READ = "READ"
    LIST = "LIST"
    READ_INTERVENTIONS = "READ_INTERVENTIONS"
    READ_TIMELINE = "READ_TIMELINE"
    RECORD_INTERVENTION = "RECORD_INTERVENTION"
    CHANGE_REFERENT = "CHANGE_REFERENT"
    ASSOCIATE = "ASSOCIATE"
    END_ASSOCIATION = "END_ASSOCIATION"
    CLOSE = "CLOSE"
    REOPEN = "REOPEN"
    READ_JOURNAL = "READ_JOURNAL"


class ClosureReason(StrEnum):
    """Why an accompaniment ends (*exemple*: the schéma publishes no list)."""

    OBJECTIFS_ATTEINTS = "OBJECTIFS_ATTEINTS"
    DEMENAGEMENT = "DEMENAGEMENT"
    DECES = "DECES"
    SANS_NOUVELLES = "SANS_NOUVELLES"
    DEMANDE_DE_LA_PERSONNE = "DEMANDE_DE_LA_PERSONNE"
    RELAIS = "RELAIS"
    AUTRE = "AUTRE"


#: (status, act) → status after it. What is not here is refused.
TRANSITIONS: dict[tuple[DossierStatus, Act], DossierStatus] = {
    **{
        (status, act): status
        for status in DossierStatus
        for act in (
            Act.READ,
            Act.LIST,
            Act.READ_INTERVENTIONS,
            Act.READ_TIMELINE,
            Act.READ_JOURNAL,
        )
    },
    (DossierStatus.ACTIVE, Act.RECORD_INTERVENTION): DossierStatus.ACTIVE,
    (DossierStatus.ACTIVE, Act.CHANGE_REFERENT): DossierStatus.ACTIVE,
    (DossierStatus.ACTIVE, Act.ASSOCIATE): DossierStatus.ACTIVE,
    (DossierStatus.ACTIVE, Act.END_ASSOCIATION): DossierStatus.ACTIVE,
    (DossierStatus.ACTIVE, Act.CLOSE): DossierStatus.CLOSED,
    (DossierStatus.CLOSED, Act.REOPEN): DossierStatus.ACTIVE,
}

_REFUSALS = {
    DossierStatus.ACTIVE: "Ce dossier est ouvert.",
    DossierStatus.CLOSED: "Ce dossier est clos : rouvrez-le d’abord.",
}


@dataclass(eq=False, kw_only=True)
class Member:
    """A personne in a dossier. `active` follows the dossier: one open dossier per personne."""

    personne_id: UUID
    active: bool = True
    deceased_on: date | None = None


@dataclass(eq=False, kw_only=True)
class ReferentPeriod:
    """One agent as référent over `[starts_on, ends_on)`, Paris days."""

    id: UUID = field(default_factory=new_id)
    agent_id: UUID
    starts_on: date
    ends_on: date | None = None


@dataclass(eq=False, kw_only=True)
class Association:
    """A professional with a mission. `ends_on` is planned and included; `ended_on` excluded."""

    association_id: UUID = field(default_factory=new_id)
    agent_id: UUID
    mission: str
    starts_on: date
    ends_on: date | None = None
    ended_on: date | None = None

    def is_running(self, day: date) -> bool:
        """Whether the mission holds that day."""
        planned = self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
        return planned and not self.is_over(day)

    def is_over(self, day: date) -> bool:
        """Whether it was ended on or before that day."""
        return self.ended_on is not None and self.ended_on <= day

    def end(self, day: date) -> None:
        """End it from that day; one that had not begun never begins."""
        self.ended_on = max(day, self.starts_on)


@dataclass(eq=False, kw_only=True)
class Dossier:
    """A single social case file. `referent_agent_id`: the référent, or the last once closed."""

    dossier_id: UUID = field(default_factory=new_id)
    status: DossierStatus = DossierStatus.ACTIVE
    mds: str
    site: str
    opened_on: date
    referent_agent_id: UUID
    reference: str | None = None
    orientation_id: UUID | None = None
    closed_on: date | None = None
    closure_reason: ClosureReason | None = None
    last_contact_on: date | None = None
    version: int = 1
    members: list[Member] = field(default_factory=list)
    referents: list[ReferentPeriod] = field(default_factory=list)
    associations: list[Association] = field(default_factory=list)

    @classmethod
    def open(
        cls,
        *,
        personne_ids: Sequence[UUID],
        mds: str,
        site: str,
        referent_agent_id: UUID,
        opened_on: date,
        orientation_id: UUID | None = None,
    ) -> Dossier:
        """A new dossier with its first référent."""
        return cls(
            mds=mds,
            site=site,
            opened_on=opened_on,
            referent_agent_id=referent_agent_id,
            orientation_id=orientation_id,
            members=[Member(personne_id=key) for key in personne_ids],
            referents=[ReferentPeriod(agent_id=referent_agent_id, starts_on=opened_on)],
        )

    @property
    def personne_ids(self) -> tuple[UUID, ...]:
        """The members, in a stable order."""
        return tuple(sorted(member.personne_id for member in self.members))

    def allow(self, act: Act) -> DossierStatus:
        """The status after an act. Raises StatusForbids."""
        after = TRANSITIONS.get((self.status, act))
        if after is None:
            raise StatusForbids(_REFUSALS[self.status])
        return after

    def missions_of(self, agent_id: UUID, day: date) -> tuple[str, ...]:
        """The missions an agent holds that day on an active dossier."""
        if self.status is not DossierStatus.ACTIVE:
            return ()
        return tuple(
            association.mission
            for association in self.associations
            if association.agent_id == agent_id and association.is_running(day)
        )

    def end_referent(self, day: date, act: Act = Act.CHANGE_REFERENT) -> UUID:
        """End the current référent's period; answers who it was."""
        self.allow(act)
        for period in self.referents:
            if period.ends_on is None:
                period.ends_on = max(day, period.starts_on)
        return self.referent_agent_id

    def assign(self, agent_id: UUID, day: date) -> None:
        """Begin a référent's period."""
        self.referents.append(ReferentPeriod(agent_id=agent_id, starts_on=day))
        self.referent_agent_id = agent_id
        self.version += 1

    def associate(self, association: Association) -> None:
        """Add a professional with a mission. Raises DateRefused."""
        self.allow(Act.ASSOCIATE)
        if association.ends_on is not None and association.ends_on < association.starts_on:
            raise DateRefused("La fin doit suivre le début.", field="/ends_on")
        self.associations.append(association)
        self.version += 1

    def end_association(self, association_id: UUID, day: date) -> Association:
        """End one association. Raises AssociationNotFound, StatusForbids when already over."""
        self.allow(Act.END_ASSOCIATION)
        for association in self.associations:
            if association.association_id == association_id:
                if association.ended_on is not None:
                    raise StatusForbids("Cette association a déjà pris fin.")
                association.end(day)
                self.version += 1
                return association
        raise AssociationNotFound("Cette association n’est pas dans ce dossier.")

    def close(self, reason: ClosureReason, day: date) -> list[Association]:
        """Close it; answers the associations that end with it."""
        after = self.allow(Act.CLOSE)
        self.end_referent(day, Act.CLOSE)
        ended = [a for a in self.associations if a.ended_on is None]
        for association in ended:
            association.end(day)
        for member in self.members:
            member.active = False
        self.status, self.closed_on, self.closure_reason = after, day, reason
        self.version += 1
        return ended

    def reopen(self, referent_agent_id: UUID, day: date) -> None:
        """Follow it again, with a référent from that day."""
        self.status = self.allow(Act.REOPEN)
        self.closed_on = self.closure_reason = None
        for member in self.members:
            member.active = True
        self.assign(referent_agent_id, day)

    def check_members(self, personne_ids: Sequence[UUID]) -> None:
        """Refuse personnes who are not in this dossier. Raises NotAMember."""
        known = set(self.personne_ids)
        for index, personne_id in enumerate(personne_ids):
            if personne_id not in known:
                raise NotAMember(
                    "Choisissez parmi les personnes du dossier.", field=f"/personne_ids/{index}"
                )
