"""The HTTP face of aides: each route reads, runs a use case, gives its answer."""

from __future__ import annotations

from chassis.web.api import Api
from services.aides.service.activity import ActivityRoutes
from services.aides.service.decisions import DecisionRoutes
from services.aides.service.demandes import DemandeRoutes
from services.aides.service.enveloppes import EnveloppeRoutes
from services.aides.service.paiements import PaiementRoutes
from services.aides.service.reglements import ReglementRoutes
from services.aides.service.seances import SeanceRoutes


class AidesService(
    ReglementRoutes,
    EnveloppeRoutes,
    DemandeRoutes,
    DecisionRoutes,
    SeanceRoutes,
    PaiementRoutes,
    ActivityRoutes,
    Api,
):
    """Aides financières : règlement, enveloppes, demandes, décisions, paiements."""

    name = "aides"
