"""Measures of waits: about nobody in particular."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from chassis.web import fields
from chassis.web.schemas import Period, Schema
from services.rendezvous.domain.besoin import Profession

MAX_DAYS = 92


class DelaisQuery(Period):
    """Which measures."""

    mds = fields.code("MDS ; sans elle, toutes.", "MDS-MONTAUBAN", load_default=None)

    @validates_schema
    def _bounded(self, data: Mapping[str, Any], **_: Any) -> None:
        if (data["last_day"] - data["first_day"]).days >= MAX_DAYS:
            raise ValidationError(f"{MAX_DAYS} jours au plus.", "to")


class DelaiOut(Schema):
    """One measure."""

    day = fields.day("Jour de la mesure.")
    mds = fields.code("MDS.", "MDS-MONTAUBAN")
    motif = fields.code("Motif.", "ACCOMPAGNEMENT")
    profession = fields.choice(Profession, "Profession qui reçoit.")
    third_at = fields.instant(
        "Début du troisième créneau libre (UTC) ; vide : aucun dans les six mois.",
        "2023-01-24T08:00:00+00:00",
        allow_none=True,
    )
    days = fields.integer("Attente en jours ; vide comme « third_at ».", 15, allow_none=True)
    limit_days = fields.integer("Limite en vigueur ce jour-là, en jours.", 21)
    is_exceeded = fields.flag(
        "L’attente dépasse la limite, ou aucun créneau n’existe.", data_key="exceeded"
    )


class DelaisOut(Schema):
    """The measures of a period."""

    delais = fields.many(DelaiOut, "Mesures, par jour, MDS, motif et profession.")
