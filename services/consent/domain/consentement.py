"""What a person allows, takes back, or refuses.

RGPD art. 4.11 and 7 (free, specific, informed, withdrawn as easily as given); the person, or
their representative within the scope of the protection measure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from chassis.errors import Conflict, Invalid, NotFound
from services.consent.domain.elements import Category

#: Longest consentement, in days (*exemple*: one year, renewed with the person).
MAX_DAYS = 366


class Form(StrEnum):
    """How agreement was given. An oral one counts once confirmed in writing."""

    WRITTEN = "WRITTEN"
    ELECTRONIC = "ELECTRONIC"
    ORAL_CONFIRMED = "ORAL_CONFIRMED"


class Grantor(StrEnum):
    """Who agreed: the person, or the representative the measure or the law names.

    CURATEUR: the person agreed, assisted; a curateur represents nobody.
    """

    PERSONNE = "PERSONNE"
    PARENT = "PARENT"
    TUTEUR = "TUTEUR"
    CURATEUR = "CURATEUR"
    MANDATAIRE = "MANDATAIRE"


@dataclass(frozen=True, kw_only=True)
class _Capacity:
    """Who may agree in one situation, and how the law says it."""

    grantors: frozenset[Grantor]
    why: str


_MINOR = _Capacity(
    grantors=frozenset({Grantor.PARENT, Grantor.TUTEUR}),
    why="Une personne mineure ne consent pas seule : un titulaire de l’autorité parentale, ou le"
    " tuteur (code civil, 371-1 et 388-1-1).",
)
_ABLE = _Capacity(
    grantors=frozenset({Grantor.PERSONNE, Grantor.CURATEUR}),
    why="Une personne majeure en état de consentir le fait elle-même, le curateur l’assistant au"
    " besoin (code civil, 459).",
)
_UNABLE = _Capacity(
    grantors=frozenset({Grantor.TUTEUR, Grantor.MANDATAIRE}),
    why="Une personne majeure hors d’état de consentir est représentée par le tuteur ou le"
    " mandataire (code civil, 459, 477 et 494-6).",
)


def capacity_of(*, minor: bool, able: bool) -> _Capacity:
    """The rule for a person of this age and this ability."""
    if minor:
        return _MINOR
    return _ABLE if able else _UNABLE


class Scope(StrEnum):
    """What an opposition bears on."""

    RECIPIENT = "RECIPIENT"
    CATEGORY = "CATEGORY"
    ELEMENT = "ELEMENT"


class ConsentementNotFound(NotFound):
    code = "consentement-inconnu"
    title = "Consentement inconnu"


class ConsentementRefused(Invalid):
    code = "consentement-refuse"
    title = "Consentement incomplet"


class OppositionNotFound(NotFound):
    code = "opposition-inconnue"
    title = "Opposition inconnue"


class OppositionRefused(Invalid):
    code = "opposition-refusee"
    title = "Opposition incomplète"


class OppositionLifted(Conflict):
    code = "opposition-levee"
    title = "Cette opposition est déjà levée"


@dataclass(eq=False, kw_only=True)
class Consentement:
    """One agreement. `proof_sha256`: hex digest of the signed form, kept elsewhere."""

    id: UUID
    personne_id: UUID
    partenaire: str
    purpose: str
    categories: frozenset[Category]
    starts_on: date
    ends_on: date
    form: Form
    grantor: Grantor
    #: What the professional who collected it saw: the person could agree by themselves that day.
    able: bool
    #: The person was a minor that day, as accueil told.
    minor: bool
    #: Reference of the deed that gives power to represent; mandatory for a representative.
    mandate_reference: str | None = field(default=None, repr=False)
    explained: str = field(repr=False)
    explained_language: str
    explained_on: date
    proof_reference: str = field(repr=False)
    proof_sha256: str | None = None
    confirmed_on: date | None = None
    recorded_by: UUID
    mds: str | None = None
    granted_at: datetime
    withdrawn_at: datetime | None = None
    version: int = 1

    def check(self, today: date) -> None:
        """Raise ConsentementRefused, naming the field, unless every element is there."""
        for name, refused, why in self._faults(today):
            if refused:
                raise ConsentementRefused(why, field=f"/{name}")

    def _faults(self, today: date) -> tuple[tuple[str, bool, str], ...]:
        oral, represented = self.form is Form.ORAL_CONFIRMED, self.grantor is not Grantor.PERSONNE
        capacity = capacity_of(minor=self.minor, able=self.able)
        return (
            ("categories", not self.categories, "Nommez au moins une catégorie."),
            ("ends_on", self.ends_on < self.starts_on, "La fin précède le début."),
            (
                "ends_on",
                (self.ends_on - self.starts_on).days > MAX_DAYS,
                f"Un consentement dure {MAX_DAYS} jours au plus, puis se renouvelle.",
            ),
            ("explained_on", self.explained_on > today, "L’explication ne peut être à venir."),
            (
                "confirmed_on",
                oral and self.confirmed_on is None,
                "Un accord oral doit avoir été confirmé : indiquez la date.",
            ),
            (
                "confirmed_on",
                self.confirmed_on is not None and self.confirmed_on > today,
                "La confirmation ne peut être à venir.",
            ),
            ("grantor", self.grantor not in capacity.grantors, capacity.why),
            (
                "mandate_reference",
                represented and not self.mandate_reference,
                "Indiquez la référence de l’acte qui permet de représenter la personne.",
            ),
        )

    def withdraw(self, now: datetime) -> bool:
        """Take it back at once. Answers False when it was already withdrawn (a second click)."""
        if self.withdrawn_at is not None:
            return False
        self.withdrawn_at = now
        return True

    @property
    def is_informed(self) -> bool:
        """What was explained, in which language, is known."""
        return bool(self.explained.strip() and self.explained_language.strip())

    def is_able(self, *, minor: bool) -> bool:
        """Whoever agreed could, with a documented power, and still can: `minor`, the person today.

        What was agreed to for a child ends with the majority: the adult decides anew.
        """
        documented = self.grantor is Grantor.PERSONNE or bool(self.mandate_reference)
        capacity = capacity_of(minor=self.minor, able=self.able)
        return documented and minor is self.minor and self.grantor in capacity.grantors

    @property
    def has_form(self) -> bool:
        """A proof exists, and an oral agreement was confirmed."""
        confirmed = self.form is not Form.ORAL_CONFIRMED or self.confirmed_on is not None
        return confirmed and bool(self.proof_reference)


@dataclass(eq=False, kw_only=True)
class Opposition:
    """A refusal, at any time: of a recipient, a category, or one fact or field of a fact."""

    id: UUID
    personne_id: UUID
    scope: Scope
    #: None: whoever the recipient is.
    partenaire: str | None = None
    category: Category | None = None
    topic: str | None = None
    #: With `topic`: this field of it alone; without: this field in every fact.
    field: str | None = None
    recorded_by: UUID | None = None
    registered_at: datetime
    lifted_at: datetime | None = None
    version: int = 1

    def check(self, fields_of: Callable[[str], Mapping[str, Category]]) -> None:
        """Raise OppositionRefused unless it says what it bears on, and that exists."""
        wanted = {
            Scope.RECIPIENT: ("partenaire", self.partenaire),
            Scope.CATEGORY: ("category", self.category),
            Scope.ELEMENT: ("topic", self.topic or self.field),
        }
        name, value = wanted[self.scope]
        if value is None:
            raise OppositionRefused("Dites sur quoi porte l’opposition.", field=f"/{name}")
        if self.topic is not None and self.field not in (None, *fields_of(self.topic)):
            raise OppositionRefused("Ce fait n’a pas ce champ.", field="/field")

    def concerns(self, partenaire: str) -> bool:
        """Whether it stands, against this recipient."""
        return self.lifted_at is None and self.partenaire in (None, partenaire)

    def removes(self, *, topic: str, name: str, category: Category) -> bool:
        """Whether it takes one field of one fact out."""
        if self.scope is Scope.RECIPIENT:
            return True
        if self.scope is Scope.CATEGORY:
            return category is self.category
        return self.topic in (None, topic) and self.field in (None, name)

    def lift(self, now: datetime) -> None:
        """The person changes their mind. Raises OppositionLifted the second time."""
        if self.lifted_at is not None:
            raise OppositionLifted()
        self.lifted_at = now
