"""The règlement over HTTP: every limit with its article."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow

from chassis.web import fields
from chassis.web.schemas import Schema
from services import roles
from services.aides.domain.nature import Nature
from services.aides.domain.reglement import Act, Exceeded

#: Ten million euros: a limit above it is a typing mistake.
_MOST_CENTS = 1_000_000_000


def _article() -> marshmallow.fields.String:
    return fields.text("Article du règlement.", "Exemple, art. 4", most=200, required=True)


def _cents(description: str) -> marshmallow.fields.Integer:
    return fields.cents(description, 60000, least=0, most=_MOST_CENTS, required=True)


def _exceeded() -> marshmallow.fields.String:
    return fields.one_of(
        Exceeded,
        "Effet d’un dépassement. REFUS est interdit pour AM et AML.",
        "COMMISSION",
        required=True,
    )


def _outside() -> marshmallow.fields.String:
    return fields.one_of(
        Exceeded,
        "Effet d’une situation hors de ces publics. REFUS est interdit pour AM et AML.",
        "COMMISSION",
        load_default="COMMISSION",
    )


class Publics(Schema):
    """Who the aid is for."""

    article = _article()
    codes = fields.codes(
        "Codes des publics visés.", ["PERSONNE_SEULE"], least=1, most=30, required=True
    )
    exceeded = _outside()


class ResteAVivre(Schema):
    """The barème."""

    article = _article()
    max_cents_per_person_day = _cents("Reste à vivre maximal par personne et par jour")
    exceeded = _exceeded()


class PlafondBody(Schema):
    """The most one aid gives."""

    article = _article()
    base_cents = _cents("Plafond d’une aide")
    per_child_cents = _cents("Supplément par enfant à charge")
    exceeded = _exceeded()


class PlafondAnnuel(Schema):
    """The most a household gets in a civil year for this nature."""

    article = _article()
    cents = _cents("Plafond par foyer et par année civile")
    exceeded = _exceeded()


class CumulBody(Schema):
    """How aids add up over a civil year."""

    article = _article()
    max_per_year = fields.integer(
        "Nombre d’aides par foyer et année civile.", 4, least=1, most=100, required=True
    )
    counted = fields.codes("Natures comptées.", ["SECOURS", "AM"], allowed=Nature, required=True)
    never_same_month = fields.codes(
        "Natures exclues le même mois.", ["AM"], allowed=Nature, required=True
    )
    exceeded = _exceeded()


class Residence(Schema):
    """A minimum residence, where the law allows one."""

    article = fields.text(
        "Article du règlement.", "Exemple, art. 2", least=0, most=200, required=True
    )
    min_months = fields.integer(
        "Mois de résidence exigés ; 0 : aucun.", 0, least=0, most=120, required=True
    )


class Age(Schema):
    """Both bounds included, in completed years."""

    article = _article()
    min = fields.integer("Âge minimal, inclus.", 18, least=0, most=130, required=True)
    max = fields.integer("Âge maximal, inclus.", 25, least=0, most=130, required=True)

    @marshmallow.validates_schema
    def _ordered(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["max"] < data["min"]:
            raise marshmallow.ValidationError("Ne peut être inférieur à « min ».", "max")


class DelegationStep(Schema):
    """One role's delegation."""

    role = fields.one_of(
        [roles.RESPONSABLE, roles.DIRECTION],
        "Rôle qui reçoit délégation.",
        roles.RESPONSABLE,
        required=True,
    )
    up_to_cents = _cents("Montant maximal accordé seul")


class DelegationBody(Schema):
    """Who decides alone, and up to what."""

    article = _article()
    steps = fields.many(DelegationStep, "Délégations par rôle.", most=5, required=True)
    urgent_cents = _cents("Plafond d’une aide urgente accordée par délégation")


class NatureBody(Schema):
    """Everything the règlement says of one nature."""

    publics = fields.nested(Publics, "Publics visés.", required=True)
    reste_a_vivre = fields.nested(ResteAVivre, "Barème.", required=True)
    plafond = fields.nested(PlafondBody, "Plafond.", required=True)
    plafond_annuel = fields.nested(PlafondAnnuel, "Plafond annuel.", required=True)
    cumul = fields.nested(CumulBody, "Cumul.", required=True)
    residence = fields.nested(Residence, "Résidence.", required=True)
    obligation_alimentaire = fields.flag("L’aide de la famille est-elle examinée ?", required=True)
    age = fields.nested(Age, "Condition d’âge.", allow_none=True, load_default=None)
    delegation = fields.nested(DelegationBody, "Délégations.", required=True)
    commission_act = fields.one_of(Act, "Ce que rend la commission.", "DECISION", required=True)
    commission_quorum = fields.integer(
        "Membres qui doivent siéger, sans qui a instruit.", 3, least=1, most=50, load_default=1
    )


class Natures(Schema):
    """The four natures, all of them."""

    SECOURS = fields.nested(NatureBody, "Secours.", required=True)
    AM = fields.nested(NatureBody, "AM.", required=True)
    AML = fields.nested(NatureBody, "AM loisirs.", required=True)
    FAJ = fields.nested(NatureBody, "FAJ.", required=True)


class ReglementIn(Schema):
    """One version of the règlement."""

    code = fields.code("Code du règlement.", "RDAS", required=True)
    version = fields.text("Version.", "2023.1", most=30, required=True)
    is_example = fields.flag("Valeurs d’exemple, jamais votées.", example=True, load_default=False)
    effective_from = fields.day("Premier jour d’application.", "2023-01-01", required=True)
    natures = fields.nested(Natures, "Règles de chaque nature.", required=True)


class ReglementOut(Schema):
    """One stored version."""

    reglement_id = fields.uuid("Identifiant.", attribute="id")
    code = fields.code("Code du règlement.", "EXEMPLE")
    version = fields.text("Version.", "2023-1")
    is_example = fields.flag("Valeurs d’exemple.")
    effective_from = fields.day("Premier jour d’application.")
    natures: Any = fields.document("Règles de chaque nature.", attribute="body")


class ReglementsOut(Schema):
    """Every version, oldest first."""

    reglements = fields.many(ReglementOut, "Versions, par date d’effet.")
