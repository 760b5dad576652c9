"""MDS, sites, sectors and agents over HTTP."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.web.schemas import Schema
from services.accueil.domain.annuaire import Profession, SecrecyBasis, SiteKind
from services.accueil.schemas.common import about, choice, code_field, commune_field, text_field


class MdsIn(Schema):
    """A new MDS."""

    code = code_field("Code stable de la MDS.", "MDS-MONTAUBAN", required=True)
    label = text_field("Nom affiché.", "MDS de Montauban", longest=120, required=True)


class MdsOut(Schema):
    """An MDS."""

    code = fields.String(metadata=about("Code stable.", "MDS-MONTAUBAN"))
    label = fields.String(metadata=about("Nom affiché.", "MDS de Montauban"))


class MdsList(Schema):
    """Every MDS."""

    mds = fields.List(fields.Nested(MdsOut), metadata=about("Les MDS, par code."))


class SiteIn(Schema):
    """A new site."""

    code = code_field("Code stable du site.", "MONTAUBAN-CENTRE", required=True)
    mds = code_field("MDS de rattachement.", "MDS-MONTAUBAN", required=True)
    kind = choice(SiteKind, "Nature du lieu.", required=True)
    label = text_field("Nom affiché.", "Montauban centre", longest=120, required=True)
    open = fields.Boolean(
        attribute="is_open", load_default=True, metadata=about("Reçoit du public.")
    )


class SitePatch(Schema):
    """What may change of a site."""

    kind = choice(SiteKind, "Nature du lieu.")
    label = text_field("Nom affiché.", "Montauban centre", longest=120)
    open = fields.Boolean(metadata=about("Reçoit du public."))


class SiteOut(Schema):
    """A site."""

    site_id = fields.UUID(metadata=about("Identifiant dérivé du code, pour les événements."))
    code = fields.String(metadata=about("Code stable.", "MONTAUBAN-CENTRE"))
    mds = fields.String(metadata=about("MDS de rattachement.", "MDS-MONTAUBAN"))
    kind = choice(SiteKind, "Nature du lieu.")
    label = fields.String(metadata=about("Nom affiché.", "Montauban centre"))
    open = fields.Boolean(metadata=about("Reçoit du public."))
    version = fields.Integer(metadata=about("Version, reprise dans l’ETag.", 1))


class SiteQuery(Schema):
    """Which sites."""

    mds = code_field("Une seule MDS.", "MDS-MONTAUBAN", load_default=None)


class SiteList(Schema):
    """Sites."""

    sites = fields.List(fields.Nested(SiteOut), metadata=about("Les sites, par code."))


class SectorIn(Schema):
    """A commune, or one street of it, and its site."""

    commune = commune_field(required=True)
    street = text_field(
        "Voie, quand la commune est partagée ; sans elle, toute la commune.",
        "rue de la République",
        longest=200,
        load_default=None,
    )
    site = code_field("Site compétent.", "MONTAUBAN-CENTRE", required=True)


class SectorsIn(Schema):
    """The sectors of the communes listed, from a day on; communes not listed keep theirs."""

    effective_on = fields.Date(required=True, metadata=about("Premier jour.", "2023-01-01"))
    sectors = fields.List(
        fields.Nested(SectorIn),
        required=True,
        validate=validate.Length(1, 1000),
        metadata=about("Secteurs ; ils remplacent tous ceux des communes citées."),
    )


class SectorOverlap(Schema):
    """A place that several sites cover."""

    commune = fields.String(metadata=about("Code INSEE.", "82121"))
    street = fields.String(metadata=about("Voie normalisée, ou vide.", ""))
    sites = fields.List(fields.String(), metadata=about("Les sites concurrents."))


class SectorsReport(Schema):
    """What a load of sectors did, and what to look at."""

    started = fields.Integer(metadata=about("Secteurs ouverts.", 12))
    ended = fields.Integer(metadata=about("Secteurs clos la veille.", 3))
    unchanged = fields.Integer(metadata=about("Secteurs déjà en place.", 180))
    overlaps = fields.List(
        fields.Nested(SectorOverlap),
        metadata=about("Lieux couverts par plusieurs sites : l’agent devra choisir."),
    )


class CommuneQuery(Schema):
    """On which day, for which street."""

    on = fields.Date(load_default=None, metadata=about("Jour ; aujourd’hui par défaut."))


class CommuneOut(Schema):
    """The sites of a commune on a day: none, one or several."""

    commune = fields.String(metadata=about("Code INSEE.", "82121"))
    sites = fields.List(fields.String(), metadata=about("Sites de la commune entière."))
    streets = fields.List(
        fields.Nested(SectorOverlap), metadata=about("Voies qui relèvent d’un autre site.")
    )


class _AgentBase(Schema):
    plateforme = fields.Boolean(metadata=about("Plate-forme de premier accueil."))
    volant = fields.Boolean(metadata=about("Service volant."))
    full_time_percent = fields.Integer(
        strict=True, validate=validate.Range(1, 100), metadata=about("Quotité en %.", 80)
    )
    secrecy_basis = choice(
        SecrecyBasis, "Fondement du secret ; déduit pour les ASS et les infirmiers."
    )
    mds = code_field("MDS ; celle du site, vérifiée si elle est donnée.", "MDS-MONTAUBAN")
    secondary_sites = fields.List(
        code_field("Site.", "MONTAUBAN-NORD"),
        validate=validate.Length(max=20),
        metadata=about("Autres lieux d’exercice ; la liste remplace la précédente."),
    )


class AgentIn(_AgentBase):
    """A new agent and their first assignment."""

    agent_id = fields.UUID(metadata=about("Identifiant, si l’annuaire central le fixe."))
    family_name = text_field("Nom.", "Exemple", longest=100, required=True)
    first_names = text_field("Prénom.", "Claude", longest=100, required=True)
    profession = choice(Profession, "Profession.", required=True)
    site = code_field("Site principal.", "MONTAUBAN-CENTRE", required=True)
    effective_on = fields.Date(required=True, metadata=about("Premier jour.", "2023-01-02"))


class AgentPatch(_AgentBase):
    """A dated change: what is not given stays as it is."""

    effective_on = fields.Date(required=True, metadata=about("Premier jour.", "2023-09-01"))
    profession = choice(Profession, "Profession.")
    site = code_field("Site principal.", "MONTAUBAN-CENTRE")
    active = fields.Boolean(metadata=about("false : l’agent part à cette date."))
    family_name = text_field("Nom.", "Exemple", longest=100)
    first_names = text_field("Prénom.", "Claude", longest=100)


class AffectationOut(Schema):
    """One dated assignment."""

    profession = choice(Profession, "Profession.")
    secrecy_basis = choice(SecrecyBasis, "Fondement du secret.")
    mds = fields.String(metadata=about("MDS.", "MDS-MONTAUBAN"))
    site = fields.String(metadata=about("Site.", "MONTAUBAN-CENTRE"))
    plateforme = fields.Boolean(metadata=about("Plate-forme de premier accueil."))
    volant = fields.Boolean(metadata=about("Service volant."))
    full_time_percent = fields.Integer(metadata=about("Quotité en %.", 80))
    starts_on = fields.Date(metadata=about("Premier jour."))
    ends_on = fields.Date(allow_none=True, metadata=about("Dernier jour inclus, ou null."))
    is_primary = fields.Boolean(metadata=about("Affectation principale."))


class AgentOut(Schema):
    """An agent and the whole history of their assignments."""

    agent_id = fields.UUID(metadata=about("Identifiant."))
    family_name = fields.String(metadata=about("Nom.", "Exemple"))
    first_names = fields.String(metadata=about("Prénom.", "Claude"))
    affectations = fields.List(fields.Nested(AffectationOut), metadata=about("Affectations."))
    version = fields.Integer(metadata=about("Version, reprise dans l’ETag.", 1))


class AgentQuery(Schema):
    """Which agents."""

    mds = code_field("Une seule MDS.", "MDS-MONTAUBAN", load_default=None)
    profession = choice(Profession, "Une seule profession.", load_default=None)
    on = fields.Date(load_default=None, metadata=about("Jour ; aujourd’hui par défaut."))


class CurrentAssignment(Schema):
    """The current assignment of an agent, for the other services."""

    agent_id = fields.UUID(metadata=about("Identifiant."))
    active = fields.Boolean(metadata=about("En poste ce jour."))
    profession = choice(Profession, "Profession.", allow_none=True)
    secrecy_basis = choice(SecrecyBasis, "Fondement du secret.", allow_none=True)
    mds = fields.String(allow_none=True, metadata=about("MDS."))
    site = fields.String(allow_none=True, metadata=about("Site."))
    plateforme = fields.Boolean(metadata=about("Plate-forme de premier accueil."))
    volant = fields.Boolean(metadata=about("Service volant."))
    full_time_percent = fields.Integer(metadata=about("Quotité en %."))
    secondary_sites = fields.List(fields.String(), metadata=about("Autres lieux d’exercice."))
