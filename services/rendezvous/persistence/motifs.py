"""Motifs, and the one query that gathers what a booking rests on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session

from services.rendezvous.domain.booking import Ground
from services.rendezvous.domain.motif import Kind, Modality, Motif
from services.rendezvous.domain.projections import Assignment, KnownSite
from services.rendezvous.domain.resource import Resource, ResourceKind
from services.rendezvous.persistence.knowns import as_dossier, as_personne
from services.rendezvous.persistence.tables import (
    assignment,
    dossier,
    motif,
    personne,
    rendezvous,
    resource,
    site,
    zone,
    zone_minutes,
)

_UUIDS = pg.ARRAY(pg.UUID)


class Motifs:
    """Dated motifs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, new: Motif) -> None:
        """Store a new version."""
        self._session.execute(sa.insert(motif).values(_as_row(new)))

    def get(self, motif_id: UUID) -> Motif | None:
        """One version, locked for a change."""
        row = self._session.execute(
            sa.select(motif).where(motif.c.id == motif_id).with_for_update()
        ).one_or_none()
        return _as_motif(row._asdict()) if row else None

    def version(self, motif_id: UUID) -> Motif | None:
        """One version, to read."""
        row = self._session.execute(sa.select(motif).where(motif.c.id == motif_id)).one_or_none()
        return _as_motif(row._asdict()) if row else None

    def save(self, changed: Motif) -> None:
        """Store a change."""
        self._session.execute(
            sa.update(motif).where(motif.c.id == changed.id).values(_as_row(changed))
        )

    def valid_on(self, day: date) -> list[Motif]:
        """Every motif in force on a day, by code."""
        rows = self._session.execute(sa.select(motif).where(*_in_force(day)).order_by(motif.c.code))
        return [_as_motif(row._asdict()) for row in rows]

    def versions(self, code: str, first_day: date, last_day: date) -> list[Motif]:
        """The versions of a motif in force on one of these days, by time."""
        days = {"code": code, "first": first_day, "last": last_day}
        return [_as_motif(row._asdict()) for row in self._session.execute(_VERSIONS, days)]

    def ground(
        self,
        *,
        code: str,
        site_code: str,
        day: date,
        agent_ids: Collection[UUID],
        personne_ids: Collection[UUID],
        resource_ids: Collection[UUID],
        dossier_id: UUID | None,
    ) -> Ground:
        """Motif, site, resources, travel, dossier, posts on that day and personnes, in one round
        trip."""
        values = {
            "code": code,
            "site": site_code,
            "day": day,
            "agents": list(agent_ids),
            "personnes": list(personne_ids),
            "resources": list(resource_ids),
            "dossier": dossier_id,
        }
        row = self._session.execute(_GROUND, values).one()
        return Ground(
            motif=_as_motif(_revive(row.motif, _MOTIF_DATES)) if row.motif else None,
            site=KnownSite(**row.site) if row.site else None,
            resources=[_as_resource(one) for one in row.resources or ()],
            travel={one["code"]: one["minutes"] for one in row.travel or ()},
            agents={a.agent_id: a for a in map(_as_assignment, row.agents or ())},
            personnes={p.personne_id: p for p in map(as_personne, row.personnes or ())},
            dossier=as_dossier(row.dossier) if row.dossier else None,
        )


_MOTIF_DATES = ("valid_from", "valid_to")


def instructions(*, told: bool) -> sa.ScalarSelect[Any]:
    """Beside a rendezvous: the instructions of its motif in force on its day, else of the version
    it was booked by. `told`: as a message may say them, hence none of a discreet motif."""
    said: Any = motif.c.instructions
    if told:
        said = sa.case((rendezvous.c.discreet | motif.c.discreet, ""), else_=said)
    return (
        sa.select(said)
        .where(
            motif.c.code == rendezvous.c.motif,
            sa.or_(motif.c.id == rendezvous.c.motif_id, sa.and_(*_in_force(rendezvous.c.held_on))),
        )
        .order_by(sa.and_(*_in_force(rendezvous.c.held_on)).desc())
        .limit(1)
        .correlate(rendezvous)
        .scalar_subquery()
    )


