"""The public holidays of France by territory, as data of the `holidays` library.

Metropolitan France: code du travail L3133-1; Alsace and Moselle add Good Friday and 26 December
(L3134-13); overseas, the commemoration of the abolition of slavery and local days.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import holidays

from services.rendezvous.domain.fermeture import Region

#: The library's own codes. Good Friday is a holiday in some communes of Alsace and Moselle only
#: (L3134-13): it is loaded for all of them, and deleted where it is not.
_SUBDIVISIONS: dict[Region, str | None] = {
    Region.METROPOLE: None,
    Region.ALSACE_MOSELLE: "57",
    Region.GUADELOUPE: "971",
    Region.MARTINIQUE: "972",
    Region.GUYANE: "973",
    Region.LA_REUNION: "974",
    Region.MAYOTTE: "976",
    Region.SAINT_BARTHELEMY: "BL",
    Region.SAINT_MARTIN: "MF",
    Region.SAINT_PIERRE_ET_MIQUELON: "PM",
    Region.NOUVELLE_CALEDONIE: "NC",
    Region.POLYNESIE_FRANCAISE: "PF",
    Region.WALLIS_ET_FUTUNA: "WF",
}


def jours_feries(year: int, region: Region) -> list[tuple[date, str]]:
    """Each public holiday of a year in a territory with its French name, in order."""
    found = holidays.country_holidays("FR", subdiv=_SUBDIVISIONS[region], years=year, language="fr")
    return sorted(found.items())


def is_holiday(day: date) -> bool:
    """Whether a day is a public holiday of metropolitan France, Alsace and Moselle left aside."""
    return day in _metropole(day.year)


@cache
def _metropole(year: int) -> frozenset[date]:
    return frozenset(day for day, _ in jours_feries(year, Region.METROPOLE))
