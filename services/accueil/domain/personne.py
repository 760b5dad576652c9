"""A personne: who they are, where they belong, who may open their file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from chassis.errors import Conflict, Forbidden, Invalid
from services.accueil.domain.contact import ContactPoint
from services.protection import Protection


class Sex(StrEnum):
    """As the civil status says, when it is known."""

    F = "F"
    M = "M"


class NationalityGroup(StrEnum):
    """All that may be kept of a nationality, and only where a benefit asks (CNIL 2021-028)."""

    FR = "FR"
    UE = "UE"
    HORS_UE = "HORS_UE"


class Housing(StrEnum):
    """How the person can be placed: a home, a domiciliation, or neither."""

    ADDRESS = "ADDRESS"
    DOMICILIATION = "DOMICILIATION"
    NONE = "NONE"


class Placement(StrEnum):
    """How the site was found; the last two are to be looked at."""

    SECTOR = "SECTOR"
    RECEIVING_SITE = "RECEIVING_SITE"
    CHOSEN_AMONG_SEVERAL = "CHOSEN_AMONG_SEVERAL"
    NO_SECTOR = "NO_SECTOR"


class Circumstance(StrEnum):
    """What changes how a file is kept.

    MINOR_ALONE: own contact only. ACCOUCHEMENT_SECRET: pseudonymous, never matched, merged or
    attached (CASF L222-6).
    """

    ORDINARY = "ORDINARY"
    MINOR_ALONE = "MINOR_ALONE"
    ACCOUCHEMENT_SECRET = "ACCOUCHEMENT_SECRET"  # noqa: S105 - the law's word, no password


class ProtectionGround(StrEnum):
    """Why a file is protected. Kept encrypted: the ground is itself a secret."""

    VICTIM = "VICTIM"
    AGENT = "AGENT"
    RELATIVE_OF_AGENT = "RELATIVE_OF_AGENT"
    PUBLIC_FIGURE = "PUBLIC_FIGURE"
    OTHER = "OTHER"


class AccessKind(StrEnum):
    """What is said of one agent and one file.

    CLOSED: their own or a relative's, never. OPENED: although it is protected.
    """

    CLOSED = "CLOSED"
    OPENED = "OPENED"


class ProbableDuplicates(Conflict):
    """People who may be the same one are on file; `candidates` says who and why."""

    code = "doublons-probables"
    title = "Cette personne est peut-être déjà connue"
    members: ClassVar = {
        "candidates": (
            "Les fiches ressemblantes, et pourquoi.",
            [
                {
                    "personne": {
                        "personne_id": "01980a3c-5a10-7c43-9c39-0a1b2c3d4e01",
                        "family_name": "Exemple",
                        "birth_name": "Modèle",
                        "first_names": "Camille",
                        "born_on": "1984-05-17",
                        "mds": "MDS-MONTAUBAN",
                        "site": "MONTAUBAN-CENTRE",
                        "deceased": False,
                    },
                    "reasons": ["SAME_PHONE"],
                }
            ],
        )
    }


class AskTheResponsable(Conflict):
    """A file the caller may not see may concern the same person."""

    code = "contactez-le-responsable"
    title = "Contactez le responsable"


class ReferenceTaken(Conflict):
    """Another file carries this external reference."""

    code = "reference-deja-connue"
    title = "Référence externe déjà connue"


class SectorUnknown(Invalid):
    """No site covers this commune, and no receiving site was given."""

    code = "secteur-inconnu"
    title = "Aucun site ne couvre cette adresse"


class SectorAmbiguous(Invalid):
    """Several sites cover this commune, and none of them was chosen."""

    code = "secteur-ambigu"
    title = "Plusieurs sites couvrent cette adresse"
    members: ClassVar = {
        "sites": ("Les sites entre lesquels choisir.", ["MONTAUBAN-CENTRE", "MONTAUBAN-NORD"])
    }


class DeathAlreadyRecorded(Conflict):
    """Another date of death is on file."""

    code = "deces-deja-enregistre"
    title = "Un décès est déjà enregistré à une autre date"


class ProtectionReserved(Forbidden):
    """Only a responsable lifts a protection or says who may open the file."""

    code = "protection-reservee"
    title = "Réservé au responsable"


class DateImpossible(Invalid):
    """A date that cannot be: born in the future, dead before birth."""

    code = "date-impossible"
    title = "Date impossible"


class NationalityUnfounded(Invalid):
    """A nationality without the benefit that requires it, or the reverse."""

    code = "nationalite-sans-finalite"
    title = "Nationalité sans finalité"


class DiscernmentReserved(Forbidden):
    """Discernment is noted by a social worker, of a minor who comes alone."""

    code = "discernement-reserve"
    title = "Réservé au travailleur social"


class SecretFileKeepsNothing(Invalid):
    """A file of accouchement secret holds a pseudonym and nothing that identifies."""

    code = "accouchement-secret"
    title = "Accouchement dans le secret"


class SecretFileNeverAttached(Conflict):
    """A file of accouchement secret is never attached to anything (CASF L222-6)."""

    code = "accouchement-secret-rattachement"
    title = "Rattachement interdit"


class SecretSettledAtOpening(Conflict):
    """An accouchement is secret, or is not, from the day its file is opened."""

    code = "accouchement-secret-definitif"
    title = "Le secret se décide à l’ouverture de la fiche"


@dataclass(eq=False, kw_only=True)
class FileAccess:
    """One agent's particular standing before one file."""

    agent_id: UUID
    kind: AccessKind