def _in_force(day: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (motif.c.valid_from <= day, sa.or_(motif.c.valid_to.is_(None), motif.c.valid_to >= day))


def _ground() -> sa.Select[Any]:
    """Small lookups by key, as JSON columns of one row."""
    day = sa.bindparam("day", type_=sa.Date)
    motifs = sa.select(motif).where(motif.c.code == sa.bindparam("code"), *_in_force(day))
    sites = sa.select(site).where(site.c.site == sa.bindparam("site"))
    posts = (
        sa.select(assignment)
        .where(
            assignment.c.agent_id == sa.any_(sa.bindparam("agents", type_=_UUIDS)),
            assignment.c.effective_on <= day,
        )
        .ext(pg.distinct_on(assignment.c.agent_id))
        .order_by(assignment.c.agent_id, assignment.c.effective_on.desc())
    )
    people = sa.select(personne).where(
        personne.c.personne_id == sa.any_(sa.bindparam("personnes", type_=_UUIDS))
    )
    dossiers = sa.select(dossier).where(
        dossier.c.dossier_id == sa.bindparam("dossier", type_=pg.UUID)
    )
    return sa.select(
        _member("motif", motifs),
        _member("site", sites),
        _member("resources", _resources(motifs), many=True),
        _member("travel", _travel(motifs), many=True),
        _member("agents", posts, many=True),
        _member("personnes", people, many=True),
        _member("dossier", dossiers),
    )


def _resources(motifs: sa.Select[Any]) -> sa.Select[Any]:
    """Those named, and those of the site of a kind that the motif needs."""
    named = resource.c.id == sa.any_(sa.bindparam("resources", type_=_UUIDS))
    needed = sa.case(
        (resource.c.kind == ResourceKind.ROOM, motif.c.needs_room), else_=motif.c.needs_vehicle
    )
    of_site = sa.and_(
        resource.c.site == sa.bindparam("site"), motifs.where(needed).correlate(resource).exists()
    )
    wanted = sa.select(resource).where(sa.or_(named, of_site))
    return wanted.order_by(resource.c.name, resource.c.id)


def _travel(motifs: sa.Select[Any]) -> sa.Select[Any]:
    """Minutes from the site by zone, when the motif is held at home."""
    return (
        sa.select(zone.c.code, zone_minutes.c.minutes)
        .join(zone, zone.c.id == zone_minutes.c.zone_id)
        .where(
            zone_minutes.c.site == sa.bindparam("site"),
            motifs.where(motif.c.modality == Modality.VAD).exists(),
        )
    )


def _member(name: str, query: Any, *, many: bool = False) -> Any:
    rows = query.subquery(f"{name}_rows")
    whole: Any = sa.func.to_jsonb(sa.literal_column(f"{name}_rows"))
    if many:
        whole = sa.func.jsonb_agg(whole)
    return (
        sa.select(sa.type_coerce(whole, pg.JSONB)).select_from(rows).scalar_subquery().label(name)
    )


_GROUND = _ground()
_VERSIONS = (
    sa.select(motif)
    .where(
        motif.c.code == sa.bindparam("code"),
        motif.c.valid_from <= sa.bindparam("last", type_=sa.Date),
        sa.or_(
            motif.c.valid_to.is_(None),
            motif.c.valid_to >= sa.bindparam("first", type_=sa.Date),
        ),
    )
    .order_by(motif.c.valid_from)
)


def _revive(values: Mapping[str, Any], dates: Collection[str] = ()) -> dict[str, Any]:
    """JSON back to the types of the columns."""
    revived = dict(values)
    for name, value in values.items():
        if value is not None and (name == "id" or name.endswith("_id")):
            revived[name] = UUID(value)
        elif value is not None and name in dates:
            revived[name] = date.fromisoformat(value)
    return revived


def _as_assignment(values: Mapping[str, Any]) -> Assignment:
    return Assignment(**_revive(values, ("effective_on",)))


def _as_resource(values: Mapping[str, Any]) -> Resource:
    return Resource(**_revive(values, ("retired_on",)) | {"kind": ResourceKind(values["kind"])})


def _as_motif(values: Mapping[str, Any]) -> Motif:
    return Motif(
        **dict(values)
        | {
            "kind": Kind(values["kind"]),
            "modality": Modality(values["modality"]),
            "professions": frozenset(values["professions"]),
            "bookable_by": frozenset(values["bookable_by"]),
        }
    )


def _as_row(changed: Motif) -> dict[str, Any]:
    return vars(changed) | {
        "professions": sorted(changed.professions),
        "bookable_by": sorted(changed.bookable_by),
    }
