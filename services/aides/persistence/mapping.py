"""Maps the domain's classes to their tables."""

from __future__ import annotations

from sqlalchemy.orm import registry

from services.aides.domain.decision import Decision
from services.aides.domain.demande import Demande
from services.aides.domain.enveloppe import Enveloppe
from services.aides.domain.paiement import Paiement
from services.aides.domain.reglement import Reglement
from services.aides.domain.seance import Seance
from services.aides.persistence import tables

metadata = tables.metadata
_mapper = registry(metadata=metadata)

_mapper.map_imperatively(Reglement, tables.reglement)
_mapper.map_imperatively(Enveloppe, tables.enveloppe, version_id_col=tables.enveloppe.c.version)
_mapper.map_imperatively(Demande, tables.demande, version_id_col=tables.demande.c.version)
_mapper.map_imperatively(Seance, tables.seance)
_mapper.map_imperatively(Decision, tables.decision)
_mapper.map_imperatively(Paiement, tables.paiement)
