"""Visites, the queue and orientations over HTTP."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.web.schemas import Schema
from services.accueil.domain.orientation import Target
from services.accueil.domain.visite import Origin, Outcome, VisiteChannel, VisiteStatus
from services.accueil.schemas.common import about, choice, code_field, language_field, text_field


class VisiteIn(Schema):
    """Someone comes, calls or writes."""

    site = code_field("Site qui reçoit.", "MONTAUBAN-CENTRE", required=True)
    channel = choice(VisiteChannel, "Comment.", required=True)
    origin = choice(Origin, "Qui fait la démarche.", load_default=Origin.PERSONNE)
    personne_id = fields.UUID(load_default=None, metadata=about("Personne, si elle est connue."))
    declared_name = text_field(
        "Prénom donné par qui ne veut pas dire plus.", "Camille", longest=60, load_default=None
    )
    language = language_field(load_default=None)
    interpreter_needed = fields.Boolean(load_default=False, metadata=about("Interprète."))


class VisiteOut(Schema):
    """A visite."""

    visite_id = fields.UUID(metadata=about("Identifiant."))
    mds = fields.String(metadata=about("MDS.", "MDS-MONTAUBAN"))
    site = fields.String(metadata=about("Site.", "MONTAUBAN-CENTRE"))
    channel = choice(VisiteChannel, "Comment.")
    origin = choice(Origin, "Qui fait la démarche.")
    status = choice(VisiteStatus, "Où en est la visite.")
    personne_id = fields.UUID(allow_none=True, metadata=about("Personne ; null si anonyme."))
    declared_name = fields.String(allow_none=True, metadata=about("Prénom donné."))
    language = fields.String(allow_none=True, metadata=about("Langue."))
    interpreter_needed = fields.Boolean(metadata=about("Interprète."))
    arrived_at = fields.AwareDateTime(metadata=about("Arrivée."))
    waiting_at = fields.AwareDateTime(allow_none=True, metadata=about("Mise en attente."))
    interview_at = fields.AwareDateTime(allow_none=True, metadata=about("Début d’entretien."))
    ended_at = fields.AwareDateTime(allow_none=True, metadata=about("Fin."))
    agent_id = fields.UUID(allow_none=True, metadata=about("Agent qui reçoit."))
    outcome = choice(Outcome, "Issue.", allow_none=True)
    version = fields.Integer(metadata=about("Version, reprise dans l’ETag.", 1))


class QueueLine(VisiteOut):
    """A visite in the queue, with the name to call."""

    display_name = fields.String(
        allow_none=True, metadata=about("Nom à appeler ; null si anonyme ou masqué.")
    )


class QueueOut(Schema):
    """Those who are there, first come first; rows, so nothing is lost by a restart."""

    site = fields.String(metadata=about("Site.", "MONTAUBAN-CENTRE"))
    visites = fields.List(fields.Nested(QueueLine), metadata=about("File, par ordre d’arrivée."))


class CloseIn(Schema):
    """How it ends."""

    outcome = choice(Outcome, "Issue ; LEFT est réservé à « leave ».", required=True)


class AttachIn(Schema):
    """Who it was."""

    personne_id = fields.UUID(required=True, metadata=about("Personne."))


class OrientationIn(Schema):
    """To whom, why, by when."""

    visite_id = fields.UUID(load_default=None, metadata=about("Visite d’où elle vient."))
    personne_id = fields.UUID(
        load_default=None, metadata=about("Personne ; celle de la visite par défaut.")
    )
    site = code_field("Site qui demande ; celui de la visite par défaut.", "MONTAUBAN-CENTRE")
    target = choice(Target, "Ce qui est demandé.", required=True)
    target_agent_id = fields.UUID(load_default=None, metadata=about("Agent sollicité."))
    target_code = code_field(
        "Pôle ou partenaire ; obligatoire pour POLE et PARTENAIRE.", "LOGEMENT", load_default=None
    )
    reason = text_field("Motif, gardé chiffré.", "Dette d’énergie", longest=500, load_default=None)
    due_on = fields.Date(
        required=True, metadata=about("Dernier jour pour répondre (Paris).", "2023-01-23")
    )


class OrientationOut(Schema):
    """An orientation."""

    orientation_id = fields.UUID(metadata=about("Identifiant."))
    visite_id = fields.UUID(allow_none=True, metadata=about("Visite."))
    personne_id = fields.UUID(allow_none=True, metadata=about("Personne ; null si anonyme."))
    mds = fields.String(metadata=about("MDS.", "MDS-MONTAUBAN"))
    site = fields.String(metadata=about("Site.", "MONTAUBAN-CENTRE"))
    target = choice(Target, "Ce qui est demandé.")
    target_agent_id = fields.UUID(allow_none=True, metadata=about("Agent sollicité."))
    target_code = fields.String(allow_none=True, metadata=about("Pôle ou partenaire."))
    reason = fields.String(allow_none=True, metadata=about("Motif."))
    due_on = fields.Date(metadata=about("Dernier jour pour répondre (Paris)."))
    status = fields.String(metadata=about("OPEN, ANSWERED ou OVERDUE.", "OPEN"))
    requested_at = fields.AwareDateTime(metadata=about("Demande."))
    requested_by = fields.UUID(allow_none=True, metadata=about("Agent qui demande."))
    answered_at = fields.AwareDateTime(allow_none=True, metadata=about("Réponse."))
    answered_by = fields.String(allow_none=True, metadata=about("Service ou agent qui répond."))
    overdue_at = fields.AwareDateTime(allow_none=True, metadata=about("Constat du retard."))
    version = fields.Integer(metadata=about("Version, reprise dans l’ETag.", 1))


class OrientationQuery(Schema):
    """Which orientations."""

    site = code_field("Un seul site.", "MONTAUBAN-CENTRE", load_default=None)
    mds = code_field("Une seule MDS.", "MDS-MONTAUBAN", load_default=None)
    target_agent_id = fields.UUID(load_default=None, metadata=about("Un seul agent sollicité."))
    status = fields.String(
        load_default=None,
        validate=validate.OneOf(["OPEN", "ANSWERED", "OVERDUE"]),
        metadata=about("Un seul état.", "OPEN"),
    )
