"""The HTTP face of consent: each route reads, runs a use case, gives its answer."""

from __future__ import annotations

from chassis.web.api import Api
from services.consent.service.activity import ActivityRoutes
from services.consent.service.consentements import ConsentementRoutes
from services.consent.service.decisions import DecisionRoutes
from services.consent.service.partages import PartageRoutes
from services.consent.service.partenaires import PartenaireRoutes


class ConsentService(
    PartenaireRoutes, ConsentementRoutes, PartageRoutes, DecisionRoutes, ActivityRoutes, Api
):
    """Partenaires, consentements, oppositions, partages, décisions et diffusion."""

    name = "consent"
