"""The HTTP face of accueil: each route reads, runs a use case, gives its answer."""

from __future__ import annotations

from chassis.web.api import Api
from services.accueil.service.activity import ActivityRoutes
from services.accueil.service.annuaire import AnnuaireRoutes
from services.accueil.service.internal import InternalRoutes
from services.accueil.service.orientations import OrientationRoutes
from services.accueil.service.personnes import PersonneRoutes
from services.accueil.service.protections import ProtectionRoutes
from services.accueil.service.visites import VisiteRoutes


class AccueilService(
    AnnuaireRoutes,
    PersonneRoutes,
    ProtectionRoutes,
    VisiteRoutes,
    OrientationRoutes,
    InternalRoutes,
    ActivityRoutes,
    Api,
):
    """Accueil inconditionnel : annuaire, personnes, visites, orientations."""

    name = "accueil"
