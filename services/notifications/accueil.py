"""What accueil says about how people may be reached, read at the moment of sending."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from chassis.errors import Unavailable
from chassis.neighbours import Neighbours
from services.notifications.domain.decision import Contact

#: accueil answers for at most this many persons a call.
_PER_CALL = 200


class _ContactIn(Schema):
    class Meta:
        unknown = EXCLUDE

    personne_id = fields.UUID(required=True)
    allowed = fields.Boolean(required=True)
    reason = fields.String(allow_none=True, load_default=None)
    language = fields.String(allow_none=True, load_default=None)
    sms = fields.String(allow_none=True, load_default=None)
    email = fields.String(allow_none=True, load_default=None)


_CONTACTS = _ContactIn(many=True)


def read_contacts(neighbours: Neighbours, personne_ids: Collection[UUID]) -> dict[UUID, Contact]:
    """How each person may be reached. Raises Unavailable: then nothing is sent."""
    wanted = sorted(set(personne_ids))
    found: dict[UUID, Contact] = {}
    for start in range(0, len(wanted), _PER_CALL):
        part = wanted[start : start + _PER_CALL]
        answer = neighbours.post(
            "accueil", "/internal/contacts", {"personne_ids": [str(one) for one in part]}
        )
        found |= {contact.personne_id: contact for contact in _read(answer)}
    return found


def _read(answer: Any) -> list[Contact]:
    try:
        return [Contact(**values) for values in _CONTACTS.load(answer["contacts"])]
    except (ValidationError, KeyError, TypeError):
        # Never quote the answer: it holds addresses.
        raise Unavailable("La réponse d’accueil ne se lit pas.") from None
