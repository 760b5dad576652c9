"""Maps the domain's classes to their tables."""

from __future__ import annotations

from sqlalchemy.orm import composite, registry

from services.consent.domain.consentement import Consentement, Opposition
from services.consent.domain.partage import Partage, Signer
from services.consent.domain.partenaire import Partenaire
from services.consent.persistence import tables

metadata = tables.metadata
_mapper = registry(metadata=metadata)

_mapper.map_imperatively(
    Partenaire,
    tables.partenaire,
    version_id_col=tables.partenaire.c.version,
    exclude_properties=["last_sequence"],
)
_mapper.map_imperatively(
    Consentement, tables.consentement, version_id_col=tables.consentement.c.version
)
_mapper.map_imperatively(Opposition, tables.opposition, version_id_col=tables.opposition.c.version)
_mapper.map_imperatively(
    Partage,
    tables.partage,
    version_id_col=tables.partage.c.version,
    properties={
        "_agent_id": tables.partage.c.agent_id,
        "_agent_role": tables.partage.c.agent_role,
        "_agent_mission": tables.partage.c.agent_mission,
        "_agent_profession": tables.partage.c.agent_profession,
        "_mds": tables.partage.c.mds,
        "_site": tables.partage.c.site,
        "signer": composite(
            Signer,
            "_agent_id",
            "_agent_role",
            "_agent_mission",
            "_agent_profession",
            "_mds",
            "_site",
        ),
    },
)
