"""What can be refused to a rendezvous that exists, to its participants, to an absence."""

from __future__ import annotations

from typing import ClassVar

from chassis.errors import Conflict, Forbidden, Invalid, NotFound

#: What a refused seat comes with.
_SESSIONS = {
    "alternatives": (
        "Jusqu’à cinq autres sessions de ce motif où il reste une place, les plus proches d’abord.",
        [
            {
                "rendezvous_id": "01980a3c-5a10-7c43-9c39-0a1b2c3d4e01",
                "starts_at": "2023-01-16T08:00:00+00:00",
                "ends_at": "2023-01-16T10:00:00+00:00",
                "site": "MONTAUBAN-CENTRE",
                "seats_left": 4,
            }
        ],
    )
}


#: What a full session comes with besides.
_WAITING = {
    "attente": (
        "À donner à POST /v1/attentes, avec la personne et une période, pour attendre une place.",
        {"motif": "ATELIER-BUDGET", "session_id": "01980a3c-5a10-7c43-9c39-0a1b2c3d4e01"},
    )
}


class IllegalTransition(Conflict):
    """The rendezvous is no longer in a state that allows this."""

    code = "etat-incompatible"
    title = "L’état du rendez-vous ne permet pas cette action"


class NotStarted(Conflict):
    """Honoured or missed can only be said once the time has come."""

    code = "pas-encore-commence"
    title = "Le rendez-vous n’a pas encore commencé"


class TooLateToCancel(Conflict):
    """The person may no longer cancel by themselves."""

    code = "annulation-tardive"
    title = "Le délai pour annuler vous-même est passé"


class RendezvousUnknown(NotFound):
    """It does not exist, or the caller may not know that it does."""

    code = "rendezvous-introuvable"
    title = "Rendez-vous introuvable"


class NotAffected(Invalid):
    """It stands elsewhere, is over, or the caller may not act on it: nothing tells which."""

    code = "hors-reprise"
    title = "Ce rendez-vous n’est pas à reprendre"


class LineUnderWay(Conflict):
    """The line waits its turn, is done, or was stopped with the absence."""

    code = "reprise-deja-decidee"
    title = "Ce rendez-vous est déjà décidé dans la reprise"


class RepriseStopped(Conflict):
    """The absence was lifted: its rendezvous stand again."""

    code = "reprise-arretee"
    title = "L’absence a été supprimée, la reprise est arrêtée"


class RepriseUnknown(NotFound):
    """No such reprise, or none the caller may know of."""

    code = "reprise-introuvable"
    title = "Reprise introuvable"


class NotYoursToMark(Forbidden):
    """Marks are for those who hold it, and who plan for its MDS."""

    code = "marques-reservees"
    title = "Marques réservées aux agents qui reçoivent et à ceux qui planifient"


class WholeRefused(Forbidden):
    """A person who takes part does not decide for the others."""

    code = "collectif-pour-tous"
    title = "Ce rendez-vous est aussi celui d’autres personnes"


class SessionFull(Conflict):
    """Every seat is taken."""

    code = "complet"
    title = "Il ne reste plus de place"
    members: ClassVar = _SESSIONS | _WAITING


class PersonneTaken(Conflict):
    """The person has another rendezvous at that time."""

    code = "personne-prise"
    title = "La personne a déjà un rendez-vous à cet horaire"
    members: ClassVar = _SESSIONS


class AlreadyEnrolled(Conflict):
    """The person has a seat already."""

    code = "deja-inscrit"
    title = "La personne est déjà inscrite"


class NotCollective(Conflict):
    """Nobody enrols in an individual rendezvous."""

    code = "rendezvous-individuel"
    title = "Ce rendez-vous n’est pas collectif"


class AttendanceBegun(Conflict):
    """Some were received or missed already: the whole is no longer moved nor given up."""

    code = "emargement-commence"
    title = "L’émargement a commencé"


class NobodyCame(Conflict):
    """Nobody enrolled was there."""

    code = "aucun-present"
    title = "Aucune des personnes inscrites n’est venue"


class ParticipantUnknown(NotFound):
    """No such participant, or one the caller may not know of."""

    code = "participant-introuvable"
    title = "Participation introuvable"
