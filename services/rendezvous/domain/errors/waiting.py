"""What the waiting list can be refused for."""

from __future__ import annotations

from chassis.errors import Conflict, Invalid, NotFound


class PeriodRefused(Invalid):
    """Nothing could suit the wish, or it lasts too long."""

    code = "periode-refusee"
    title = "Période refusée"


class RendezvousMismatch(Invalid):
    """The rendezvous to have earlier is not these personnes', not of this motif, or is over."""

    code = "rendezvous-inadapte"
    title = "Ce rendez-vous ne correspond pas à la demande"


class SeatForOne(Invalid):
    """Seats of a collective rendezvous are given, and waited for, one by one."""

    code = "une-place-par-personne"
    title = "D’un motif collectif, chaque personne attend sa place"


class AttenteExists(Conflict):
    """One of the personnes waits already for this motif."""

    code = "attente-existante"
    title = "Déjà sur la liste d’attente pour ce motif"


class AttenteOver(Conflict):
    """The entry has obtained a time, or was closed."""

    code = "attente-close"
    title = "L’inscription n’est plus en attente"


class AttenteUnknown(NotFound):
    """No such entry or list, or none the caller may know of."""

    code = "attente-introuvable"
    title = "Inscription ou liste d’attente introuvable"


class OffreUnknown(NotFound):
    """No such offer, or none the caller may know of."""

    code = "offre-introuvable"
    title = "Proposition introuvable"


class OffreTaken(Conflict):
    """It was offered to several, and another answered first."""

    code = "offre-prise"
    title = "Ce créneau a été pris par une autre personne"


class OffreExpired(Conflict):
    """The time to answer is over."""

    code = "offre-expiree"
    title = "Le délai pour répondre est passé"


class OffreOver(Conflict):
    """It was declined, or has no object any more."""

    code = "offre-close"
    title = "Cette proposition n’est plus ouverte"
