"""What a place can be refused for."""

from __future__ import annotations

from typing import ClassVar

from chassis.errors import Conflict, Forbidden, Invalid, NotFound

#: What a refused time comes with.
_ALTERNATIVES = {
    "alternatives": (
        "De trois à cinq créneaux libres, les plus proches d’abord, s’il en existe.",
        [
            {
                "starts_at": "2023-01-09T08:00:00+00:00",
                "ends_at": "2023-01-09T08:45:00+00:00",
                "site": "MONTAUBAN-CENTRE",
                "agent_ids": ["01980a3c-5a10-7c43-9c39-0a1b2c3d4e01"],
            }
        ],
    )
}


class PersonneDeceased(Conflict):
    """No rendezvous for a person who has died."""

    code = "personne-decedee"
    title = "Rendez-vous impossible pour cette personne"


class DossierMismatch(Invalid):
    """The dossier is not about a personne of the rendezvous, or does not exist."""

    code = "dossier-inadapte"
    title = "Ce dossier n’est pas celui de cette personne"


class IdentityRequired(Invalid):
    """Only a first reception can be booked for someone not identified."""

    code = "identite-requise"
    title = "Ce motif demande une personne identifiée"


class ProfessionNotAllowed(Conflict):
    """The lead agent's profession does not hold this motif."""

    code = "profession-non-admise"
    title = "La profession de l’agent ne tient pas ce motif"


class BinomeRequired(Conflict):
    """The motif is held by more agents together."""

    code = "binome-requis"
    title = "Ce motif demande plusieurs agents ensemble"


class NotYoursToBook(Forbidden):
    """The motif is not open to this kind of caller."""

    code = "motif-non-ouvert"
    title = "Ce motif ne peut pas être pris par vous"


class OutsideDelay(Conflict):
    """Too soon or too far ahead for the motif."""

    code = "hors-delai"
    title = "Hors des délais de prise de rendez-vous du motif"


class InThePast(Invalid):
    """The time asked has passed."""

    code = "date-passee"
    title = "Cet horaire est passé"


class NotOnTheMinute(Invalid):
    """A rendezvous starts on a whole minute."""

    code = "heure-imprecise"
    title = "Heure à donner à la minute"


class NotOpen(Conflict):
    """No opening of the agent covers this time for this motif on this site."""

    code = "hors-ouverture"
    title = "Aucune plage d’ouverture ne couvre cet horaire"
    members: ClassVar = _ALTERNATIVES


class Closed(Conflict):
    """A closing day, or hours when the place is closed."""

    code = "ferme"
    title = "Le lieu est fermé à cet horaire"
    members: ClassVar = _ALTERNATIVES


class AgentAbsent(Conflict):
    """An absence covers part of this time."""

    code = "agent-absent"
    title = "L’agent est absent à cet horaire"
    members: ClassVar = _ALTERNATIVES


class SlotTaken(Conflict):
    """Another rendezvous or hold has an agent, the room, the vehicle or a personne then."""

    code = "creneau-pris"
    title = "Ce créneau n’est plus libre"
    members: ClassVar = _ALTERNATIVES


class HoldGone(Conflict):
    """The hold has expired, was released or was used."""

    code = "reservation-expiree"
    title = "La réservation provisoire n’existe plus"


class HoldUnknown(NotFound):
    """No such hold of this caller."""

    code = "reservation-introuvable"
    title = "Réservation provisoire introuvable"


class OverrideRefused(Forbidden):
    """Only a responsable gives a person two rendezvous at once, in their own MDS."""

    code = "derogation-refusee"
    title = "Seul le responsable de la MDS peut passer outre"


class NotTied(Invalid):
    """A collective rendezvous is about nobody's dossier in particular."""

    code = "collectif-sans-rattachement"
    title = "Un rendez-vous collectif ne se rattache ni à un dossier ni à une orientation"


class CollectiveMotif(Invalid):
    """Of a collective motif, sessions are created and people enrol: nothing else is done."""

    code = "motif-collectif"
    title = "Ce motif est collectif"
