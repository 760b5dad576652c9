"""Maps the domain's classes to their tables."""

from __future__ import annotations

from sqlalchemy.orm import registry, relationship

from services.accueil.domain.annuaire import Affectation, Agent, Mds, Sector, Site
from services.accueil.domain.contact import ContactPoint
from services.accueil.domain.orientation import Orientation
from services.accueil.domain.personne import FileAccess, Personne
from services.accueil.domain.visite import Visite
from services.accueil.persistence import tables as t

metadata = t.metadata
_mapper = registry(metadata=metadata)

_mapper.map_imperatively(Mds, t.mds)
_mapper.map_imperatively(Site, t.site)
_mapper.map_imperatively(Sector, t.sector)
_mapper.map_imperatively(Affectation, t.affectation)
_mapper.map_imperatively(
    Agent,
    t.agent,
    properties={
        "affectations": relationship(
            Affectation,
            cascade="all, delete-orphan",
            order_by=(t.affectation.c.starts_on, t.affectation.c.affectation_id),
            lazy="selectin",
        )
    },
)
_mapper.map_imperatively(ContactPoint, t.contact_point)
_mapper.map_imperatively(FileAccess, t.file_access)
_mapper.map_imperatively(
    Personne,
    t.personne,
    properties={
        "contacts": relationship(
            ContactPoint,
            cascade="all, delete-orphan",
            order_by=t.contact_point.c.position,
            passive_deletes=True,
        ),
        "accesses": relationship(FileAccess, cascade="all, delete-orphan", passive_deletes=True),
    },
)
_mapper.map_imperatively(Visite, t.visite)
_mapper.map_imperatively(Orientation, t.orientation)
