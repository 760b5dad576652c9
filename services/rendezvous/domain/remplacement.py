"""Who can stand in for an absent agent, in which order, and why: rules over what is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.projections import Assignment, KnownPersonne
from services.rendezvous.domain.rendezvous import Place
from services.rendezvous.domain.reprise import Act, Decision

#: How many substitutes and other times are proposed for one rendezvous: *exemple*.
MOST_SUBSTITUTES, MOST_OTHER_TIMES = 5, 3


class Rule(StrEnum):
    """Why something is proposed. Those of a substitute come in the order they are tried."""

    REFERENT = "REFERENT"
    SAME_SITE = "SAME_SITE"
    SAME_SECTOR = "SAME_SECTOR"
    VOLANT = "VOLANT"
    SAME_AGENT_LATER = "SAME_AGENT_LATER"
    SUBSTITUTE_LATER = "SUBSTITUTE_LATER"
    CANCELLATION = "CANCELLATION"


_SUBSTITUTES = (Rule.REFERENT, Rule.SAME_SITE, Rule.SAME_SECTOR, Rule.VOLANT)
_WHY = {
    Rule.REFERENT: "Référent du dossier, libre à la même heure",
    Rule.SAME_SITE: "Même site et même profession, libre à la même heure",
    Rule.SAME_SECTOR: "Même MDS et même profession, libre à la même heure",
    Rule.VOLANT: "Volant de la même profession, libre à la même heure",
    Rule.SAME_AGENT_LATER: "Le même agent, à un autre horaire",
    Rule.SUBSTITUTE_LATER: "Un remplaçant, à un autre horaire",
    Rule.CANCELLATION: "Annulation pour absence de l’agent",
}


@dataclass(frozen=True, kw_only=True)
class Vacancy:
    """The seat an absent agent leaves in a rendezvous."""

    post: Assignment
    place: Place
    motif: Motif
    referent_id: UUID | None

    @property
    def is_lead(self) -> bool:
        """Whether it is that of the agent whose profession the motif asks for."""
        return self.place.agent_ids[0] == self.post.agent_id

    def team_with(self, agent_id: UUID) -> tuple[UUID, ...]:
        """The agents of the rendezvous once this one sits there."""
        return tuple(agent_id if a == self.post.agent_id else a for a in self.place.agent_ids)

    def rule_for(self, other: Assignment) -> Rule | None:
        """By which rule an agent in post may sit there; None when by none.

        The référent keeps the link whatever their profession, if the motif takes it.
        """
        if not self._may_sit(other):
            return None
        if other.agent_id == self.referent_id:
            return Rule.REFERENT
        if other.profession != self.post.profession:
            return None
        if other.volant:
            return Rule.VOLANT
        return self._of_the_sector(other)

    def _may_sit(self, other: Assignment) -> bool:
        if not other.active or other.agent_id in self.place.agent_ids:
            return False
        return not self.is_lead or self.motif.takes(other.profession)

    def _of_the_sector(self, other: Assignment) -> Rule | None:
        if other.mds != self.place.mds:
            return None
        return Rule.SAME_SITE if other.site == self.place.site else Rule.SAME_SECTOR


@dataclass(frozen=True, kw_only=True)
class Substitute:
    """An agent who may sit there. `load`: minutes booked in the Paris week of the rendezvous."""

    agent_id: UUID
    rule: Rule
    load: int


def in_order(substitutes: Iterable[Substitute]) -> list[Substitute]:
    """By rule, then the least loaded, then by id: the same order for everybody."""
    return sorted(substitutes, key=lambda s: (_SUBSTITUTES.index(s.rule), s.load, s.agent_id))


def is_known_to(agent_id: UUID, personnes: Iterable[KnownPersonne]) -> bool:
    """Whether accueil lets an agent know of all these files without being asked.

    Closed to them, or protected and not opened to them: never proposed. A responsable still
    decides by hand who else may receive someone whose file is protected.
    """
    return all(
        personne.told is not None and personne.told.is_open_to(agent_id, sees_protected=False)
        for personne in personnes
    )


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One way out, with the rule it comes from. `agent_id`: who would stand in, if anybody."""

    act: Act
    rule: Rule
    agent_ids: tuple[UUID, ...] = ()
    agent_id: UUID | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    load: int | None = None

    @property
    def why(self) -> str:
        """The rule as a sentence."""
        told = "" if self.load is None else f" ({self.load} min de rendez-vous cette semaine-là)"
        return f"{_WHY[self.rule]}{told}."

    def decision(self, rendezvous_id: UUID) -> Decision:
        """The decision that takes it."""
        moves = self.act is Act.MOVE
        return Decision(
            rendezvous_id=rendezvous_id,
            act=self.act,
            agent_id=self.agent_id,
            starts_at=self.starts_at if moves else None,
        )
