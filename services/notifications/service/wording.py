"""Routes of what messages say: previews, and the words for a place."""

from __future__ import annotations

from typing import Any

from chassis.web.route import Call, route
from services import roles
from services.notifications.domain.lieu import Lieu
from services.notifications.domain.message import PlaceNotNeutral, SiteCodeMalformed
from services.notifications.persistence import UnitOfWork
from services.notifications.schemas.wording import (
    LieuIn,
    LieuOut,
    LieuxOut,
    PreviewIn,
    PreviewOut,
    SitePath,
)
from services.notifications.service import allowed
from services.notifications.usecases import following, showing


class WordingRoutes:
    """How a message reads before it exists."""

    @route(
        "POST",
        "/v1/previews",
        allow=allowed.AUTHORS,
        body=PreviewIn,
        reply=PreviewOut,
        tag="Modèles",
        summary="Voir un message avant qu’il existe, avec son coût en SMS",
        problems=(showing.StartMissing,),
    )
    def preview(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        """Nothing is stored or sent."""
        return {"texts": showing.preview(uow, **call.body)}

    @route(
        "GET",
        "/v1/lieux",
        allow=allowed.AUTHORS,
        reply=LieuxOut,
        tag="Lieux",
        summary="Lister les sites tels que les messages les nomment",
    )
    def list_lieux(self, uow: UnitOfWork, call: Call) -> dict[str, list[Lieu]]:
        """A site without words is called « au lieu convenu »."""
        return {"lieux": uow.lieux.all()}

    @route(
        "PUT",
        "/v1/lieux/{site}",
        texts=SitePath,
        allow=frozenset({roles.ADMIN}),
        body=LieuIn,
        reply=LieuOut,
        tag="Lieux",
        summary="Dire comment les messages nomment un site",
        problems=(PlaceNotNeutral, SiteCodeMalformed),
    )
    def put_lieu(self, uow: UnitOfWork, call: Call, site: str) -> Lieu:
        """An address alone, no service name."""
        return following.put_lieu(uow, site=site, **call.body)
