"""The lines of a transfer: one schema for CSV and JSON Lines, the same to export and import."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validate, validates_schema

from chassis.web import fields
from chassis.web.fields import Form
from chassis.web.schemas import Schema
from services.rendezvous.domain.motif import Kind
from services.rendezvous.domain.planning import AbsenceKind
from services.rendezvous.domain.rendezvous import (
    MAX_AGENTS,
    MAX_PERSONNES,
    CancelledBy,
    CancelReason,
    Status,
)
from services.rendezvous.domain.transfer import Transferred

#: The line's name in the tool it comes from: a number or a code, never a text.
_REFERENCE = Form(re.compile(r"[A-Za-z0-9._:/-]{1,100}"), error="Référence sans espace attendue.")


class TransferLine(Schema):
    """What every line has."""

    reference = fields.form(
        _REFERENCE,
        "Référence de la ligne dans l’outil d’origine.",
        load_default=None,
        allow_none=True,
    )
    starts_at = fields.instant("Début, avec décalage.", required=True)
    ends_at = fields.instant("Fin, avec décalage.", required=True)

    @validates_schema
    def _ordered(self, data: Mapping[str, Any], **_: Any) -> None:
        if data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            raise ValidationError("Doit suivre « starts_at ».", "ends_at")


class OpeningLine(TransferLine):
    """An agent receives on a site."""

    agent_id = fields.uuid("Agent.", required=True)
    site = fields.code("Site.", required=True)
    kinds = fields.codes("Types de motif admis.", allowed=Kind, load_default=list, most=50)
    motifs = fields.codes("Codes de motif admis.", load_default=list, most=50)


class AbsenceLine(TransferLine):
    """An agent does not receive."""

    agent_id = fields.uuid("Agent.", required=True)
    kind = fields.choice(
        AbsenceKind,
        "Absent, ou au travail sans recevoir.",
        load_default=AbsenceKind.ABSENCE,
        validate=validate.OneOf([AbsenceKind.ABSENCE, AbsenceKind.WORK]),
    )


class HeldLine(TransferLine):
    """A rendezvous, to come or ended."""

    ends_at = fields.instant(
        "Fin ; sans elle, la durée du motif.", load_default=None, allow_none=True
    )
    status = fields.choice(Status, "État.", required=True)
    motif = fields.code("Motif.", required=True)
    site = fields.code("Site.", required=True)
    agent_ids = fields.uuids(
        "Agents, le principal d’abord.", least=1, most=MAX_AGENTS, required=True
    )
    personne_ids = fields.uuids("Personnes.", most=MAX_PERSONNES, load_default=list)
    room_id = fields.uuid("Salle.", load_default=None, allow_none=True)
    dossier_id = fields.uuid("Dossier.", load_default=None, allow_none=True)
    orientation_id = fields.uuid("Orientation.", load_default=None, allow_none=True)
    booked_at = fields.instant("Pris le.", load_default=None, allow_none=True)
    outside_opening = fields.flag("Hors plage.", load_default=False)
    cancelled_by = fields.choice(CancelledBy, "Qui a annulé.", load_default=None, allow_none=True)
    cancel_reason = fields.choice(CancelReason, "Pourquoi.", load_default=None, allow_none=True)
    excused = fields.flag("Absence excusée.", load_default=None, allow_none=True)


SCHEMAS: dict[Transferred, TransferLine] = {
    Transferred.OPENINGS: OpeningLine(),
    Transferred.ABSENCES: AbsenceLine(),
    Transferred.RENDEZVOUS: HeldLine(),
}
