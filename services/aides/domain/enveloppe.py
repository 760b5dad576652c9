"""The envelope: a year's money for some natures, and the ledger whose sum is its balance.

Every change of the balance is one ledger line. A grant never goes past the balance; only an
overrun authorised by name adds to it. The same invariants are CHECK constraints in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from chassis.errors import Conflict


class Movement(StrEnum):
    """Kinds of ledger lines."""

    OPEN = "OPEN"
    RESERVE = "RESERVE"
    COMMIT = "COMMIT"
    RELEASE = "RELEASE"
    PAY = "PAY"
    OVERRUN = "OVERRUN"


#: What one cent of each kind does to the balance. A payment moves money already committed.
EFFECT = {
    Movement.OPEN: 1,
    Movement.RESERVE: -1,
    Movement.COMMIT: -1,
    Movement.RELEASE: 1,
    Movement.PAY: 0,
    Movement.OVERRUN: 1,
}


class EnveloppeExhausted(Conflict):
    """Not enough left: the hard stop of facultative aid."""

    code = "enveloppe-epuisee"
    title = "Enveloppe épuisée"


class NoEnveloppe(Conflict):
    """No envelope covers this nature this year."""

    code = "aucune-enveloppe"
    title = "Aucune enveloppe ne couvre cette aide cette année"


class NatureAlreadyCovered(Conflict):
    """Another envelope of the year already covers one of these natures."""

    code = "nature-deja-couverte"
    title = "Une enveloppe de l’année couvre déjà l’une de ces natures"


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """One movement. `amount_cents` is positive; `effect_cents` is what it does to the balance.

    `number` is its place in the order of writing, given by the database.
    """

    enveloppe_id: UUID
    kind: Movement
    amount_cents: int
    effect_cents: int
    on: date
    demande_id: UUID | None = None
    paiement_id: UUID | None = None
    reference: str | None = None
    by: str
    number: int = 0


@dataclass(eq=False, kw_only=True)
class Enveloppe:
    """Cents voted, authorised beyond, reserved, committed and paid."""

    id: UUID
    year: int
    natures: tuple[str, ...]
    voted_cents: int
    thresholds: tuple[int, ...]
    overrun_cents: int = 0
    reserved_cents: int = 0
    committed_cents: int = 0
    paid_cents: int = 0
    reached: tuple[int, ...] = ()
    version: int = 1

    @property
    def used_cents(self) -> int:
        """Reserved, committed or paid."""
        return self.reserved_cents + self.committed_cents + self.paid_cents

    @property
    def balance_cents(self) -> int:
        """What can still be granted."""
        return self.voted_cents + self.overrun_cents - self.used_cents

    def reserve(self, cents: int) -> bool:
        """Set money aside for a file that waits for its commission; False when it lacks."""
        if cents > self.balance_cents:
            return False
        self.reserved_cents += cents
        return True

    def release_reserved(self, cents: int) -> None:
        """Give back what was set aside."""
        self.reserved_cents -= cents

    def commit(self, cents: int) -> None:
        """Bind money to a grant. Raises EnveloppeExhausted."""
        if cents > self.balance_cents:
            raise EnveloppeExhausted(
                "Enveloppe épuisée : les crédits restants ne couvrent pas ce montant."
            )
        self.committed_cents += cents

    def authorise(self, cents: int) -> None:
        """Add money beyond the vote, by a named act of the budget authority."""
        self.overrun_cents += cents

    def release_committed(self, cents: int) -> None:
        """Give back what will not be paid."""
        self.committed_cents -= cents

    def pay(self, cents: int) -> None:
        """Money leaves: committed becomes paid."""
        self.committed_cents -= cents
        self.paid_cents += cents

    def newly_reached(self) -> tuple[int, ...]:
        """Thresholds (percent of what was voted) now passed and not told yet; remembers them."""
        fresh = tuple(
            threshold
            for threshold in self.thresholds
            if threshold not in self.reached
            and self.used_cents * 100 >= threshold * self.voted_cents
        )
        self.reached = (*self.reached, *fresh)
        return fresh
