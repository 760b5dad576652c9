"""What an examination takes in and gives out: a situation, a history, lines of explanation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from services.aides.domain.nature import Nature

#: A month counts thirty days in the reste à vivre (common practice; *example*).
DAYS_IN_MONTH = 30


class Rule(StrEnum):
    """Every rule an examination goes through, in this order."""

    PUBLIC = "PUBLIC"
    AGE = "AGE"
    RESIDENCE = "RESIDENCE"
    OBLIGATION_ALIMENTAIRE = "OBLIGATION_ALIMENTAIRE"
    RESTE_A_VIVRE = "RESTE_A_VIVRE"
    PLAFOND = "PLAFOND"
    PLAFOND_ANNUEL = "PLAFOND_ANNUEL"
    CUMUL = "CUMUL"
    SUIVI = "SUIVI"
    ENVELOPPE = "ENVELOPPE"


class LineOutcome(StrEnum):
    """What a rule says of this file."""

    RESPECTED = "RESPECTED"
    TO_COMMISSION = "TO_COMMISSION"
    BLOCKING = "BLOCKING"
    NOT_APPLICABLE = "NOT_APPLICABLE"


@dataclass(frozen=True, kw_only=True)
class Situation:
    """The budget diagnosis of the instruction: monthly amounts in cents, who is at home.

    `public` is a code of the règlement; `follow_up` the body that follows a FAJ's young person.
    """

    public: str
    persons: int
    children: int
    resources_cents: int
    charges_cents: int
    residence_months: int | None = None
    follow_up: str | None = None

    def reste_a_vivre_cents(self) -> int:
        """Per person and day, rounded down; negative when charges exceed resources."""
        return (self.resources_cents - self.charges_cents) // (self.persons * DAYS_IN_MONTH)

    def data(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class PastAid:
    """An aid already granted to the household."""

    nature: Nature
    amount_cents: int
    decided_on: date


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What is examined. `available_cents` is None when no envelope covers the nature."""

    nature: Nature
    amount_cents: int
    situation: Situation
    on: date
    age: int | None = None
    history: Sequence[PastAid] = ()
    available_cents: int | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One rule, applied."""

    rule: str
    reglement: str
    article: str
    inputs: Mapping[str, Any]
    outcome: LineOutcome
    sentence: str

    def data(self) -> dict[str, Any]:
        """As plain JSON values, to be stored with the decision."""
        return {
            "rule": str(self.rule),
            "reglement": self.reglement,
            "article": self.article,
            "inputs": dict(self.inputs),
            "outcome": str(self.outcome),
            "sentence": self.sentence,
        }


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The explanation of an examination, and the most the règlement lets one grant, in cents."""

    lines: tuple[Line, ...]
    max_cents: int

    @property
    def is_grantable(self) -> bool:
        """False when a rule that may stop this nature stops it."""
        return all(line.outcome is not LineOutcome.BLOCKING for line in self.lines)

    @property
    def needs_commission(self) -> bool:
        """True when the individual evaluation belongs to the commission."""
        return any(line.outcome is LineOutcome.TO_COMMISSION for line in self.lines)

    @property
    def is_outside_publics(self) -> bool:
        """True when the commission may help someone the règlement does not aim at."""
        return any(
            line.rule == Rule.PUBLIC and line.outcome is LineOutcome.TO_COMMISSION
            for line in self.lines
        )

    @property
    def blocking(self) -> tuple[Line, ...]:
        """The lines that stop the grant."""
        return tuple(line for line in self.lines if line.outcome is LineOutcome.BLOCKING)

    def data(self) -> list[dict[str, Any]]:
        """The lines as plain JSON values."""
        return [line.data() for line in self.lines]
