"""The tables of rendezvous. Times are trade time; ranges are half-open."""

from __future__ import annotations

from services.rendezvous.persistence.tables.base import metadata
from services.rendezvous.persistence.tables.booked import (
    hold,
    occupation,
    participation,
    rendezvous,
    reprise,
    reprise_line,
)
from services.rendezvous.persistence.tables.exchanged import (
    calendar_feed,
    external_calendar,
    import_line,
)
from services.rendezvous.persistence.tables.known import (
    assignment,
    dossier,
    personne,
    site,
)
from services.rendezvous.persistence.tables.steering import (
    besoin,
    delai,
    planning_volant,
    renfort,
    renfort_jour,
)
from services.rendezvous.persistence.tables.supply import (
    absence,
    fermeture,
    motif,
    opening,
    resource,
    serie,
    serie_edit,
    zone,
    zone_minutes,
)
from services.rendezvous.persistence.tables.waiting import (
    attente,
    offre,
)

__all__ = [
    "absence",
    "assignment",
    "attente",
    "besoin",
    "calendar_feed",
    "delai",
    "dossier",
    "external_calendar",
    "fermeture",
    "hold",
    "import_line",
    "metadata",
    "motif",
    "occupation",
    "offre",
    "opening",
    "participation",
    "personne",
    "planning_volant",
    "rendezvous",
    "renfort",
    "renfort_jour",
    "reprise",
    "reprise_line",
    "resource",
    "serie",
    "serie_edit",
    "site",
    "zone",
    "zone_minutes",
]
