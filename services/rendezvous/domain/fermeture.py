"""Closing days: for everybody, an MDS or a site. Openings stay; nothing is offered in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from chassis.clock import end_of_day, instant_of
from services import roles
from services.rendezvous.domain.occupation import Interval, merged
from services.rendezvous.domain.rights import Viewer


class Region(StrEnum):
    """The territories whose public holidays differ."""

    METROPOLE = "METROPOLE"
    ALSACE_MOSELLE = "ALSACE_MOSELLE"
    GUADELOUPE = "GUADELOUPE"
    MARTINIQUE = "MARTINIQUE"
    GUYANE = "GUYANE"
    LA_REUNION = "LA_REUNION"
    MAYOTTE = "MAYOTTE"
    SAINT_BARTHELEMY = "SAINT_BARTHELEMY"
    SAINT_MARTIN = "SAINT_MARTIN"
    SAINT_PIERRE_ET_MIQUELON = "SAINT_PIERRE_ET_MIQUELON"
    NOUVELLE_CALEDONIE = "NOUVELLE_CALEDONIE"
    POLYNESIE_FRANCAISE = "POLYNESIE_FRANCAISE"
    WALLIS_ET_FUTUNA = "WALLIS_ET_FUTUNA"


@dataclass(frozen=True, kw_only=True)
class Fermeture:
    """Nobody receives then. Neither `mds` nor `site`: everywhere; a site comes with its MDS."""

    id: UUID
    mds: str | None
    site: str | None
    starts_at: datetime
    ends_at: datetime
    label: str
    #: The public holiday it was loaded for, once per MDS or for everybody.
    ferie_on: date | None = None

    @property
    def during(self) -> Interval:
        """From its start to its end."""
        return Interval(self.starts_at, self.ends_at)

    def concerns(self, mds: Collection[str], sites: Collection[str]) -> bool:
        """Whether it closes one of these MDS or sites."""
        if self.site is not None:
            return self.site in sites
        return self.mds is None or self.mds in mds


def closes_day(fermetures: Iterable[Fermeture], mds: str, day: date) -> bool:
    """Whether these close an MDS for the whole of a Paris day. What closes one of its sites, or
    some hours, leaves it a day worked."""
    spans = merged(
        Interval(one.starts_at, one.ends_at) for one in fermetures if one.concerns({mds}, ())
    )
    start, end = instant_of(day), end_of_day(day)
    return any(span.start <= start and end <= span.end for span in spans)


def may_close(viewer: Viewer, mds: str | None) -> bool:
    """admin closes anything; a responsable, their MDS and its sites."""
    if roles.ADMIN in viewer.roles:
        return True
    return roles.RESPONSABLE in viewer.roles and mds is not None and mds in viewer.mds
