"""Dossiers, référents and associations over HTTP."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.web.schemas import Schema
from services.dsu.domain.dossier import ClosureReason, DossierStatus
from services.dsu.schemas import fields as f

#: The largest household one dossier is opened for (*exemple*).
MAX_MEMBERS = 20
MAX_IMPORT = 200


class DossierIn(Schema):
    """Open a dossier, from an orientation or directly."""

    personne_ids = f.personne_ids("Personnes accompagnées.", most=MAX_MEMBERS)
    mds = f.mds(required=True, validate=f.CODE)
    site = f.site(required=True, validate=f.CODE)
    referent_agent_id = f.uuid(
        "Référent social : ASS ou CESF en activité dans l’annuaire.", required=True
    )
    orientation_id = f.uuid("Orientation à laquelle ce dossier répond.", load_default=None)
    opened_on = f.day("Jour d’ouverture ; aujourd’hui par défaut.", load_default=None)


class ImportRow(Schema):
    """One dossier of the stock taken over."""

    reference = fields.String(
        required=True,
        validate=validate.Regexp(r"^[\x21-\x7e]{1,80}$", error="1 à 80 caractères visibles."),
        metadata={
            "description": "Référence du dossier dans l’ancien logiciel, sans donnée personnelle.",
            "example": "IODAS-0012345",
        },
    )
    personne_ids = f.personne_ids("Personnes accompagnées.", most=MAX_MEMBERS)
    mds = f.mds(required=True, validate=f.CODE)
    site = f.site(required=True, validate=f.CODE)
    referent_agent_id = f.uuid("Référent social : ASS ou CESF en activité.", required=True)
    opened_on = f.day("Jour d’ouverture.", required=True)


class ImportIn(Schema):
    """At most 200 rows; each has its own outcome."""

    dossiers = fields.List(
        fields.Nested(ImportRow),
        required=True,
        validate=validate.Length(min=1, max=MAX_IMPORT),
        metadata={"description": "Lignes à reprendre, 200 au plus."},
    )


class ImportOutcomeOut(Schema):
    """What became of one row."""

    reference = f.code("Référence de la ligne.", "IODAS-0012345")
    outcome = f.code("CREATED, EXISTING (déjà repris) ou REFUSED.", "CREATED")
    dossier_id = f.uuid("Dossier créé ou déjà repris.")
    code = f.code("Code du refus.", "personne-inconnue")
    detail = fields.String(metadata={"description": "Ce qui ne va pas et dans quel champ."})


class ImportOut(Schema):
    """The outcomes, in the order of the rows."""

    outcomes = fields.List(
        fields.Nested(ImportOutcomeOut), metadata={"description": "Une issue par ligne."}
    )


class ReferentIn(Schema):
    """Name the next référent, from today."""

    agent_id = f.uuid("Nouveau référent : ASS ou CESF en activité.", required=True)


class AssociationIn(Schema):
    """Associate a professional for a mission and a period."""

    agent_id = f.uuid("Professionnel associé.", required=True)
    mission = f.code(
        "Mission (code de la matrice d’accès en vigueur).",
        "BUDGET",
        required=True,
        validate=f.CODE,
    )
    starts_on = f.day("Premier jour ; aujourd’hui par défaut.", load_default=None)
    ends_on = f.day("Dernier jour inclus, s’il est prévu.", load_default=None)


class CloseIn(Schema):
    """Close a dossier today."""

    reason = fields.Enum(
        ClosureReason,
        by_value=True,
        required=True,
        metadata={"description": "Motif de clôture (liste *exemple*).", "example": "DEMENAGEMENT"},
    )


class ReopenIn(Schema):
    """Reopen a closed dossier today."""

    referent_agent_id = f.uuid(
        "Référent à la réouverture ; le dernier par défaut.", load_default=None
    )


class ReferentOut(Schema):
    """One period of one référent."""

    agent_id = f.uuid("Référent.")
    starts_on = f.day("Premier jour.")
    ends_on = f.day("Jour à partir duquel il ne l’est plus.", allow_none=True)


class AssociationOut(Schema):
    """One association."""

    association_id = f.uuid("Association.")
    agent_id = f.uuid("Professionnel associé.")
    mission = f.code("Mission.", "BUDGET")
    starts_on = f.day("Premier jour.")
    ends_on = f.day("Dernier jour prévu, inclus.", allow_none=True)
    ended_on = f.day("Jour à partir duquel elle a pris fin.", allow_none=True)


class MemberOut(Schema):
    """One personne of a dossier."""

    personne_id = f.uuid("Personne.")
    deceased_on = f.day("Jour du décès, s’il est connu.", allow_none=True)


class DossierSummaryOut(Schema):
    """A dossier in a list."""

    dossier_id = f.uuid("Dossier.")
    reference = f.code("Référence d’origine, si le dossier a été repris.", "IODAS-0012345")
    status = fields.Enum(
        DossierStatus, by_value=True, metadata={"description": "État.", "example": "ACTIVE"}
    )
    mds = f.mds()
    site = f.site()
    opened_on = f.day("Jour d’ouverture.")
    closed_on = f.day("Jour de clôture.", allow_none=True)
    last_contact_on = f.day("Dernier rendez-vous honoré.", allow_none=True)
    referent_agent_id = f.uuid("Référent, ou le dernier d’un dossier clos.")
    personnes = fields.List(
        fields.Nested(MemberOut),
        attribute="members",
        metadata={"description": "Personnes accompagnées."},
    )
    version = fields.Integer(metadata={"description": "Version (ETag).", "example": 1})


class DossierOut(DossierSummaryOut):
    """A whole dossier, without its interventions."""

    orientation_id = f.uuid("Orientation d’origine.", allow_none=True)
    closure_reason = fields.Enum(
        ClosureReason,
        by_value=True,
        allow_none=True,
        metadata={"description": "Motif de clôture.", "example": "DEMENAGEMENT"},
    )
    referents = fields.List(
        fields.Nested(ReferentOut), metadata={"description": "Référents, du premier au dernier."}
    )
    associations = fields.List(
        fields.Nested(AssociationOut), metadata={"description": "Professionnels associés."}
    )


class DossiersQuery(Schema):
    """Which dossiers to list."""

    referent = fields.String(
        required=True,
        validate=validate.OneOf(["me"]),
        metadata={"description": "« me » : ceux dont l’appelant est le référent.", "example": "me"},
    )
    status = fields.Enum(
        DossierStatus,
        by_value=True,
        load_default=DossierStatus.ACTIVE,
        metadata={"description": "État ; ouverts par défaut.", "example": "ACTIVE"},
    )
