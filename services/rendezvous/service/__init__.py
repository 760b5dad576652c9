"""The HTTP face of rendezvous: each route loads, calls a use case, dumps."""

from __future__ import annotations

from chassis.web.api import Api
from services.rendezvous.service.booking import BookingRoutes
from services.rendezvous.service.planning import PlanningRoutes
from services.rendezvous.service.reading import ReadingRoutes


class RendezvousService(PlanningRoutes, BookingRoutes, ReadingRoutes, Api):
    """Rendez-vous du service social."""

    name = "rendezvous"
