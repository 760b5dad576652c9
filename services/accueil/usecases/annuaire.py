"""MDS, sites, sectors and agents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from chassis.ids import new_id
from chassis.unit_of_work import expect_version
from services.accueil.domain.annuaire import (
    Mds,
    MdsUnknown,
    Sector,
    Site,
    SiteKind,
    SiteNotFound,
    SiteUnknown,
    check_load,
)
from services.accueil.domain.phonetics import street_key
from services.accueil.events import SiteChanged
from services.accueil.persistence import UnitOfWork


def create_mds(uow: UnitOfWork, *, code: str, label: str) -> Mds:
    """A new MDS. Raises CodeTaken at commit."""
    mds = Mds(code=code, label=label)
    uow.annuaire.add(mds)
    return mds


def create_site(
    uow: UnitOfWork, *, code: str, mds: str, kind: SiteKind, label: str, is_open: bool = True
) -> Site:
    """A new site. Raises MdsUnknown; CodeTaken at commit."""
    if uow.annuaire.mds(mds) is None:
        raise MdsUnknown("Créez d’abord la MDS.", field="/mds")
    site = Site(code=code, mds=mds, kind=kind, label=label, open=is_open)
    uow.annuaire.add(site)
    uow.publish(_site_changed(site))
    return site


def change_site(
    uow: UnitOfWork, *, code: str, expected_version: int | None, changes: Mapping[str, Any]
) -> Site:
    """Open, close, rename a site. Raises SiteNotFound, VersionMismatch."""
    site = find_site(uow, code, lock=True)
    expect_version(site.version, expected_version)
    before = (site.kind, site.open)
    if _apply(site, changes):
        site.version += 1
    if (site.kind, site.open) != before:
        uow.publish(_site_changed(site))
    return site


def find_site(uow: UnitOfWork, code: str, *, lock: bool = False) -> Site:
    """The site named in an address. Raises SiteNotFound."""
    site = uow.annuaire.site(code, lock=lock)
    if site is None:
        raise SiteNotFound("Aucun site ne porte ce code.")
    return site


def known_site(uow: UnitOfWork, code: str, *, field: str = "/site") -> Site:
    """A site named in a body. Raises SiteUnknown on `field`."""
    site = uow.annuaire.site(code)
    if site is None:
        raise SiteUnknown("Aucun site ne porte ce code.", field=field)
    return site


def load_sectors(
    uow: UnitOfWork, *, effective_on: date, sectors: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """From a day on, the communes cited have these sectors and no other.

    Answers what started, ended and stayed, and the places several sites cover: they are kept
    as they are and reported, because only an agent can choose. Raises SiteUnknown,
    SectorsInThePast, SectorsAlreadyPlanned.
    """
    cited = _cited(uow, sectors)
    known = uow.annuaire.sectors({commune for commune, _, _ in cited}, lock=True)
    kept = [
        s for s in known if s.key in cited and s.ends_on is None and s.starts_on <= effective_on
    ]
    ended = [s for s in known if s not in kept and (s.ends_on is None or s.ends_on >= effective_on)]
    started = cited.keys() - {sector.key for sector in kept}
    changed = {s.commune for s in ended} | {commune for commune, _, _ in started}
    check_load(known, changed, day=effective_on, today=uow.today)
    for sector in ended:
        _end_sector(uow, sector, effective_on)
    for commune, street, site in sorted(started):
        uow.annuaire.add(
            Sector(
                sector_id=new_id(),
                commune=commune,
                street=street,
                site=site,
                starts_on=effective_on,
            )
        )
    counts = {"started": len(started), "ended": len(ended), "unchanged": len(kept)}
    return counts | {"overlaps": _overlaps(cited)}


def _cited(
    uow: UnitOfWork, sectors: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, str, str], None]:
    """The (commune, street, site) of a load, each once. Raises SiteUnknown."""
    known = {site.code for site in uow.annuaire.sites(codes={s["site"] for s in sectors})}
    cited: dict[tuple[str, str, str], None] = {}
    for position, row in enumerate(sectors):
        if row["site"] not in known:
            raise SiteUnknown("Aucun site ne porte ce code.", field=f"/sectors/{position}/site")
        cited[row["commune"], street_key(row["street"] or ""), row["site"]] = None
    return cited


def _end_sector(uow: UnitOfWork, sector: Sector, day: date) -> None:
    """End it the day before; one that starts that same day is corrected, so forgotten."""
    if sector.starts_on == day:
        uow.annuaire.remove_sector(sector)
    else:
        sector.ends_on = day - timedelta(days=1)


def _overlaps(cited: Collection[tuple[str, str, str]]) -> list[dict[str, Any]]:
    places: dict[tuple[str, str], set[str]] = defaultdict(set)
    for commune, street, site in cited:
        places[commune, street].add(site)
    return [
        {"commune": commune, "street": street, "sites": sorted(sites)}
        for (commune, street), sites in sorted(places.items())
        if len(sites) > 1
    ]


def describe_commune(uow: UnitOfWork, *, commune: str, on: date | None) -> dict[str, Any]:
    """The sites of a commune on a day, and those of its streets: none, one or several."""
    day = on or uow.today
    places: dict[str, set[str]] = defaultdict(set)
    for sector in uow.annuaire.sectors([commune]):
        if sector.covers(day):
            places[sector.street].add(sector.site)
    whole = sorted(places.pop("", set()))
    streets = [
        {"commune": commune, "street": street, "sites": sorted(sites)}
        for street, sites in sorted(places.items())
    ]
    return {"commune": commune, "sites": whole, "streets": streets}


def _site_changed(site: Site) -> SiteChanged:
    return SiteChanged(
        site_id=site.site_id, site=site.code, mds=site.mds, kind=site.kind, open=site.open
    )


def _apply(item: object, changes: Mapping[str, Any]) -> bool:
    news = {name: value for name, value in changes.items() if getattr(item, name) != value}
    for name, value in news.items():
        setattr(item, name, value)
    return bool(news)
