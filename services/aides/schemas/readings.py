"""The journal of sights of protected personnes' demandes over HTTP."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Schema
from services.aides.domain.lecture import What


class ReadingOut(Schema):
    """One sight of one demande."""

    number = fields.integer("Numéro d’ordre.", 1)
    at = fields.instant("Instant.", "2023-03-06T09:00:00+00:00")
    agent_id = fields.uuid("Agent, s’il en est un.", allow_none=True)
    subject = fields.text("Sujet du jeton présenté.", fields.EXAMPLE_ID)
    roles = fields.text("Rôles du jeton.", "responsable")
    what = fields.choice(What, "Acte pour lequel la demande a été vue.", "DECIDE")
