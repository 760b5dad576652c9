"""What aides asks accueil: the birth date behind the FAJ's age condition. Fails closed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.errors import Invalid, NotFound
from chassis.neighbours import Neighbours


class AgeUnknown(Invalid):
    """The age condition cannot be checked: the aid cannot go on."""

    code = "age-inconnu"
    title = "L’âge de la personne n’est pas connu"


def born_on(neighbours: Neighbours, personne_id: UUID) -> date:
    """The birth date. Raises AgeUnknown, or Unavailable when accueil does not answer."""
    try:
        answer = neighbours.get("accueil", f"/internal/personnes/{personne_id}")
    except NotFound:
        raise AgeUnknown(
            "L’accueil ne connaît pas cette personne.", field="/demandeur_id"
        ) from None
    text = answer.get("born_on")
    if not text:
        raise AgeUnknown(
            "Complétez la date de naissance à l’accueil : le FAJ s’adresse aux 18-25 ans "
            "(CASF L263-3).",
            field="/demandeur_id",
        )
    return date.fromisoformat(text)
