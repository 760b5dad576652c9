"""Visites and the queue over HTTP."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Schema
from services.accueil.domain.visite import Origin, Outcome, VisiteChannel, VisiteStatus


class VisiteIn(Schema):
    """Someone comes, calls or writes."""

    site = fields.code("Site qui reçoit.", "MONTAUBAN-CENTRE", required=True)
    channel = fields.choice(VisiteChannel, "Comment.", required=True)
    origin = fields.choice(Origin, "Qui fait la démarche.", load_default=Origin.PERSONNE)
    personne_id = fields.uuid("Personne, si elle est connue.", load_default=None)
    declared_name = fields.text(
        "Prénom donné par qui ne veut pas dire plus.", "Camille", most=60, load_default=None
    )
    language = fields.language("Langue parlée (ISO 639).", load_default=None)
    interpreter_needed = fields.flag("Interprète.", load_default=False)


class VisiteOut(Schema):
    """A visite."""

    visite_id = fields.uuid("Identifiant.")
    mds = fields.code("MDS.", "MDS-MONTAUBAN")
    site = fields.code("Site.", "MONTAUBAN-CENTRE")
    channel = fields.choice(VisiteChannel, "Comment.")
    origin = fields.choice(Origin, "Qui fait la démarche.")
    status = fields.choice(VisiteStatus, "Où en est la visite.")
    personne_id = fields.uuid("Personne ; null si anonyme.", allow_none=True)
    declared_name = fields.text("Prénom donné.", "Camille", allow_none=True)
    language = fields.text("Langue.", "fr", allow_none=True)
    interpreter_needed = fields.flag("Interprète.")
    arrived_at = fields.instant("Arrivée.")
    waiting_at = fields.instant("Mise en attente.", allow_none=True)
    interview_at = fields.instant("Début d’entretien.", allow_none=True)
    ended_at = fields.instant("Fin.", allow_none=True)
    agent_id = fields.uuid("Agent qui reçoit.", allow_none=True)
    outcome = fields.choice(Outcome, "Issue.", allow_none=True)
    version = fields.version()


class QueueLine(VisiteOut):
    """A visite in the queue, with the name to call."""

    display_name = fields.text(
        "Nom à appeler ; null si anonyme ou masqué.", "Camille Exemple", allow_none=True
    )


class QueueOut(Schema):
    """Those who are there, first come first; rows, so nothing is lost by a restart."""

    site = fields.code("Site.", "MONTAUBAN-CENTRE")
    visites = fields.many(QueueLine, "File, par ordre d’arrivée.")


class CloseIn(Schema):
    """How it ends."""

    outcome = fields.choice(Outcome, "Issue ; LEFT est réservé à « leave ».", required=True)


class AttachIn(Schema):
    """Who it was."""

    personne_id = fields.uuid("Personne.", required=True)
