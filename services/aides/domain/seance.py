"""A session of a commission: who sat, on which files. Registered by the direction, never changed.

A decision of the commission is one of a session on record; nobody names a session of their own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from chassis.errors import Conflict, Forbidden, Invalid
from services import roles
from services.aides.domain.nature import REGIMES, Instance, Nature


class SeanceIncoherent(Invalid):
    """The session is still to come, nobody sat, or one of its files is not for it."""

    code = "seance-incoherente"
    title = "Séance de commission incohérente"


class SeanceAlreadyRegistered(Conflict):
    """A session of this instance has this reference that day."""

    code = "seance-deja-enregistree"
    title = "Cette séance est déjà enregistrée"


class WrongCommission(Invalid):
    """No such session, or the demande was not on its agenda."""

    code = "commission-incorrecte"
    title = "Séance de commission incorrecte"


class QuorumNotReached(Conflict):
    """Too few sat for this file, those who instructed it left out."""

    code = "quorum-non-atteint"
    title = "Le quorum de la séance n’est pas atteint pour cette demande"
    members: ClassVar = {
        "quorum": ("Les membres que demande le règlement.", 3),
        "presents": ("Ceux qui comptent pour cette demande.", 2),
    }


class NotOfTheSeance(Forbidden):
    """Only who sat, or the direction, records what the commission decided."""

    code = "hors-de-la-seance"
    title = "La décision d’une séance s’enregistre par un de ses membres ou la direction"


@dataclass(eq=False, kw_only=True)
class Seance:
    """One session, as the direction registered it."""

    id: UUID
    instance: Instance
    session_on: date
    #: The number of its minutes.
    reference: str
    #: Agents of the annuaire who sat.
    agent_ids: tuple[UUID, ...]
    #: Other bodies represented, by code: mission locale, CCAS…
    bodies: tuple[str, ...]
    registered_by: str

    def check(self, today: date) -> None:
        """It was held, by someone. Raises SeanceIncoherent."""
        if self.session_on > today:
            raise SeanceIncoherent(
                "Enregistrez la séance une fois qu’elle s’est tenue.", field="/session_on"
            )
        if not self.agent_ids and not self.bodies:
            raise SeanceIncoherent("Dites qui a siégé.", field="/agent_ids")

    def check_file(self, nature: Nature, filed_on: date, *, field: str) -> None:
        """A file of its agenda is of its instance and was there to be seen.

        Raises SeanceIncoherent.
        """
        expected = REGIMES[nature].instance
        if expected is not self.instance:
            raise SeanceIncoherent(f"Cette aide relève de l’instance {expected}.", field=field)
        if filed_on > self.session_on:
            raise SeanceIncoherent("Cette demande a été déposée après la séance.", field=field)

    def check_quorum(self, quorum: int, *, without: Collection[UUID]) -> None:
        """Enough sat; who instructs does not decide, so does not count. Raises QuorumNotReached."""
        present = len(set(self.agent_ids).difference(without)) + len(self.bodies)
        if present < quorum:
            raise QuorumNotReached(
                f"Le règlement demande {quorum} membres ; {present} comptent pour cette demande.",
                extra={"quorum": quorum, "presents": present},
            )

    def check_recorder(self, agent_id: UUID, held: frozenset[str]) -> None:
        """`held`: the caller's roles. Raises NotOfTheSeance."""
        if agent_id not in self.agent_ids and roles.DIRECTION not in held:
            raise NotOfTheSeance("Faites enregistrer la décision par qui a siégé.")
