"""A place in words anybody may read on somebody's telephone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.notifications.domain.message import (
    Modality,
    PlaceNotNeutral,
    SiteCodeMalformed,
)
from services.notifications.domain.neutral import names_a_service

_SITE = re.compile(r"[A-Z0-9][A-Z0-9_-]{1,63}")
#: Where a rendezvous is held when it is not at a place of ours. Never the home address.
_ELSEWHERE = {
    Modality.TELEPHONE: "par téléphone",
    Modality.VAD: "à votre domicile",
    Modality.VISIO: "en visio",
}
_UNKNOWN = "au lieu convenu"


@dataclass(frozen=True, kw_only=True)
class Lieu:
    """A site: its street address, and a number that answers neutrally."""

    site: str
    address: str
    phone: str | None = None

    def __post_init__(self) -> None:
        if not _SITE.fullmatch(self.site):
            raise SiteCodeMalformed("Donnez le code du site tel qu’accueil l’écrit.", field="/site")
        if names_a_service(self.address):
            raise PlaceNotNeutral(
                "Donnez l’adresse seule, sans nom de service ni de structure :"
                " un tiers peut lire le message.",
                field="/address",
            )


def where(modality: Modality | None, place: Lieu | None) -> str:
    """Where to go, in neutral words."""
    if modality in _ELSEWHERE:
        return _ELSEWHERE[modality]
    return place.address if place else _UNKNOWN
