"""What is asked of the decision, and what one condition answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.consent.domain.bases import Basis
from services.consent.domain.consentement import Consentement, Opposition
from services.consent.domain.partage import Partage
from services.consent.domain.partenaire import Partenaire


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What is known of a person that closes every feed."""

    is_protected: bool = False
    is_deceased: bool = False
    #: Set for a minor alone: the day of majority.
    minor_until: date | None = None

    def is_minor(self, day: date) -> bool:
        """Whether the person was still a minor on a day."""
        return self.minor_until is not None and day < self.minor_until


@dataclass(frozen=True, kw_only=True)
class Question:
    """One fact, one person, one recipient, one partage at most. `today`: Paris day of `now`."""

    now: datetime
    today: date
    topic: str
    requested: frozenset[str]
    #: When the fact happened; None asks about facts to come.
    happened_at: datetime | None
    partenaire: Partenaire | None
    partage: Partage | None
    consentement: Consentement | None = None
    oppositions: Sequence[Opposition] = ()
    situation: Situation = Situation()
    #: Everyone concerned is a minor: seen alone.
    minors_alone: bool = False
    is_sensitive: bool = False


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition, whether it held, and the sentence that says it."""

    code: str
    holds: bool
    article: str
    explanation: str


def standing(question: Question) -> list[Opposition]:
    """The oppositions that bear on this recipient."""
    code = question.partenaire.code if question.partenaire else ""
    return [opposition for opposition in question.oppositions if opposition.concerns(code)]


def needs_consent(partage: Partage) -> bool:
    """Consent as the basis, or CSP L1110-4 outside the care team."""
    return partage.basis is Basis.CONSENT or (
        partage.basis is Basis.CSP_L1110_4 and not partage.same_team
    )
