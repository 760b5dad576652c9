"""The HTTP face of dsu: each route reads, runs a use case, gives its answer."""

from __future__ import annotations

from chassis.web.api import Api
from services.dsu.service.activity import ActivityRoutes
from services.dsu.service.dossiers import DossierRoutes
from services.dsu.service.followup import FollowupRoutes
from services.dsu.service.interventions import InterventionRoutes
from services.dsu.service.oversight import OversightRoutes


class DsuService(
    DossierRoutes, FollowupRoutes, InterventionRoutes, OversightRoutes, ActivityRoutes, Api
):
    """Dossier social unique : ouverture, suivi, interventions, journal des lectures."""

    name = "dsu"
