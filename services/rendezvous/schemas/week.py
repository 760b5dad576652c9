"""The week of a whole MDS."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Schema
from services.rendezvous.schemas.fermetures import FermetureOut
from services.rendezvous.schemas.planning import AbsenceOut, OpeningOut
from services.rendezvous.schemas.rendezvous import RendezvousLine


class WeekPath(Schema):
    """Which MDS."""

    mds = fields.code("Code de la MDS.", "MDS-MONTAUBAN", required=True)


class WeekQuery(Schema):
    """Which seven days."""

    from_ = fields.day(
        "Premier des sept jours (Paris), lundi ou non.",
        "2023-01-09",
        data_key="from",
        attribute="first_day",
        required=True,
    )
    site = fields.code("Un seul site de la MDS.", "MONTAUBAN-CENTRE", load_default=None)


class ColumnOut(Schema):
    """One agent's week."""

    agent_id = fields.uuid("Agent.")
    profession = fields.code("Profession.", "ASS")
    site = fields.code("Site de son poste.", "MONTAUBAN-CENTRE")
    volant = fields.flag("Agent du service volant.")
    rendezvous = fields.many(
        RendezvousLine, "Rendez-vous ; un rendez-vous à plusieurs figure chez chacun."
    )
    openings = fields.many(OpeningOut, "Plages.")
    absences = fields.many(AbsenceOut, "Absences, temps de travail bloqué et temps importés.")
    fermetures = fields.many(
        FermetureOut, "Fermetures du site de son poste, ou d’où il est ouvert."
    )


class SiteWeekOut(Schema):
    """When a site is closed."""

    site = fields.code("Site ouvert de la MDS.", "MONTAUBAN-CENTRE")
    fermetures = fields.many(
        FermetureOut,
        "Fermetures et jours fériés qui le ferment : les siens, ceux de la MDS, ceux de tous.",
    )


class WeekOut(Schema):
    """Everybody's week."""

    mds = fields.code("MDS.", "MDS-MONTAUBAN")
    from_ = fields.day("Premier jour.", "2023-01-09", data_key="from", attribute="first_day")
    to = fields.day("Dernier jour.", "2023-01-15", attribute="last_day")
    sites = fields.many(SiteWeekOut, "Sites de la MDS, par code.")
    agents = fields.many(
        ColumnOut, "Agents de la MDS et agents d’ailleurs qui y reçoivent, par identifiant."
    )
