"""The demande: from filing to the last payment, and what each state allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from chassis.errors import Conflict, Forbidden, Invalid
from services.aides.domain.examen import Situation
from services.aides.domain.nature import Nature, Partner, Reason, WithdrawalReason
from services.aides.domain.paiement import Instalment, InstalmentNotPayable, Payee


class Status(StrEnum):
    """Where a demande stands."""

    FILED = "FILED"
    INSTRUCTED = "INSTRUCTED"
    ADJOURNED = "ADJOURNED"
    AWAITING_BUDGET = "AWAITING_BUDGET"
    GRANTED = "GRANTED"
    PARTLY = "PARTLY"
    REFUSED = "REFUSED"
    PARTLY_PAID = "PARTLY_PAID"
    PAID = "PAID"
    WITHDRAWN = "WITHDRAWN"


class Outcome(StrEnum):
    """What a decision says."""

    GRANTED = "GRANTED"
    PARTLY = "PARTLY"
    REFUSED = "REFUSED"
    ADJOURNED = "ADJOURNED"

    @property
    def grants(self) -> bool:
        """Whether money follows."""
        return self in (Outcome.GRANTED, Outcome.PARTLY)


class Action(StrEnum):
    """What may be done to a demande."""

    INSTRUCT = "INSTRUCT"
    GRANT = "GRANT"
    GRANT_PARTLY = "GRANT_PARTLY"
    REFUSE = "REFUSE"
    ADJOURN = "ADJOURN"
    AWAIT_BUDGET = "AWAIT_BUDGET"
    AUTHORISE = "AUTHORISE"
    AUTHORISE_PARTLY = "AUTHORISE_PARTLY"
    PAY_PART = "PAY_PART"
    PAY_LAST = "PAY_LAST"
    WITHDRAW = "WITHDRAW"


_PAYABLE = {
    Action.PAY_PART: Status.PARTLY_PAID,
    Action.PAY_LAST: Status.PAID,
    Action.WITHDRAW: Status.WITHDRAWN,
}
#: Everything allowed; what is not here is refused. Withdrawing an aid partly paid settles it:
#: what was paid stays paid, the rest goes back to the envelope.
TRANSITIONS: Mapping[Status, Mapping[Action, Status]] = {
    Status.FILED: {Action.INSTRUCT: Status.INSTRUCTED, Action.WITHDRAW: Status.WITHDRAWN},
    Status.INSTRUCTED: {
        Action.INSTRUCT: Status.INSTRUCTED,
        Action.GRANT: Status.GRANTED,
        Action.GRANT_PARTLY: Status.PARTLY,
        Action.REFUSE: Status.REFUSED,
        Action.ADJOURN: Status.ADJOURNED,
        Action.AWAIT_BUDGET: Status.AWAITING_BUDGET,
        Action.WITHDRAW: Status.WITHDRAWN,
    },
    Status.ADJOURNED: {Action.INSTRUCT: Status.INSTRUCTED, Action.WITHDRAW: Status.WITHDRAWN},
    Status.AWAITING_BUDGET: {
        Action.AUTHORISE: Status.GRANTED,
        Action.AUTHORISE_PARTLY: Status.PARTLY,
        Action.WITHDRAW: Status.WITHDRAWN,
    },
    Status.GRANTED: _PAYABLE,
    Status.PARTLY: _PAYABLE,
    Status.PARTLY_PAID: {**_PAYABLE, Action.WITHDRAW: Status.PAID},
    Status.REFUSED: {},
    Status.PAID: {},
    Status.WITHDRAWN: {},
}
_DECIDING: Mapping[Outcome, Action] = {
    Outcome.GRANTED: Action.GRANT,
    Outcome.PARTLY: Action.GRANT_PARTLY,
    Outcome.REFUSED: Action.REFUSE,
    Outcome.ADJOURNED: Action.ADJOURN,
}


class ActionNotAllowed(Conflict):
    """The state of the demande does not allow this."""

    code = "action-impossible"
    title = "La demande ne permet pas cette action dans son état actuel"
    members: ClassVar = {"statut": ("L’état actuel de la demande.", "GRANTED")}


class InstructorCannotDecide(Forbidden):
    """Who instructs does not decide."""

    code = "instructeur-ne-decide-pas"
    title = "Qui instruit ne décide pas"


class DeciderCannotPay(Forbidden):
    """Who decides does not pay (décret n° 2012-1246, art. 9: ordonnateur and comptable apart)."""

    code = "decideur-ne-paie-pas"
    title = "Qui décide ne paie pas"


class ReasonIncomplete(Invalid):
    """ATTENTE_DROIT goes with a partner, and only ATTENTE_DROIT does."""

    code = "motif-incomplet"
    title = "Motif incomplet"


@dataclass(eq=False, kw_only=True)
class Demande:
    """One demande of one nature, for a household; `personne_ids` starts with the applicant."""

    id: UUID
    nature: Nature
    personne_ids: tuple[UUID, ...]
    mds: str
    site: str
    reason: Reason
    partner: Partner | None
    requested_cents: int
    urgent: bool
    filed_on: date
    filed_by: UUID | None
    reglement_id: UUID
    dossier_id: UUID | None = None
    orientation_id: UUID | None = None
    age_at_filing: int | None = None
    status: Status = Status.FILED
    #: Everyone who instructed it, in any round.
    instructor_ids: tuple[UUID, ...] = ()
    instructed_on: date | None = None
    situation: Situation | None = None
    social_note: str | None = None
    missing_documents: tuple[str, ...] = ()
    proposed_cents: int | None = None
    payee: Payee | None = None
    explanation: Sequence[Mapping[str, Any]] = ()
    needs_commission: bool = False
    enveloppe_id: UUID | None = None
    reserved_cents: int = 0
    outcome: Outcome | None = None
    granted_cents: int = 0
    decided_on: date | None = None
    decided_by: UUID | None = None
    decisions_count: int = 0
    instalments: tuple[Instalment, ...] = ()
    paid_instalments: tuple[int, ...] = ()
    paid_cents: int = 0
    withdrawal_reason: WithdrawalReason | None = None
    version: int = 1

    @property
    def demandeur_id(self) -> UUID:
        """The applicant."""
        return self.personne_ids[0]

    def act(self, action: Action) -> None:
        """Move to the state the action leads to. Raises ActionNotAllowed."""
        target = TRANSITIONS[self.status].get(action)
        if target is None:
            raise ActionNotAllowed(
                f"Une demande à l’état {self.status} ne permet pas cette action.",
                extra={"statut": str(self.status)},
            )
        self.status = target

    def check_can(self, outcome: Outcome) -> None:
        """Refuse early what `act` would refuse. Raises ActionNotAllowed."""
        if _DECIDING[outcome] not in TRANSITIONS[self.status]:
            raise ActionNotAllowed(
                f"Une demande à l’état {self.status} ne se décide pas.",
                extra={"statut": str(self.status)},
            )

    def check_decider(self, agent_id: UUID | None) -> UUID:
        """Who instructs does not decide, in any round. Answers the decider."""
        if agent_id is None:
            raise InstructorCannotDecide(
                "Le décideur doit être un agent de l’annuaire : son jeton n’en désigne aucun."
            )
        if agent_id in self.instructor_ids:
            raise InstructorCannotDecide(
                "Vous avez instruit cette demande : la décision revient à une autre personne."
            )
        return agent_id

    def decide(
        self, outcome: Outcome, amount_cents: int, *, by: UUID, on: date, awaits_budget: bool
    ) -> None:
        """Keep the outcome. An adjournment sends back to instruction and keeps no amount."""
        self.act(Action.AWAIT_BUDGET if awaits_budget else _DECIDING[outcome])
        self.decisions_count += 1
        self.decided_by, self.decided_on = by, on
        if outcome is not Outcome.ADJOURNED:
            self.outcome, self.granted_cents = outcome, amount_cents

    def authorise(self) -> None:
        """The budget authority answered: the grant becomes payable."""
        is_whole = self.outcome is Outcome.GRANTED
        self.act(Action.AUTHORISE if is_whole else Action.AUTHORISE_PARTLY)

    @property
    def unpaid_cents(self) -> int:
        """What is granted and not paid yet."""
        return self.granted_cents - self.paid_cents

    def payable(self, number: int, amount_cents: int, *, on: date) -> Instalment:
        """The instalment to pay. Raises InstalmentNotPayable or ActionNotAllowed."""
        if Action.PAY_PART not in TRANSITIONS[self.status]:
            raise ActionNotAllowed(
                f"Une demande à l’état {self.status} ne se paie pas.",
                extra={"statut": str(self.status)},
            )
        for instalment in self.instalments:
            if instalment.number == number:
                _check_payable(instalment, amount_cents, on=on, paid=self.paid_instalments)
                return instalment
        raise InstalmentNotPayable(f"L’échéance {number} n’existe pas.")

    def pay(self, instalment: Instalment) -> None:
        """Count one instalment as paid."""
        is_last = len(self.paid_instalments) + 1 == len(self.instalments)
        self.act(Action.PAY_LAST if is_last else Action.PAY_PART)
        self.paid_instalments = (*self.paid_instalments, instalment.number)
        self.paid_cents += instalment.amount_cents

    def check_payer(self, agent_id: UUID | None) -> None:
        """Who decides does not pay. Raises DeciderCannotPay."""
        if agent_id is not None and agent_id == self.decided_by:
            raise DeciderCannotPay("Vous avez décidé cette aide : son paiement revient à un autre.")


def _check_payable(
    instalment: Instalment, amount_cents: int, *, on: date, paid: Sequence[int]
) -> None:
    if instalment.number in paid:
        raise InstalmentNotPayable(f"L’échéance {instalment.number} est déjà payée.")
    if on < instalment.due_on:
        raise InstalmentNotPayable(
            f"L’échéance {instalment.number} n’est payable qu’à partir du "
            f"{instalment.due_on:%d/%m/%Y}."
        )
    if amount_cents != instalment.amount_cents:
        raise InstalmentNotPayable(
            f"L’échéance {instalment.number} est de {instalment.amount_cents} centimes."
        )


def check_reason(reason: Reason, partner: Partner | None) -> None:
    """ATTENTE_DROIT names its partner; no other reason does. Raises ReasonIncomplete."""
    if (reason is Reason.ATTENTE_DROIT) != (partner is not None):
        raise ReasonIncomplete(
            "Le partenaire s’indique avec le motif ATTENTE_DROIT, et seulement avec lui.",
            field="/partner",
        )


def age_on(born_on: date, day: date) -> int:
    """Years completed on a day; born on 29 February, one turns on 1 March of common years."""
    had_birthday = (day.month, day.day) >= (born_on.month, born_on.day)
    return day.year - born_on.year - (not had_birthday)
