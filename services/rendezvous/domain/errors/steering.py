"""What waits, needs and plannings of the volants can be refused for."""

from __future__ import annotations

from chassis.errors import Conflict, Invalid, NotFound


class MdsNotRun(Invalid):
    """No site of this MDS is known here, or the caller does not run it."""

    code = "mds-inconnue"
    title = "MDS inconnue, ou qui n’est pas la vôtre"


class WaitNotExceeded(Conflict):
    """An overload is measured: no wait of this MDS and profession is over the limit."""

    code = "surcharge-non-mesuree"
    title = "Aucun délai mesuré ne dépasse la limite pour cette MDS et cette profession"


class BesoinUnknown(NotFound):
    """No such need that the caller may know of."""

    code = "besoin-introuvable"
    title = "Besoin de renfort introuvable"


class BesoinDecided(Conflict):
    """The need is no longer one that was merely proposed."""

    code = "besoin-deja-decide"
    title = "Ce besoin n’attend plus de confirmation"


class PlanningVolantUnknown(NotFound):
    """No planning of this month, or no such line that the caller may decide."""

    code = "planning-introuvable"
    title = "Planning ou ligne de planning introuvable"


class MonthOutOfReach(Invalid):
    """A planning is made for the month under way or one of the twelve that follow."""

    code = "mois-hors-planning"
    title = "Ce mois ne se planifie pas"


class RenfortDecided(Conflict):
    """The line was accepted, or refused, already."""

    code = "renfort-deja-decide"
    title = "Cette ligne est déjà décidée"


class RenfortStale(Conflict):
    """A day of the line is past, its volant can no longer give it, or the MDS is closed then."""

    code = "renfort-depasse"
    title = "Cette proposition ne tient plus"
