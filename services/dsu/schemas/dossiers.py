"""Dossiers, référents and associations over HTTP."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Schema
from services.dsu.domain.dossier import ClosureReason, DossierStatus

#: The largest household one dossier is opened for (*exemple*).
MAX_MEMBERS = 20
MAX_IMPORT = 200
_REFERENCE = fields.Form(r"^[\x21-\x7e]{1,80}$", error="1 à 80 caractères visibles.")


class DossierIn(Schema):
    """Open a dossier, from an orientation or directly."""

    personne_ids = fields.uuids("Personnes accompagnées.", least=1, most=MAX_MEMBERS, required=True)
    mds = fields.code("Code de la MDS.", "MDS-MONTAUBAN", required=True)
    site = fields.code("Code du site.", "MONTAUBAN-CENTRE", required=True)
    referent_agent_id = fields.uuid(
        "Référent social : ASS ou CESF en activité dans l’annuaire.", required=True
    )
    orientation_id = fields.uuid("Orientation à laquelle ce dossier répond.", load_default=None)
    opened_on = fields.day("Jour d’ouverture ; aujourd’hui par défaut.", load_default=None)


class ImportRow(Schema):
    """One dossier of the stock taken over."""

    reference = fields.form(
        _REFERENCE,
        "Référence du dossier dans l’ancien logiciel, sans donnée personnelle.",
        "IODAS-0012345",
        required=True,
    )
    personne_ids = fields.uuids("Personnes accompagnées.", least=1, most=MAX_MEMBERS, required=True)
    mds = fields.code("Code de la MDS.", "MDS-MONTAUBAN", required=True)
    site = fields.code("Code du site.", "MONTAUBAN-CENTRE", required=True)
    referent_agent_id = fields.uuid("Référent social : ASS ou CESF en activité.", required=True)
    opened_on = fields.day("Jour d’ouverture.", required=True)


class ImportIn(Schema):
    """At most 200 rows; each has its own outcome."""

    dossiers = fields.many(
        ImportRow, "Lignes à reprendre, 200 au plus.", least=1, most=MAX_IMPORT, required=True
    )


class ImportOutcomeOut(Schema):
    """What became of one row."""

    reference = fields.text("Référence de la ligne.", "IODAS-0012345")
    outcome = fields.code("CREATED, EXISTING (déjà repris) ou REFUSED.", "CREATED")
    dossier_id = fields.uuid("Dossier créé ou déjà repris.")
    code = fields.text("Code du refus.", "personne-inconnue")
    detail = fields.text("Ce qui ne va pas et dans quel champ.", "Date attendue (AAAA-MM-JJ).")


class ImportOut(Schema):
    """The outcomes, in the order of the rows."""

    outcomes = fields.many(ImportOutcomeOut, "Une issue par ligne.")


class ReferentIn(Schema):
    """Name the next référent, from today."""

    agent_id = fields.uuid("Nouveau référent : ASS ou CESF en activité.", required=True)


class AssociationIn(Schema):
    """Associate a professional for a mission and a period."""

    agent_id = fields.uuid("Professionnel associé.", required=True)
    mission = fields.code(
        "Mission (code de la matrice d’accès en vigueur).", "BUDGET", required=True
    )
    starts_on = fields.day("Premier jour ; aujourd’hui par défaut.", load_default=None)
    ends_on = fields.day("Dernier jour inclus, s’il est prévu.", load_default=None)


class CloseIn(Schema):
    """Close a dossier today."""

    reason = fields.choice(
        ClosureReason, "Motif de clôture (liste *exemple*).", "DEMENAGEMENT", required=True
    )


class ReopenIn(Schema):
    """Reopen a closed dossier today."""

    referent_agent_id = fields.uuid(
        "Référent à la réouverture ; le dernier par défaut.", load_default=None
    )


class ReferentOut(Schema):
    """One period of one référent."""

    agent_id = fields.uuid("Référent.")
    starts_on = fields.day("Premier jour.")
    ends_on = fields.day("Jour à partir duquel il ne l’est plus.", allow_none=True)


class AssociationOut(Schema):
    """One association."""

    association_id = fields.uuid("Association.")
    agent_id = fields.uuid("Professionnel associé.")
    mission = fields.code("Mission.", "BUDGET")
    starts_on = fields.day("Premier jour.")
    ends_on = fields.day("Dernier jour prévu, inclus.", allow_none=True)
    ended_on = fields.day("Jour à partir duquel elle a pris fin.", allow_none=True)


class MemberOut(Schema):
    """One personne of a dossier."""

    personne_id = fields.uuid("Personne.")
    deceased_on = fields.day("Jour du décès, s’il est connu.", allow_none=True)


class DossierSummaryOut(Schema):
    """A dossier in a list."""

    dossier_id = fields.uuid("Dossier.")
    reference = fields.text(
        "Référence d’origine, si le dossier a été repris.", "IODAS-0012345", allow_none=True
    )
    status = fields.choice(DossierStatus, "État.", "ACTIVE")
    mds = fields.code("Code de la MDS.", "MDS-MONTAUBAN")
    site = fields.code("Code du site.", "MONTAUBAN-CENTRE")
    opened_on = fields.day("Jour d’ouverture.")
    closed_on = fields.day("Jour de clôture.", allow_none=True)
    last_contact_on = fields.day("Dernier rendez-vous honoré.", allow_none=True)
    referent_agent_id = fields.uuid("Référent, ou le dernier d’un dossier clos.")
    personnes = fields.many(MemberOut, "Personnes accompagnées.", attribute="members")
    version = fields.version()


class DossierOut(DossierSummaryOut):
    """A whole dossier, without its interventions."""

    orientation_id = fields.uuid("Orientation d’origine.", allow_none=True)
    closure_reason = fields.choice(
        ClosureReason, "Motif de clôture.", "DEMENAGEMENT", allow_none=True
    )
    referents = fields.many(ReferentOut, "Référents, du premier au dernier.")
    associations = fields.many(AssociationOut, "Professionnels associés.")


class DossiersQuery(Schema):
    """Which dossiers to list."""

    referent = fields.one_of(
        ["me"], "« me » : ceux dont l’appelant est le référent.", "me", required=True
    )
    status = fields.choice(
        DossierStatus, "État ; ouverts par défaut.", "ACTIVE", load_default=DossierStatus.ACTIVE
    )
