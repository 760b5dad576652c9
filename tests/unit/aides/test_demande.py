"""The demande: who may act, and what each state allows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from services.aides.domain.demande import (
    TRANSITIONS,
    Action,
    ActionNotAllowed,
    DeciderCannotPay,
    Demande,
    InstructorCannotDecide,
    Outcome,
    ReasonIncomplete,
    Status,
    age_on,
    check_reason,
)
from services.aides.domain.nature import Nature, Partner, Reason
from services.aides.domain.paiement import (
    Instalment,
    InstalmentNotPayable,
    InstalmentsDoNotSum,
    Payee,
    PayeeIncomplete,
    PayeeKind,
    plan,
)

TODAY = date(2023, 3, 6)


def a_demande(**changes: Any) -> Demande:
    return Demande(
        **{
            "id": new_id(),
            "nature": Nature.SECOURS,
            "personne_ids": (new_id(),),
            "mds": "MDS-MONTAUBAN",
            "site": "MONTAUBAN-CENTRE",
            "reason": Reason.ENERGIE,
            "partner": None,
            "requested_cents": 30000,
            "urgent": False,
            "filed_on": TODAY,
            "filed_by": None,
            "reglement_id": new_id(),
            **changes,
        }
    )


class TestWhoActs:
    def test_who_instructs_does_not_decide(self) -> None:
        instructor = new_id()
        demande = a_demande(instructor_ids=(new_id(), instructor))

        with pytest.raises(InstructorCannotDecide):
            demande.check_decider(instructor)

    def test_a_decider_without_an_identity_is_refused(self) -> None:
        with pytest.raises(InstructorCannotDecide):
            a_demande().check_decider(None)

    def test_another_agent_decides(self) -> None:
        decider = new_id()

        assert a_demande(instructor_ids=(new_id(),)).check_decider(decider) == decider

    def test_who_decides_does_not_pay(self) -> None:
        decider = new_id()

        with pytest.raises(DeciderCannotPay):
            a_demande(decided_by=decider).check_payer(decider)


#: The whole table, written out: every pair missing here must be refused.
ALLOWED = {
    (Status.FILED, Action.INSTRUCT): Status.INSTRUCTED,
    (Status.FILED, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.INSTRUCTED, Action.INSTRUCT): Status.INSTRUCTED,
    (Status.INSTRUCTED, Action.GRANT): Status.GRANTED,
    (Status.INSTRUCTED, Action.GRANT_PARTLY): Status.PARTLY,
    (Status.INSTRUCTED, Action.REFUSE): Status.REFUSED,
    (Status.INSTRUCTED, Action.ADJOURN): Status.ADJOURNED,
    (Status.INSTRUCTED, Action.AWAIT_BUDGET): Status.AWAITING_BUDGET,
    (Status.INSTRUCTED, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.ADJOURNED, Action.INSTRUCT): Status.INSTRUCTED,
    (Status.ADJOURNED, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.AWAITING_BUDGET, Action.AUTHORISE): Status.GRANTED,
    (Status.AWAITING_BUDGET, Action.AUTHORISE_PARTLY): Status.PARTLY,
    (Status.AWAITING_BUDGET, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.GRANTED, Action.PAY_PART): Status.PARTLY_PAID,
    (Status.GRANTED, Action.PAY_LAST): Status.PAID,
    (Status.GRANTED, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.PARTLY, Action.PAY_PART): Status.PARTLY_PAID,
    (Status.PARTLY, Action.PAY_LAST): Status.PAID,
    (Status.PARTLY, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.PARTLY_PAID, Action.PAY_PART): Status.PARTLY_PAID,
    (Status.PARTLY_PAID, Action.PAY_LAST): Status.PAID,
    (Status.PARTLY_PAID, Action.WITHDRAW): Status.PAID,
}


class TestStates:
    @pytest.mark.parametrize("status", Status)
    @pytest.mark.parametrize("action", Action)
    def test_every_state_and_action(self, status: Status, action: Action) -> None:
        demande = a_demande(status=status)
        target = ALLOWED.get((status, action))

        if target is None:
            with pytest.raises(ActionNotAllowed):
                demande.act(action)
            assert demande.status is status
        else:
            demande.act(action)
            assert demande.status is target

    def test_every_state_has_its_row(self) -> None:
        assert set(TRANSITIONS) == set(Status)

    @pytest.mark.parametrize("status", sorted(set(Status) - {Status.INSTRUCTED}))
    @pytest.mark.parametrize("outcome", Outcome)
    def test_only_an_instructed_demande_is_decided(self, status: Status, outcome: Outcome) -> None:
        with pytest.raises(ActionNotAllowed):
            a_demande(status=status).check_can(outcome)

    def test_an_adjournment_keeps_no_outcome(self) -> None:
        demande = a_demande(status=Status.INSTRUCTED)

        demande.decide(Outcome.ADJOURNED, 0, by=new_id(), on=TODAY, awaits_budget=False)

        assert (demande.status, demande.outcome) == (Status.ADJOURNED, None)

    @pytest.mark.parametrize(
        ("outcome", "status"),
        [(Outcome.GRANTED, Status.GRANTED), (Outcome.PARTLY, Status.PARTLY)],
    )
    def test_an_authorised_budget_gives_back_the_outcome(
        self, outcome: Outcome, status: Status
    ) -> None:
        demande = a_demande(status=Status.INSTRUCTED)
        demande.decide(outcome, 10000, by=new_id(), on=TODAY, awaits_budget=True)
        assert demande.status is Status.AWAITING_BUDGET

        demande.authorise()

        assert demande.status is status


class TestReason:
    @pytest.mark.parametrize("reason", Reason)
    def test_a_partner_goes_with_an_awaited_right_only(self, reason: Reason) -> None:
        is_awaited = reason is Reason.ATTENTE_DROIT
        wrong = None if is_awaited else Partner.CAF

        with pytest.raises(ReasonIncomplete):
            check_reason(reason, wrong)
        check_reason(reason, Partner.CAF if is_awaited else None)


class TestInstalments:
    @given(st.lists(st.integers(1, 100_000), min_size=1, max_size=24))
    def test_a_plan_that_sums_is_kept_in_the_order_of_dates(self, parts: list[int]) -> None:
        wanted = [(date(2023, 4, 1 + index % 28), cents) for index, cents in enumerate(parts)]

        planned = plan(sum(parts), wanted, decided_on=TODAY)

        assert sum(part.amount_cents for part in planned) == sum(parts)
        assert [part.number for part in planned] == list(range(1, len(parts) + 1))
        assert [part.due_on for part in planned] == sorted(part.due_on for part in planned)

    @given(st.integers(1, 1000), st.integers(-5, 5).filter(bool))
    def test_a_plan_that_does_not_sum_is_refused(self, cents: int, gap: int) -> None:
        with pytest.raises(InstalmentsDoNotSum):
            plan(cents + gap, [(TODAY, cents)], decided_on=TODAY)

    def test_without_a_plan_all_is_due_at_once(self) -> None:
        assert plan(500, [], decided_on=TODAY) == (
            Instalment(number=1, due_on=TODAY, amount_cents=500),
        )

    @pytest.mark.parametrize(
        ("number", "cents", "on"),
        [
            (1, 10000, TODAY),
            (2, 9999, date(2023, 4, 1)),
            (2, 10000, date(2023, 3, 31)),
            (3, 10000, date(2023, 4, 1)),
        ],
        ids=["already paid", "other amount", "too early", "unknown"],
    )
    def test_an_instalment_is_paid_once_in_time_and_whole(
        self, number: int, cents: int, on: date
    ) -> None:
        demande = a_demande(
            status=Status.PARTLY_PAID,
            instalments=plan(20000, [(TODAY, 10000), (date(2023, 4, 1), 10000)], decided_on=TODAY),
            paid_instalments=(1,),
        )

        with pytest.raises(InstalmentNotPayable):
            demande.payable(number, cents, on=on)

    def test_the_last_instalment_settles(self) -> None:
        demande = a_demande(
            status=Status.GRANTED,
            granted_cents=20000,
            instalments=plan(20000, [(TODAY, 12000), (TODAY, 8000)], decided_on=TODAY),
        )

        demande.pay(demande.payable(1, 8000, on=TODAY))
        assert (demande.status, demande.unpaid_cents) == (Status.PARTLY_PAID, 12000)
        demande.pay(demande.payable(2, 12000, on=TODAY))

        assert (demande.status, demande.unpaid_cents) == (Status.PAID, 0)


class TestPayee:
    def test_a_person_outside_the_demande_is_not_paid(self) -> None:
        payee = Payee(kind=PayeeKind.PERSONNE, personne_id=new_id())

        with pytest.raises(PayeeIncomplete):
            payee.check((new_id(),))

    @pytest.mark.parametrize("kind", [PayeeKind.TIERS, PayeeKind.BON])
    def test_a_third_party_has_a_name(self, kind: PayeeKind) -> None:
        with pytest.raises(PayeeIncomplete):
            Payee(kind=kind).check((new_id(),))
        Payee(kind=kind, label="Régie exemple").check((new_id(),))

    def test_is_read_back_as_written(self) -> None:
        payee = Payee(kind=PayeeKind.PERSONNE, personne_id=new_id())

        assert Payee.from_data(payee.data()) == payee


class TestAge:
    @pytest.mark.parametrize(
        ("day", "age"),
        [(date(2023, 3, 5), 17), (date(2023, 3, 6), 18), (date(2023, 3, 7), 18)],
    )
    def test_changes_on_the_birthday(self, day: date, age: int) -> None:
        assert age_on(date(2005, 3, 6), day) == age

    def test_of_a_leap_day_changes_on_the_first_of_march(self) -> None:
        born_on = date(2004, 2, 29)

        assert age_on(born_on, date(2022, 2, 28)) == 17
        assert age_on(born_on, date(2022, 3, 1)) == 18
