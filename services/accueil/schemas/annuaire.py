"""MDS, sites, sectors and agents over HTTP."""

from __future__ import annotations

from typing import Any

import marshmallow

from chassis.web import fields
from chassis.web.schemas import Schema
from services.accueil.domain.annuaire import Profession, SecrecyBasis, SiteKind

_INSEE = fields.Form(r"^(\d{5}|2[AB]\d{3})$", error="Code INSEE de commune attendu (5 signes).")


def commune_code(**options: Any) -> marshmallow.fields.String:
    """A commune, by its INSEE code."""
    return fields.form(_INSEE, "Code INSEE de la commune.", "82121", **options)


class SitePath(Schema):
    """Which site."""

    site = fields.code("Code du site.", "MONTAUBAN-CENTRE", required=True)


class CommunePath(Schema):
    """Which commune."""

    commune = commune_code(required=True)


class MdsIn(Schema):
    """A new MDS."""

    code = fields.code("Code stable de la MDS.", "MDS-MONTAUBAN", required=True)
    label = fields.text("Nom affiché.", "MDS de Montauban", most=120, required=True)


class MdsOut(Schema):
    """An MDS."""

    code = fields.code("Code stable.", "MDS-MONTAUBAN")
    label = fields.text("Nom affiché.", "MDS de Montauban")


class MdsList(Schema):
    """Every MDS."""

    mds = fields.many(MdsOut, "Les MDS, par code.")


class SiteIn(Schema):
    """A new site."""

    code = fields.code("Code stable du site.", "MONTAUBAN-CENTRE", required=True)
    mds = fields.code("MDS de rattachement.", "MDS-MONTAUBAN", required=True)
    kind = fields.choice(SiteKind, "Nature du lieu.", required=True)
    label = fields.text("Nom affiché.", "Montauban centre", most=120, required=True)
    open = fields.flag("Reçoit du public.", attribute="is_open", load_default=True)


class SitePatch(Schema):
    """What may change of a site."""

    kind = fields.choice(SiteKind, "Nature du lieu.")
    label = fields.text("Nom affiché.", "Montauban centre", most=120)
    open = fields.flag("Reçoit du public.")


class SiteOut(Schema):
    """A site."""

    site_id = fields.uuid("Identifiant dérivé du code, pour les événements.")
    code = fields.code("Code stable.", "MONTAUBAN-CENTRE")
    mds = fields.code("MDS de rattachement.", "MDS-MONTAUBAN")
    kind = fields.choice(SiteKind, "Nature du lieu.")
    label = fields.text("Nom affiché.", "Montauban centre")
    open = fields.flag("Reçoit du public.")
    version = fields.version()


class SiteForServices(Schema):
    """What another service knows of a site."""

    site = fields.code("Code stable.", "MONTAUBAN-CENTRE", attribute="code")
    mds = fields.code("MDS de rattachement.", "MDS-MONTAUBAN")
    open = fields.flag("Reçoit du public.")


class SiteQuery(Schema):
    """Which sites."""

    mds = fields.code("Une seule MDS.", "MDS-MONTAUBAN", load_default=None)


class SiteList(Schema):
    """Sites."""

    sites = fields.many(SiteOut, "Les sites, par code.")


class SectorIn(Schema):
    """A commune, or one street of it, and its site."""

    commune = commune_code(required=True)
    street = fields.text(
        "Voie, quand la commune est partagée ; sans elle, toute la commune.",
        "rue de la République",
        most=200,
        load_default=None,
    )
    site = fields.code("Site compétent.", "MONTAUBAN-CENTRE", required=True)


class SectorsIn(Schema):
    """The sectors of the communes listed, from a day on; communes not listed keep theirs."""

    effective_on = fields.day("Premier jour.", "2023-01-01", required=True)
    sectors = fields.many(
        SectorIn,
        "Secteurs ; ils remplacent tous ceux des communes citées.",
        least=1,
        most=1000,
        required=True,
    )


class SectorOverlap(Schema):
    """A place that several sites cover."""

    commune = commune_code()
    street = fields.text("Voie normalisée, ou vide.", "", least=0)
    sites = fields.codes("Les sites concurrents.")


class SectorsReport(Schema):
    """What a load of sectors did, and what to look at."""

    started = fields.integer("Secteurs ouverts.", 12)
    ended = fields.integer("Secteurs clos la veille.", 3)
    unchanged = fields.integer("Secteurs déjà en place.", 180)
    overlaps = fields.many(
        SectorOverlap, "Lieux couverts par plusieurs sites : l’agent devra choisir."
    )


