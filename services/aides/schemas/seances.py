"""Sessions of the commissions over HTTP."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Schema
from services.aides.domain.nature import Instance
from services.aides.schemas.demandes import reference


class SeanceIn(Schema):
    """A session held."""

    instance = fields.choice(Instance, "Instance.", "CENTRALISEE", required=True)
    session_on = fields.day("Jour de la séance.", "2023-03-14", required=True)
    reference = reference("Référence du procès-verbal.", "2023-05")
    agent_ids = fields.uuids("Agents de l’annuaire qui ont siégé.", most=50, load_default=list)
    bodies = fields.codes(
        "Autres organismes représentés (FAJ : mission locale, CCAS…).",
        ["MISSION-LOCALE"],
        most=30,
        load_default=list,
    )
    demande_ids = fields.uuids("Ordre du jour : demandes examinées.", most=200, load_default=list)


class AgendaIn(Schema):
    """Files to add to an agenda."""

    demande_ids = fields.uuids(
        "Demandes examinées, à ajouter à l’ordre du jour.", least=1, most=200, required=True
    )


class SeanceOut(Schema):
    """A session on record."""

    seance_id = fields.uuid("Identifiant.", attribute="id")
    instance = fields.choice(Instance, "Instance.")
    session_on = fields.day("Jour de la séance.")
    reference = fields.text("Référence du procès-verbal.", "PV-2023-04")
    agent_ids = fields.uuids("Agents qui ont siégé.")
    bodies = fields.codes("Autres organismes représentés.")


class SeanceWithAgendaOut(SeanceOut):
    """A session on record, with its agenda."""

    demande_ids = fields.uuids("Ordre du jour : demandes examinées.")