@dataclass(eq=False, kw_only=True)
class Personne:
    """A personne accueillie or accompagnée. Everything that identifies is encrypted at rest."""

    personne_id: UUID
    family_name: str
    first_names: str
    mds: str
    site: str
    placement: Placement
    registered_at: datetime
    birth_name: str | None = None
    born_on: date | None = None
    sex: Sex | None = None
    housing: Housing = Housing.NONE
    address: str | None = None
    commune: str | None = None
    language: str = "fr"
    interpreter_needed: bool = False
    nationality_group: NationalityGroup | None = None
    nationality_purpose: str | None = None
    circumstance: Circumstance = Circumstance.ORDINARY
    #: The professional who noted the discernment of a minor who comes alone.
    discernment_noted_by: UUID | None = None
    #: Id in the application the file comes from (reprise).
    reference: str | None = None
    registered_by: UUID | None = None
    protected: bool = False
    protection_ground: ProtectionGround | None = None
    no_contact: bool = False
    died_on: date | None = None
    contacts: list[ContactPoint] = field(default_factory=list)
    accesses: list[FileAccess] = field(default_factory=list)
    version: int = 1

    @property
    def deceased(self) -> bool:
        """Whether a death is recorded."""
        return self.died_on is not None

    @property
    def is_matchable(self) -> bool:
        """Whether search and duplicate hints may find this file at all."""
        return self.circumstance is not Circumstance.ACCOUCHEMENT_SECRET

    @property
    def protection(self) -> Protection:
        """Who may know of this file, as the other services are told."""
        return Protection(
            protected=self.protected,
            opened_to=self._standing(AccessKind.OPENED),
            closed_to=self._standing(AccessKind.CLOSED),
        )

    def is_visible_to(self, *, agent_id: UUID | None, sees_protected: bool) -> bool:
        """Whether an agent may know of this file. `sees_protected`: responsable or DPO."""
        return self.protection.is_open_to(agent_id, sees_protected=sees_protected)

    def check(self, today: date) -> None:
        """Refuse what cannot be or must not be kept together."""
        if self.born_on and self.born_on > today:
            raise DateImpossible("La date de naissance est dans l’avenir.", field="/born_on")
        if (self.nationality_group is None) != (self.nationality_purpose is None):
            raise NationalityUnfounded(
                "Le groupe de nationalité se note avec la prestation qui l’exige, et elle seule.",
                field="/nationality_purpose",
            )
        self.refuse_what_identifies()

    def refuse_what_identifies(self) -> None:
        """A file of accouchement secret keeps a pseudonym. Raises SecretFileKeepsNothing."""
        if not self.is_matchable and self._identifies():
            raise SecretFileKeepsNothing(
                "Un pseudonyme suffit : ni naissance, ni adresse, ni contact, ni référence"
                " (CASF L222-6).",
                field="/circumstance",
            )

    def keep_secrecy(self, circumstance: Circumstance) -> None:
        """Refuse to lift or to set the secret of an accouchement on this file.

        Lifted, the pseudonym would become matchable; set, the file is known and attached
        already (CASF L222-6). Raises SecretSettledAtOpening.
        """
        secret = Circumstance.ACCOUCHEMENT_SECRET
        if (circumstance is secret) != (self.circumstance is secret):
            raise SecretSettledAtOpening(
                "Ouvrez une autre fiche : le secret de l’accouchement ne se pose ni ne se lève"
                " sur une fiche existante (CASF L222-6)."
            )

    def die(self, died_on: date, today: date) -> bool:
        """Record the death. Answers whether it was news. Raises DeathAlreadyRecorded."""
        if died_on > today or (self.born_on and died_on < self.born_on):
            raise DateImpossible(
                "Le décès ne peut précéder la naissance ni suivre aujourd’hui.", field="/died_on"
            )
        if self.died_on is not None and self.died_on != died_on:
            raise DeathAlreadyRecorded("Vérifiez la date auprès de l’état civil.")
        is_news, self.died_on = self.died_on is None, died_on
        return is_news

    def forbid_contact(self, no_contact: bool) -> bool:
        """Set or lift the absolute flag. Answers whether it changed."""
        changed, self.no_contact = self.no_contact != no_contact, no_contact
        return changed

    def protect(self, ground: ProtectionGround | None) -> None:
        """Protect on a ground, or lift with None."""
        self.protected, self.protection_ground = ground is not None, ground

    def allow(self, *, opened_to: Collection[UUID], closed_to: Collection[UUID]) -> None:
        """Say which agents may open the file although protected, and which never may."""
        wanted = dict.fromkeys(opened_to, AccessKind.OPENED)
        wanted |= dict.fromkeys(closed_to, AccessKind.CLOSED)
        for access in tuple(self.accesses):
            if access.agent_id in wanted:
                access.kind = wanted.pop(access.agent_id)
            else:
                self.accesses.remove(access)
        self.accesses += [FileAccess(agent_id=a, kind=k) for a, k in wanted.items()]

    def _standing(self, kind: AccessKind) -> frozenset[UUID]:
        return frozenset(access.agent_id for access in self.accesses if access.kind is kind)

    def _identifies(self) -> bool:
        named = (self.birth_name, self.born_on, self.reference, self.nationality_group)
        return any((*named, self.address, self.commune, self.contacts))
