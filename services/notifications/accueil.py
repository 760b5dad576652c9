"""What accueil says about how people may be reached, read at the moment of sending."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from marshmallow import fields

from chassis.neighbours import AnswerSchema, Neighbours, ask_about
from services.notifications.domain.decision import Contact


class _ContactIn(AnswerSchema):
    personne_id = fields.UUID(required=True)
    allowed = fields.Boolean(required=True)
    reason = fields.String(allow_none=True, load_default=None)
    language = fields.String(allow_none=True, load_default=None)
    sms = fields.String(allow_none=True, load_default=None)
    email = fields.String(allow_none=True, load_default=None)


class _ContactsIn(AnswerSchema):
    contacts = fields.List(fields.Nested(_ContactIn), required=True)


_CONTACTS = _ContactsIn()


def read_contacts(neighbours: Neighbours, personne_ids: Collection[UUID]) -> dict[UUID, Contact]:
    """How each person may be reached. Raises Unavailable: then nothing is sent."""
    answers = ask_about(
        neighbours, "accueil", "/internal/contacts", _CONTACTS, personne_ids=personne_ids
    )
    return {
        values["personne_id"]: Contact(**values)
        for answer in answers
        for values in answer["contacts"]
    }
