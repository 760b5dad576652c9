"""Which site a person belongs to: found, chosen, or reported; never guessed in silence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.accueil.domain.annuaire import Sector, Site, SiteUnknown, sites_of
from services.accueil.domain.personne import (
    Housing,
    Placement,
    SectorAmbiguous,
    SectorUnknown,
)
from services.accueil.domain.phonetics import street_key
from services.accueil.persistence import UnitOfWork


@dataclass(frozen=True)
class Places:
    """Sites and sectors, read once for one registration or a whole batch."""

    sites: Mapping[str, Site]
    sectors: Mapping[str, list[Sector]]


def read_places(uow: UnitOfWork, communes: Collection[str | None]) -> Places:
    """Every site, and the sectors of these communes: two reads."""
    sectors: dict[str, list[Sector]] = defaultdict(list)
    wanted = {commune for commune in communes if commune}
    for sector in uow.annuaire.sectors(wanted) if wanted else ():
        sectors[sector.commune].append(sector)
    return Places(sites={s.code: s for s in uow.annuaire.sites()}, sectors=sectors)


def housing_of(values: Mapping[str, Any]) -> Housing:
    """What was said, or what a commune alone implies. Raises SectorUnknown on a contradiction."""
    commune = values.get("commune")
    housing: Housing = values.get("housing") or (Housing.ADDRESS if commune else Housing.NONE)
    if (housing is Housing.NONE) == bool(commune):
        raise SectorUnknown(
            "Une adresse ou une domiciliation a une commune ; sans elles, il n’y en a pas.",
            field="/commune",
        )
    return housing


def place(places: Places, values: Mapping[str, Any], *, day: date) -> tuple[Placement, Site]:
    """The site of this address on this day, and how it was found.

    Street before commune; the receiving site where there is no address, no sector, or where it
    is one of several. Raises SectorUnknown, SectorAmbiguous, SiteUnknown.
    """
    receiving = values.get("receiving_site")
    if receiving is not None and receiving not in places.sites:
        raise SiteUnknown("Aucun site ne porte ce code.", field="/receiving_site")
    commune = values.get("commune")
    if not commune:
        if receiving is None:
            raise SectorUnknown(
                "Sans adresse ni domiciliation, donnez le site d’accueil.", field="/receiving_site"
            )
        return Placement.RECEIVING_SITE, places.sites[receiving]
    street = street_key(values.get("address") or "")
    found = sites_of(places.sectors.get(commune, ()), street=street, day=day)
    if len(found) == 1:
        return Placement.SECTOR, places.sites[found[0]]
    if not found:
        return _without_sector(places, receiving)
    return _among(places, found, receiving)


def _without_sector(places: Places, receiving: str | None) -> tuple[Placement, Site]:
    if receiving is None:
        raise SectorUnknown(
            "Aucun site ne couvre cette commune à cette date : donnez le site d’accueil.",
            field="/receiving_site",
        )
    return Placement.NO_SECTOR, places.sites[receiving]


def _among(places: Places, found: tuple[str, ...], receiving: str | None) -> tuple[Placement, Site]:
    if receiving not in found:
        raise SectorAmbiguous(
            f"Plusieurs sites couvrent cette adresse : choisissez entre {', '.join(found)}.",
            field="/receiving_site",
            extra={"sites": list(found)},
        )
    return Placement.CHOSEN_AMONG_SEVERAL, places.sites[receiving]