class CommuneQuery(Schema):
    """On which day, for which street."""

    on = fields.day("Jour ; aujourd’hui par défaut.", load_default=None)


class CommuneOut(Schema):
    """The sites of a commune on a day: none, one or several."""

    commune = commune_code()
    sites = fields.codes("Sites de la commune entière.")
    streets = fields.many(SectorOverlap, "Voies qui relèvent d’un autre site.")


class _AgentBase(Schema):
    plateforme = fields.flag("Plate-forme de premier accueil.")
    volant = fields.flag("Service volant.")
    full_time_percent = fields.integer("Quotité en %.", 80, least=1, most=100)
    secrecy_basis = fields.choice(
        SecrecyBasis, "Fondement du secret ; déduit pour les ASS et les infirmiers."
    )
    mds = fields.code("MDS ; celle du site, vérifiée si elle est donnée.", "MDS-MONTAUBAN")
    secondary_sites = fields.codes(
        "Autres lieux d’exercice ; la liste remplace la précédente.", ["MONTAUBAN-NORD"], most=20
    )


class AgentIn(_AgentBase):
    """A new agent and their first assignment."""

    agent_id = fields.uuid("Identifiant, si l’annuaire central le fixe.")
    family_name = fields.text("Nom.", "Exemple", most=100, required=True)
    first_names = fields.text("Prénom.", "Claude", most=100, required=True)
    profession = fields.choice(Profession, "Profession.", required=True)
    site = fields.code("Site principal.", "MONTAUBAN-CENTRE", required=True)
    effective_on = fields.day("Premier jour.", "2023-01-02", required=True)


class AgentPatch(_AgentBase):
    """A dated change: what is not given stays as it is."""

    effective_on = fields.day("Premier jour.", "2023-09-01", required=True)
    profession = fields.choice(Profession, "Profession.")
    site = fields.code("Site principal.", "MONTAUBAN-CENTRE")
    active = fields.flag("false : l’agent part à cette date.")
    family_name = fields.text("Nom.", "Exemple", most=100)
    first_names = fields.text("Prénom.", "Claude", most=100)


class AffectationOut(Schema):
    """One dated assignment."""

    profession = fields.choice(Profession, "Profession.")
    secrecy_basis = fields.choice(SecrecyBasis, "Fondement du secret.")
    mds = fields.code("MDS.", "MDS-MONTAUBAN")
    site = fields.code("Site.", "MONTAUBAN-CENTRE")
    plateforme = fields.flag("Plate-forme de premier accueil.")
    volant = fields.flag("Service volant.")
    full_time_percent = fields.integer("Quotité en %.", 80)
    starts_on = fields.day("Premier jour.")
    ends_on = fields.day("Dernier jour inclus, ou null.", allow_none=True)
    is_primary = fields.flag("Affectation principale.")


class AgentOut(Schema):
    """An agent and the whole history of their assignments."""

    agent_id = fields.uuid("Identifiant.")
    family_name = fields.text("Nom.", "Exemple")
    first_names = fields.text("Prénom.", "Claude")
    affectations = fields.many(AffectationOut, "Affectations.")
    version = fields.version()


class AgentQuery(Schema):
    """Which agents."""

    mds = fields.code("Une seule MDS.", "MDS-MONTAUBAN", load_default=None)
    profession = fields.choice(Profession, "Une seule profession.", load_default=None)
    on = fields.day("Jour ; aujourd’hui par défaut.", load_default=None)


class CurrentAssignment(Schema):
    """The current assignment of an agent, for the other services."""

    agent_id = fields.uuid("Identifiant.")
    active = fields.flag("En poste ce jour.")
    profession = fields.choice(Profession, "Profession.", allow_none=True)
    secrecy_basis = fields.choice(SecrecyBasis, "Fondement du secret.", allow_none=True)
    mds = fields.code("MDS.", "MDS-MONTAUBAN", allow_none=True)
    site = fields.code("Site.", "MONTAUBAN-CENTRE", allow_none=True)
    plateforme = fields.flag("Plate-forme de premier accueil.")
    volant = fields.flag("Service volant.")
    full_time_percent = fields.integer("Quotité en %.", 100)
    secondary_sites = fields.codes("Autres lieux d’exercice.")
