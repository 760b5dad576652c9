"""The HTTP face of rendezvous: each route reads, runs a use case, gives its answer."""

from __future__ import annotations

from chassis.web.api import Api
from services.rendezvous.service.activity import ActivityRoutes
from services.rendezvous.service.attentes import AttenteRoutes
from services.rendezvous.service.booking import BookingRoutes
from services.rendezvous.service.calendars import CalendarRoutes
from services.rendezvous.service.creneaux import CreneauxRoutes
from services.rendezvous.service.delais import DelaiRoutes
from services.rendezvous.service.fermetures import FermetureRoutes
from services.rendezvous.service.following import FollowingRoutes
from services.rendezvous.service.participation import ParticipationRoutes
from services.rendezvous.service.planning import PlanningRoutes
from services.rendezvous.service.reading import ReadingRoutes
from services.rendezvous.service.renforts import RenfortRoutes
from services.rendezvous.service.reprise import RepriseRoutes
from services.rendezvous.service.resources import ResourceRoutes
from services.rendezvous.service.series import SeriesRoutes
from services.rendezvous.service.statistics import StatisticsRoutes
from services.rendezvous.service.week import WeekRoutes


class RendezvousService(
    PlanningRoutes,
    SeriesRoutes,
    FermetureRoutes,
    ResourceRoutes,
    CreneauxRoutes,
    BookingRoutes,
    FollowingRoutes,
    ParticipationRoutes,
    AttenteRoutes,
    RepriseRoutes,
    ReadingRoutes,
    WeekRoutes,
    CalendarRoutes,
    DelaiRoutes,
    RenfortRoutes,
    ActivityRoutes,
    StatisticsRoutes,
    Api,
):
    """Rendez-vous du service social."""

    name = "rendezvous"
