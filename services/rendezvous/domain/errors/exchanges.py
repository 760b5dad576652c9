"""What calendars can be refused for."""

from __future__ import annotations

from typing import ClassVar

from chassis.errors import Conflict, Invalid, NotFound


class CalendarUnknown(NotFound):
    """No such calendar: another agent's, ended, or a secret that opens nothing."""

    code = "calendrier-introuvable"
    title = "Calendrier introuvable"


class CalendarHostRefused(Invalid):
    """The host of an external calendar is not one that the département admits."""

    code = "agenda-externe-refuse"
    title = "Cette adresse d’agenda n’est pas admise"


class CalendarUnreadable(Invalid):
    """The file is no calendar, or one too large."""

    code = "agenda-externe-illisible"
    title = "Ce calendrier ne peut pas être lu"
    members: ClassVar = {"trouble": ("Pourquoi, par code.", "NOT_A_CALENDAR")}


class BusyTimeImported(Conflict):
    """The time comes from the agent's own calendar: it would come back."""

    code = "temps-importe"
    title = "Ce temps vient de l’agenda personnel de l’agent"
