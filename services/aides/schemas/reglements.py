"""The règlement over HTTP: every limit with its article."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from chassis.web.schemas import Schema
from services import roles
from services.aides.domain.nature import Nature
from services.aides.domain.reglement import Act, Exceeded

_NATURES = validate.OneOf([str(nature) for nature in Nature])
#: Ten million euros: a limit above it is a typing mistake.
_MOST_CENTS = 1_000_000_000


def _article() -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(1, 200),
        metadata={"description": "Article du règlement.", "example": "Exemple, art. 4"},
    )


def _cents(description: str) -> fields.Integer:
    return fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, _MOST_CENTS),
        metadata={"description": f"{description}, en centimes.", "example": 60000},
    )


def _exceeded() -> fields.String:
    return fields.String(
        required=True,
        validate=validate.OneOf([str(kind) for kind in Exceeded]),
        metadata={
            "description": "Effet d’un dépassement. REFUS est interdit pour AM et AML.",
            "example": "COMMISSION",
        },
    )


class Publics(Schema):
    """Who the aid is for."""

    article = _article()
    codes = fields.List(
        fields.String(validate=validate.Regexp(r"^[A-Z0-9_]{2,40}$")),
        required=True,
        validate=validate.Length(1, 30),
        metadata={"description": "Codes des publics visés.", "example": ["PERSONNE_SEULE"]},
    )


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
    max_per_year = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, 100),
        metadata={"description": "Nombre d’aides par foyer et année civile.", "example": 4},
    )
    counted = fields.List(
        fields.String(validate=_NATURES),
        required=True,
        metadata={"description": "Natures comptées.", "example": ["SECOURS", "AM"]},
    )
    never_same_month = fields.List(
        fields.String(validate=_NATURES),
        required=True,
        metadata={"description": "Natures exclues le même mois.", "example": ["AM"]},
    )
    exceeded = _exceeded()


class Residence(Schema):
    """A minimum residence, where the law allows one."""

    article = fields.String(
        required=True,
        validate=validate.Length(max=200),
        metadata={"description": "Article du règlement.", "example": "Exemple, art. 2"},
    )
    min_months = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, 120),
        metadata={"description": "Mois de résidence exigés ; 0 : aucun.", "example": 0},
    )


class Age(Schema):
    """Both bounds included, in completed years."""

    article = _article()
    min = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, 130),
        metadata={"description": "Âge minimal, inclus.", "example": 18},
    )
    max = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, 130),
        metadata={"description": "Âge maximal, inclus.", "example": 25},
    )


class DelegationStep(Schema):
    """One role's delegation."""

    role = fields.String(
        required=True,
        validate=validate.OneOf([roles.RESPONSABLE, roles.DIRECTION]),
        metadata={"description": "Rôle qui reçoit délégation.", "example": roles.RESPONSABLE},
    )
    up_to_cents = _cents("Montant maximal accordé seul")


class DelegationBody(Schema):
    """Who decides alone, and up to what."""

    article = _article()
    steps = fields.List(
        fields.Nested(DelegationStep),
        required=True,
        validate=validate.Length(max=5),
        metadata={"description": "Délégations par rôle."},
    )
    urgent_cents = _cents("Plafond d’une aide urgente accordée par délégation")


class NatureBody(Schema):
    """Everything the règlement says of one nature."""

    publics = fields.Nested(Publics, required=True, metadata={"description": "Publics visés."})
    reste_a_vivre = fields.Nested(ResteAVivre, required=True, metadata={"description": "Barème."})
    plafond = fields.Nested(PlafondBody, required=True, metadata={"description": "Plafond."})
    plafond_annuel = fields.Nested(
        PlafondAnnuel, required=True, metadata={"description": "Plafond annuel."}
    )
    cumul = fields.Nested(CumulBody, required=True, metadata={"description": "Cumul."})
    residence = fields.Nested(Residence, required=True, metadata={"description": "Résidence."})
    obligation_alimentaire = fields.Boolean(
        required=True,
        metadata={"description": "L’aide de la famille est-elle examinée ?", "example": False},
    )
    age = fields.Nested(
        Age, allow_none=True, load_default=None, metadata={"description": "Condition d’âge."}
    )
    delegation = fields.Nested(
        DelegationBody, required=True, metadata={"description": "Délégations."}
    )
    commission_act = fields.String(
        required=True,
        validate=validate.OneOf([str(act) for act in Act]),
        metadata={"description": "Ce que rend la commission.", "example": "DECISION"},
    )


class Natures(Schema):
    """The four natures, all of them."""

    SECOURS = fields.Nested(NatureBody, required=True, metadata={"description": "Secours."})
    AM = fields.Nested(NatureBody, required=True, metadata={"description": "AM."})
    AML = fields.Nested(NatureBody, required=True, metadata={"description": "AM loisirs."})
    FAJ = fields.Nested(NatureBody, required=True, metadata={"description": "FAJ."})


class ReglementIn(Schema):
    """One version of the règlement."""

    code = fields.String(
        required=True,
        validate=validate.Length(1, 60),
        metadata={"description": "Code du règlement.", "example": "RDAS"},
    )
    version = fields.String(
        required=True,
        validate=validate.Length(1, 30),
        metadata={"description": "Version.", "example": "2023.1"},
    )
    is_example = fields.Boolean(
        load_default=False,
        metadata={"description": "Valeurs d’exemple, jamais votées.", "example": True},
    )
    effective_from = fields.Date(
        required=True,
        metadata={"description": "Premier jour d’application.", "example": "2023-01-01"},
    )
    natures = fields.Nested(
        Natures, required=True, metadata={"description": "Règles de chaque nature."}
    )


class ReglementOut(Schema):
    """One stored version."""

    reglement_id = fields.UUID(attribute="id", metadata={"description": "Identifiant."})
    code = fields.String(metadata={"description": "Code du règlement."})
    version = fields.String(metadata={"description": "Version."})
    is_example = fields.Boolean(metadata={"description": "Valeurs d’exemple."})
    effective_from = fields.Date(metadata={"description": "Premier jour d’application."})
    natures: Any = fields.Dict(
        attribute="body", metadata={"description": "Règles de chaque nature."}
    )


class ReglementsOut(Schema):
    """Every version, oldest first."""

    reglements = fields.List(
        fields.Nested(ReglementOut), metadata={"description": "Versions, par date d’effet."}
    )
