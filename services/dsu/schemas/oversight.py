"""The journal of reads, the activity figures and the internal reads over HTTP."""

from __future__ import annotations

from marshmallow import fields

from chassis.web.schemas import PeriodQuery, Schema
from services.dsu.schemas import fields as f


class ReadingOut(Schema):
    """One read of one dossier."""

    seq = fields.Integer(metadata={"description": "Rang dans la chaîne.", "example": 1})
    at = fields.DateTime(
        format="iso", metadata={"description": "Instant.", "example": "2023-01-09T09:00:00+00:00"}
    )
    agent_id = f.uuid("Agent, s’il en est un.", allow_none=True)
    subject = f.code("Sujet du jeton présenté.", f.EXAMPLE_ID)
    roles = f.code("Rôles du jeton.", "travailleur_social")
    quality = f.code("À quel titre : REFERENT, ASSOCIATED, RESPONSABLE…", "REFERENT")
    purpose = f.code("Motif de l’acte, s’il en fallait un.", "VALIDATION", allow_none=True)
    what = f.code("Ce qui a été lu ou fait.", "READ")
    matrix_version = f.code("Version de la matrice d’accès appliquée.", "2023-exemple-1")


class VerificationOut(Schema):
    """What the chain of a dossier's reads tells."""

    intact = fields.Boolean(metadata={"description": "Aucune altération.", "example": True})
    length = fields.Integer(metadata={"description": "Lectures présentes.", "example": 12})
    first_bad_seq = fields.Integer(
        allow_none=True, metadata={"description": "Premier rang altéré.", "example": 7}
    )
    fault = f.code("ALTERED, MISSING, UNEXPECTED ou HEAD.", "MISSING", allow_none=True)


class ActivityQuery(PeriodQuery):
    """A period, and the day at which the stock is counted."""

    on = f.day("Jour du stock ; dernier jour de la période par défaut.", load_default=None)


class ActivityRowOut(Schema):
    """One figure."""

    kind = f.code("STOCK, STOCK_BY_REFERENT, OPENED, CLOSED, REOPENED ou INTERVENTIONS.", "STOCK")
    mds = f.mds()
    agent_id = f.uuid("Référent (STOCK_BY_REFERENT).")
    champ = f.code("Champ d’intervention (INTERVENTIONS).", "LOGEMENT")
    nomenclature = f.code("Type (INTERVENTIONS).", "LOGEMENT.EXPULSIONS.NOTE_CCAPEX")
    count = fields.Integer(metadata={"description": "Nombre.", "example": 2376})


class ActivityOut(Schema):
    """The figures of a period."""

    from_ = fields.Date(
        data_key="from",
        attribute="first_day",
        metadata={"description": "Premier jour.", "example": "2023-01-01"},
    )
    to = fields.Date(
        attribute="last_day", metadata={"description": "Dernier jour.", "example": "2023-01-31"}
    )
    on = f.day("Jour du stock.")
    rows = fields.List(fields.Nested(ActivityRowOut), metadata={"description": "Chiffres."})


class ProfessionalOut(Schema):
    """A professional who follows a dossier now."""

    agent_id = f.uuid("Professionnel.")
    role = f.code("REFERENT ou ASSOCIATED.", "REFERENT")
    mission = f.code("Mission, pour un associé.", "BUDGET", allow_none=True)
    starts_on = f.day("Premier jour.")
    ends_on = f.day("Dernier jour prévu, inclus.", allow_none=True)


class ProfessionalsOut(Schema):
    """Who follows a dossier now: nobody when it is closed."""

    dossier_id = f.uuid("Dossier.")
    status = f.code("État.", "ACTIVE")
    mds = f.mds()
    site = f.site()
    personne_ids = fields.List(fields.UUID(), metadata={"description": "Personnes accompagnées."})
    protected = fields.Boolean(metadata={"description": "Dossier protégé.", "example": False})
    professionals = fields.List(
        fields.Nested(ProfessionalOut), metadata={"description": "Professionnels du dossier."}
    )


class OfPersonnesIn(Schema):
    """Of whom to find the open dossiers."""

    personne_ids = f.personne_ids("Personnes, 200 au plus.", most=200)


class OfPersonnesOut(Schema):
    """The open dossiers of these personnes; a personne without one is simply absent."""

    dossiers = fields.List(
        fields.Nested(ProfessionalsOut), metadata={"description": "Dossiers ouverts."}
    )
