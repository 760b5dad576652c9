"""Needs of reinforcement and plannings of the volants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from chassis.web import fields
from chassis.web.schemas import Period, Schema
from services.rendezvous.domain.besoin import BesoinStatus, Profession, Reason
from services.rendezvous.domain.planning_volant import RefusalReason, RenfortStatus

MAX_DAYS = 366
_MONTH = fields.Form(
    r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$", error="Mois attendu sous la forme AAAA-MM."
)


class WantedIn(Period):
    """Days a week, from a Paris day to another."""

    days_per_week = fields.integer(
        "Jours par semaine, pour un volant.", 3, least=1, most=5, required=True
    )

    @validates_schema
    def _bounded(self, data: Mapping[str, Any], **_: Any) -> None:
        if (data["last_day"] - data["first_day"]).days >= MAX_DAYS:
            raise ValidationError("Un an au plus.", "to")


class BesoinIn(WantedIn):
    """What an MDS asks."""

    mds = fields.code("MDS qui demande.", "MDS-MONTAUBAN", required=True)
    profession = fields.choice(Profession, "Profession demandée.", required=True)
    reason = fields.choice(
        Reason,
        "Raison, dans l’ordre du schéma : les quatre premières sont de rang 1, servies d’abord ; "
        "les trois autres de rang 2, si le planning le permet.",
        required=True,
    )


class BesoinsQuery(Schema):
    """Which needs."""

    mds = fields.code(
        "MDS ; sans elle, toutes celles que vous voyez.", "MDS-MONTAUBAN", load_default=None
    )


class BesoinOut(Schema):
    """A need as stored."""

    id = fields.uuid("Identifiant du besoin.", data_key="besoin_id")
    mds = fields.code("MDS qui demande.", "MDS-MONTAUBAN")
    profession = fields.choice(Profession, "Profession demandée.")
    reason = fields.choice(Reason, "Raison.")
    rank = fields.integer("Rang : 1 servi d’abord, 2 si le planning le permet.", 1)
    starts_on = fields.day("Premier jour.", data_key="from")
    ends_on = fields.day("Dernier jour inclus.", "2023-03-31", data_key="to")
    days_per_week = fields.integer("Jours par semaine.", 3)
    status = fields.choice(
        BesoinStatus, "Proposé par la mesure des délais, demandé, ou terminé.", "OPEN"
    )
    asked_on = fields.day("Jour de la demande : à rang égal, la plus ancienne est servie d’abord.")
    version = fields.version()


class MonthIn(Schema):
    """Which month."""

    month = fields.form(_MONTH, "Mois (AAAA-MM).", "2023-02", required=True)


class RefusalIn(Schema):
    """One line refused, and why."""

    line_id = fields.uuid("Ligne refusée.", required=True)
    reason = fields.choice(
        RefusalReason,
        "Besoin couvert autrement, dates inadaptées, ou volant indisponible.",
        required=True,
    )


class LineOut(Schema):
    """Days of a volant for a need, in one week."""

    id = fields.uuid("Identifiant de la ligne.", data_key="line_id")
    besoin_id = fields.uuid("Besoin servi.")
    agent_id = fields.uuid("Volant.")
    mds = fields.code("MDS renforcée.", "MDS-MONTAUBAN")
    profession = fields.choice(Profession, "Profession.")
    reason = fields.choice(Reason, "Raison du besoin.")
    rank = fields.integer("Rang du besoin.", 1)
    days = fields.days("Jours donnés, entiers.", most=7)
    explanation = fields.text("Pourquoi ces jours.", "Rang 1, demandé le 02/01/2023.")
    status = fields.choice(RenfortStatus, "Proposée, acceptée ou refusée.")
    refusal = fields.choice(RefusalReason, "Raison du refus.", allow_none=True)


class GapOut(Schema):
    """Days asked that nobody is left to give."""

    besoin_id = fields.uuid("Besoin non servi en entier.")
    mds = fields.code("MDS.", "MDS-MONTAUBAN")
    profession = fields.choice(Profession, "Profession.")
    week = fields.day("Lundi de la semaine.")
    missing = fields.integer("Jours demandés et possibles que personne ne peut donner.", 2)


class PlanningOut(Schema):
    """The planning of a month: a responsable reads the lines of their MDS."""

    id = fields.uuid("Identifiant du planning.", attribute="planning.id", data_key="planning_id")
    first_day = fields.day("Premier jour du mois.", "2023-02-01", attribute="planning.month")
    proposed_at = fields.instant("Instant de la proposition.", attribute="planning.proposed_at")
    lines = fields.many(LineOut, "Lignes, par premier jour.")
    gaps = fields.many(GapOut, "Ce qui manque, à la date de la proposition.")
    version = fields.version("Numéro de la proposition, repris dans l’ETag.")
