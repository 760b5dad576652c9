"""Things of the domain with plain defaults."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from services.rendezvous.domain.motif import Kind, Modality, Motif
from services.rendezvous.domain.rendezvous import Place, Rendezvous

NINE = datetime(2023, 1, 9, 9, 0, tzinfo=UTC)
LEAD, SECOND = UUID(int=1), UUID(int=2)
PERSONNE = UUID(int=11)
MOTIF = UUID(int=21)


def motif(**changes):
    values = {
        "id": MOTIF,
        "code": "ACCOMPAGNEMENT",
        "label": "Accompagnement",
        "kind": Kind.ACCOMPAGNEMENT,
        "modality": Modality.PRESENTIEL,
        "professions": frozenset({"ASS", "CESF"}),
        "duration_minutes": 45,
        "buffer_before_minutes": 5,
        "buffer_after_minutes": 10,
        "min_notice_minutes": 60,
        "max_ahead_days": 90,
        "cancel_notice_minutes": 120,
        "bookable_by": frozenset(),
        "bookable_by_personne": False,
        "discreet": False,
        "instructions": "",
        "valid_from": date(2023, 1, 1),
        "valid_to": None,
    }
    return Motif(**values | changes)


def place(**changes):
    values = {
        "site": "MONTAUBAN-CENTRE",
        "mds": "MDS-MONTAUBAN",
        "agent_ids": (LEAD,),
        "room_id": None,
        "starts_at": NINE,
        "ends_at": NINE + timedelta(minutes=45),
    }
    return Place(**values | changes)


def rendezvous(**changes):
    values = {
        "id": UUID(int=31),
        "personne_ids": (PERSONNE,),
        "place": place(),
        "motif_id": MOTIF,
        "motif": "ACCOMPAGNEMENT",
        "kind": Kind.ACCOMPAGNEMENT,
        "modality": Modality.PRESENTIEL,
        "discreet": False,
        "booked_by": "someone",
        "booked_at": NINE - timedelta(days=7),
    }
    return Rendezvous(**values | changes)
