"""Payment: who receives the money, in how many instalments, and what each payment says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from chassis.errors import Conflict, Invalid


class PayeeKind(StrEnum):
    """Who receives the money."""

    PERSONNE = "PERSONNE"
    TIERS = "TIERS"
    BON = "BON"


class PayeeIncomplete(Invalid):
    """A third party or a voucher without its name, or a person who is not concerned."""

    code = "beneficiaire-incomplet"
    title = "Bénéficiaire du paiement incomplet"


class InstalmentsDoNotSum(Invalid):
    """The instalments do not add up to the amount granted."""

    code = "echeancier-faux"
    title = "Échéancier incohérent"


class PaymentReferenceUsed(Conflict):
    """This reference already names another payment."""

    code = "reference-de-paiement-utilisee"
    title = "Référence de paiement déjà utilisée"


class InstalmentNotPayable(Conflict):
    """Unknown, already paid, or not due yet."""

    code = "echeance-non-payable"
    title = "Échéance non payable"


class PaymentHeld(Conflict):
    """The applicant or the payee has died: nothing is paid until a person decides."""

    code = "paiement-suspendu"
    title = "Paiement suspendu"


@dataclass(frozen=True, kw_only=True)
class Payee:
    """`label` names the third party or the shop of the voucher; it is encrypted at rest."""

    kind: PayeeKind
    personne_id: UUID | None = None
    label: str | None = None

    def check(self, personne_ids: Sequence[UUID]) -> None:
        """Refuse a payee nobody could pay. Raises PayeeIncomplete."""
        if self.kind is PayeeKind.PERSONNE:
            if self.personne_id not in personne_ids:
                raise PayeeIncomplete(
                    "La personne payée doit être concernée par la demande.",
                    field="/payee/personne_id",
                )
        elif not self.label:
            raise PayeeIncomplete(
                "Indiquez le tiers payé ou l’enseigne du bon.", field="/payee/label"
            )

    def data(self) -> dict[str, Any]:
        """As plain JSON values."""
        personne_id = str(self.personne_id) if self.personne_id else None
        return {"kind": str(self.kind), "personne_id": personne_id, "label": self.label}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read back what `data` wrote."""
        personne_id = data["personne_id"]
        return cls(
            kind=PayeeKind(data["kind"]),
            personne_id=UUID(personne_id) if personne_id else None,
            label=data["label"],
        )


@dataclass(frozen=True, kw_only=True)
class Instalment:
    """One part of the amount granted, in cents, payable from `due_on`."""

    number: int
    due_on: date
    amount_cents: int

    def data(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "number": self.number,
            "due_on": self.due_on.isoformat(),
            "amount_cents": self.amount_cents,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read back what `data` wrote."""
        return cls(
            number=data["number"],
            due_on=date.fromisoformat(data["due_on"]),
            amount_cents=data["amount_cents"],
        )


@dataclass(eq=False, kw_only=True)
class Paiement:
    """One payment made: its reference is unique in the département's accounts."""

    id: UUID
    demande_id: UUID
    reference: str
    instalment: int
    amount_cents: int
    paid_on: date
    paid_by: str

    def is_the_same(self, *, demande_id: UUID, instalment: int, amount_cents: int) -> bool:
        """Whether an order sent again says exactly what was already paid."""
        said = (demande_id, instalment, amount_cents)
        return (self.demande_id, self.instalment, self.amount_cents) == said


def plan(
    amount_cents: int, wanted: Sequence[tuple[date, int]], *, decided_on: date
) -> tuple[Instalment, ...]:
    """Instalments in the order of their dates; one, due at once, when none is asked.

    Raises InstalmentsDoNotSum.
    """
    parts = sorted(wanted) or [(decided_on, amount_cents)]
    if sum(cents for _, cents in parts) != amount_cents:
        raise InstalmentsDoNotSum(
            "La somme des échéances doit être égale au montant accordé.", field="/instalments"
        )
    return tuple(
        Instalment(number=number, due_on=due_on, amount_cents=cents)
        for number, (due_on, cents) in enumerate(parts, start=1)
    )
