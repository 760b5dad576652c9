"""The journal of reads and the internal reads over HTTP."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Schema


class ReadingOut(Schema):
    """One read of one dossier."""

    seq = fields.integer("Rang dans la chaîne.", 1)
    at = fields.instant("Instant.", "2023-01-09T09:00:00+00:00")
    agent_id = fields.uuid("Agent, s’il en est un.", allow_none=True)
    subject = fields.text("Sujet du jeton présenté.", fields.EXAMPLE_ID)
    roles = fields.text("Rôles du jeton.", "travailleur_social")
    quality = fields.code("À quel titre : REFERENT, ASSOCIATED, RESPONSABLE…", "REFERENT")
    purpose = fields.code("Motif de l’acte, s’il en fallait un.", "VALIDATION", allow_none=True)
    what = fields.code("Ce qui a été lu ou fait.", "READ")
    matrix_version = fields.text("Version de la matrice d’accès appliquée.", "2023-exemple-1")


class VerificationOut(Schema):
    """What the chain of a dossier's reads tells."""

    intact = fields.flag("Aucune altération.", example=True)
    length = fields.integer("Lectures présentes.", 12)
    first_bad_seq = fields.integer("Premier rang altéré.", 7, allow_none=True)
    fault = fields.code("ALTERED, MISSING, UNEXPECTED ou HEAD.", "MISSING", allow_none=True)


class ProfessionalOut(Schema):
    """A professional who follows a dossier now."""

    agent_id = fields.uuid("Professionnel.")
    role = fields.code("REFERENT ou ASSOCIATED.", "REFERENT")
    mission = fields.code("Mission, pour un associé.", "BUDGET", allow_none=True)
    starts_on = fields.day("Premier jour.")
    ends_on = fields.day("Dernier jour prévu, inclus.", allow_none=True)


class ProfessionalsOut(Schema):
    """Who follows a dossier now: nobody when it is closed."""

    dossier_id = fields.uuid("Dossier.")
    status = fields.code("État.", "ACTIVE")
    mds = fields.code("Code de la MDS.", "MDS-MONTAUBAN")
    site = fields.code("Code du site.", "MONTAUBAN-CENTRE")
    personne_ids = fields.uuids("Personnes accompagnées.")
    protected = fields.flag("Dossier protégé.")
    professionals = fields.many(ProfessionalOut, "Professionnels du dossier.")


class OfPersonnesIn(Schema):
    """Of whom to find the open dossiers."""

    personne_ids = fields.uuids("Personnes, 200 au plus.", least=1, most=200, required=True)


class OfPersonnesOut(Schema):
    """The open dossiers of these personnes; a personne without one is simply absent."""

    dossiers = fields.many(ProfessionalsOut, "Dossiers ouverts.")
