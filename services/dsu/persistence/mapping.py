"""Maps the domain's classes to their tables."""

from __future__ import annotations

from sqlalchemy.orm import registry, relationship

from services.dsu.domain.dossier import (
    Association,
    Dossier,
    Member,
    ReferentPeriod,
)
from services.dsu.persistence import tables

metadata = tables.metadata
_mapper = registry(metadata=metadata)

_mapper.map_imperatively(Member, tables.member)
_mapper.map_imperatively(ReferentPeriod, tables.referent_period)
_mapper.map_imperatively(Association, tables.association)
_mapper.map_imperatively(
    Dossier,
    tables.dossier,
    properties={
        "members": relationship(
            Member, lazy="selectin", order_by=tables.member.c.personne_id, cascade="all"
        ),
        "referents": relationship(
            ReferentPeriod,
            lazy="selectin",
            order_by=(tables.referent_period.c.starts_on, tables.referent_period.c.id),
            cascade="all",
        ),
        "associations": relationship(
            Association,
            lazy="selectin",
            order_by=tables.association.c.association_id,
            cascade="all",
        ),
    },
)
