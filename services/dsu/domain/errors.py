"""What dsu refuses, and how it says so."""

from __future__ import annotations

from chassis.errors import Conflict, Forbidden, Invalid, NotFound


class DossierNotFound(NotFound):
    """No such dossier, or the caller may not know that it exists."""

    code = "dossier-introuvable"
    title = "Dossier introuvable"


class AssociationNotFound(NotFound):
    """No such association on this dossier."""

    code = "association-introuvable"
    title = "Association introuvable"


class ActNotAllowed(Forbidden):
    """The caller follows the dossier, but not to do this."""

    code = "acte-non-permis"
    title = "Votre place dans ce dossier ne permet pas cet acte"


class PersonneProtected(Forbidden):
    """The personne's file is protected: opening goes through the responsable."""

    code = "personne-protegee"
    title = "Contactez le responsable de la MDS"


class StatusForbids(Conflict):
    """The dossier's status does not allow this act."""

    code = "etat-du-dossier"
    title = "L’état du dossier ne le permet pas"


class PersonneAlreadyFollowed(Conflict):
    """One of the personnes already has an open dossier (one DSU per personne)."""

    code = "personne-deja-suivie"
    title = "Une de ces personnes est déjà suivie dans un dossier ouvert"


class ReferentAlreadyAssigned(Conflict):
    """Another assignment of a référent came first (exactly one per dossier)."""

    code = "referent-deja-designe"
    title = "Un autre référent vient d’être désigné : relisez le dossier"


class AlreadyAssociated(Conflict):
    """The agent already has this mission on this dossier in that period."""

    code = "deja-associe"
    title = "Ce professionnel est déjà associé pour cette mission"


class ReferenceAlreadyUsed(Conflict):
    """Another dossier holds this external reference."""

    code = "reference-deja-utilisee"
    title = "Cette référence est déjà celle d’un autre dossier"


class NotAReferent(Invalid):
    """A référent is an ASS or a CESF in activity in the annuaire."""

    code = "referent-inadmissible"
    title = "Cet agent ne peut pas être référent"


class AgentUnknown(Invalid):
    """The annuaire does not know this agent, or not in activity."""

    code = "agent-inconnu"
    title = "Agent inconnu de l’annuaire ou inactif"


class PersonneUnknown(Invalid):
    """accueil does not know this personne."""

    code = "personne-inconnue"
    title = "Personne inconnue de l’accueil"


class PersonneDeceased(Invalid):
    """No dossier is opened for someone who died."""

    code = "personne-decedee"
    title = "Une des personnes est décédée"


class NotAMember(Invalid):
    """The personne is not in this dossier."""

    code = "personne-hors-dossier"
    title = "Cette personne n’est pas dans ce dossier"


class OrientationMismatch(Invalid):
    """The orientation does not ask for a DSU, or not for these personnes."""

    code = "orientation-inadaptee"
    title = "Cette orientation ne demande pas ce dossier"


class PlaceUnknown(Invalid):
    """accueil has no such site, or another MDS has it."""

    code = "territoire-inconnu"
    title = "MDS ou site inconnu"


class DateRefused(Invalid):
    """A date is outside what the act allows."""

    code = "date-refusee"
    title = "Date refusée"


class UnknownCode(Invalid):
    """A code is not in the version valid that day."""

    code = "code-inconnu"
    title = "Code inconnu ce jour-là"


class SeparateFile(Invalid):
    """IP and IS never live in a DSU (CASF L226-2-1 s.)."""

    code = "dossier-separe"
    title = "Cette intervention ne se consigne pas dans un DSU"
