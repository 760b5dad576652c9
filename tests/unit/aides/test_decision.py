"""Decisions: delegation, commission, motives, voies et délais, envelope arithmetic, activity."""

from __future__ import annotations

import json
import pathlib
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from services import roles
from services.aides.domain.activity import Figure, Tally, report
from services.aides.domain.decision import (
    CommissionRequired,
    DecisionIncoherent,
    DelegationExceeded,
    IncompleteFile,
    NotGrantable,
    Path,
    RefusalByRuleAlone,
    Verdict,
    check_coherent,
    check_grantable,
    check_motive,
    check_reasoned,
    choose_path,
)
from services.aides.domain.demande import Demande, Outcome
from services.aides.domain.enveloppe import (
    EFFECT,
    Enveloppe,
    EnveloppeExhausted,
    Movement,
    NoEnveloppe,
)
from services.aides.domain.examen import Evaluation, Line, LineOutcome, Rule
from services.aides.domain.nature import RULE_ONLY_REASONS, DecisionReason, Instance, Nature, Reason
from services.aides.domain.reglement import Reglement
from services.aides.domain.seance import NotOfTheSeance, QuorumNotReached, Seance
from services.aides.domain.voies import voies_et_delais

TODAY = date(2023, 3, 6)
DECIDER = new_id()
SESSION = Seance(
    id=new_id(),
    instance=Instance.CENTRALISEE,
    session_on=TODAY,
    reference="2023-03",
    agent_ids=(DECIDER, new_id(), new_id()),
    bodies=(),
    registered_by="direction",
)
RESPONSABLE = frozenset({roles.RESPONSABLE})


@pytest.fixture
def reglement() -> Reglement:
    document = json.loads(pathlib.Path("services/aides/reglements/exemple-2023.json").read_text())
    return Reglement(
        id=new_id(),
        code="RDAS",
        version="2023.1",
        is_example=True,
        effective_from=date(2023, 1, 1),
        adopted_by="direction",
        body=document["natures"],
    )


def a_demande(nature: Nature = Nature.SECOURS, **changes: Any) -> Demande:
    return Demande(
        **{
            "id": new_id(),
            "nature": nature,
            "personne_ids": (new_id(),),
            "mds": "MDS-MONTAUBAN",
            "site": "MONTAUBAN-CENTRE",
            "reason": Reason.ENERGIE,
            "partner": None,
            "requested_cents": 30000,
            "urgent": False,
            "filed_on": date(2023, 3, 1),
            "filed_by": None,
            "reglement_id": new_id(),
            **changes,
        }
    )


def verdict(outcome: Outcome = Outcome.GRANTED, cents: int = 30000, **changes: Any) -> Verdict:
    return replace(
        Verdict(outcome=outcome, amount_cents=cents, reason=None, text=None, seance=None),
        **changes,
    )


def evaluation(outcome: LineOutcome, rule: Rule = Rule.PLAFOND, **inputs: Any) -> Evaluation:
    line = Line(
        rule=rule, reglement="R", article="1", inputs=inputs, outcome=outcome, sentence="Dit."
    )
    return Evaluation(lines=(line,), max_cents=0)


WITHIN = evaluation(LineOutcome.RESPECTED)
BEYOND = evaluation(LineOutcome.TO_COMMISSION)


class TestPathOfADecision:
    def test_a_role_without_delegation_decides_nothing(self, reglement: Reglement) -> None:
        with pytest.raises(DelegationExceeded):
            self.choose(reglement, roles_=frozenset({roles.TRAVAILLEUR_SOCIAL}))

    def test_more_than_its_delegation_is_refused(self, reglement: Reglement) -> None:
        with pytest.raises(DelegationExceeded):
            self.choose(reglement, verdict(cents=50001))
        assert self.choose(reglement, verdict(cents=50000)) is Path.DELEGATION

    def test_the_direction_has_its_own_limit(self, reglement: Reglement) -> None:
        path = self.choose(
            reglement, verdict(cents=80000), roles_=frozenset({roles.DIRECTION, roles.RESPONSABLE})
        )

        assert path is Path.DELEGATION

    @pytest.mark.parametrize("nature", Nature)
    def test_an_exceeded_limit_needs_the_commission(
        self, reglement: Reglement, nature: Nature
    ) -> None:
        with pytest.raises(CommissionRequired):
            self.choose(reglement, nature=nature, said=BEYOND)

    @pytest.mark.parametrize("nature", [Nature.AM, Nature.AML])
    def test_refusing_a_prestation_legale_beyond_a_limit_needs_the_commission(
        self, reglement: Reglement, nature: Nature
    ) -> None:
        with pytest.raises(CommissionRequired):
            self.choose(reglement, verdict(Outcome.REFUSED, 0), nature=nature, said=BEYOND)

    def test_refusing_a_secours_beyond_a_limit_is_delegated(self, reglement: Reglement) -> None:
        path = self.choose(reglement, verdict(Outcome.REFUSED, 0), said=BEYOND)

        assert path is Path.DELEGATION

    @pytest.mark.parametrize("nature", Nature)
    def test_adjourning_is_always_delegated(self, reglement: Reglement, nature: Nature) -> None:
        path = self.choose(reglement, verdict(Outcome.ADJOURNED, 0), nature=nature, said=BEYOND)

        assert path is Path.DELEGATION

    def test_an_urgent_aid_within_its_cap_is_granted_at_once(self, reglement: Reglement) -> None:
        assert (
            self.choose(reglement, verdict(cents=15000), said=BEYOND, urgent=True)
            is Path.DELEGATION
        )
        with pytest.raises(CommissionRequired):
            self.choose(reglement, verdict(cents=15001), said=BEYOND, urgent=True)

    def test_the_commission_goes_past_the_delegation(self, reglement: Reglement) -> None:
        path = self.choose(reglement, verdict(cents=90000, seance=SESSION), said=BEYOND)

        assert path is Path.COMMISSION

    def test_who_did_not_sit_does_not_record_what_the_commission_decided(
        self, reglement: Reglement
    ) -> None:
        decided = verdict(cents=90000, seance=SESSION)

        with pytest.raises(NotOfTheSeance):
            self.choose(reglement, decided, decider=new_id())
        direction = frozenset({roles.DIRECTION})
        assert self.choose(reglement, decided, decider=new_id(), roles_=direction) is (
            Path.COMMISSION
        )

    @pytest.mark.parametrize("nature", [Nature.SECOURS, Nature.FAJ])
    def test_too_few_members_decide_nothing_and_give_no_avis(
        self, reglement: Reglement, nature: Nature
    ) -> None:
        two = replace(SESSION, agent_ids=SESSION.agent_ids[:2])

        with pytest.raises(QuorumNotReached):
            self.choose(reglement, verdict(seance=two), nature=nature)
        with_the_ccas = replace(two, bodies=("CCAS",))
        self.choose(reglement, verdict(seance=with_the_ccas), nature=nature)

    def test_who_instructed_does_not_count_for_the_quorum(self, reglement: Reglement) -> None:
        with pytest.raises(QuorumNotReached):
            self.choose(reglement, verdict(seance=SESSION), instructors=SESSION.agent_ids[2:])

    def test_an_avis_is_not_a_decision(self, reglement: Reglement) -> None:
        """The example règlement asks the FAJ's body for its opinion only."""
        said = {"nature": Nature.FAJ, "said": BEYOND}

        path = self.choose(reglement, verdict(cents=50000, seance=SESSION), **said)

        assert path is Path.DELEGATION
        with pytest.raises(DelegationExceeded, match="avis"):
            self.choose(reglement, verdict(cents=50001, seance=SESSION), **said)

    def test_an_avis_may_be_followed_by_who_did_not_sit(self, reglement: Reglement) -> None:
        path = self.choose(
            reglement, verdict(seance=SESSION), nature=Nature.FAJ, said=BEYOND, decider=new_id()
        )

        assert path is Path.DELEGATION

    def choose(
        self,
        reglement: Reglement,
        said_by: Verdict | None = None,
        *,
        nature: Nature = Nature.SECOURS,
        said: Evaluation = WITHIN,
        roles_: frozenset[str] = RESPONSABLE,
        urgent: bool = False,
        decider: UUID = DECIDER,
        instructors: tuple[UUID, ...] = (),
    ) -> Path:
        path, line = choose_path(
            a_demande(nature, urgent=urgent, instructor_ids=instructors),
            said_by or verdict(),
            said,
            reglement,
            decider=decider,
            roles=roles_,
        )
        assert line.rule == "DELEGATION"
        return path


class TestMotives:
    @pytest.mark.parametrize("nature", [Nature.AM, Nature.AML])
    @pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.GRANTED}))
    @pytest.mark.parametrize("reason", sorted(RULE_ONLY_REASONS))
    def test_a_rule_alone_neither_refuses_nor_puts_off_a_prestation_legale(
        self, nature: Nature, outcome: Outcome, reason: DecisionReason
    ) -> None:
        with pytest.raises(RefusalByRuleAlone):
            check_motive(a_demande(nature), verdict(outcome, 0, reason=reason))

    @pytest.mark.parametrize("reason", DecisionReason)
    def test_any_motive_may_refuse_a_secours(self, reason: DecisionReason) -> None:
        check_motive(a_demande(), verdict(Outcome.REFUSED, 0, reason=reason))

    def test_the_individual_evaluation_may_refuse_a_prestation_legale(self) -> None:
        reason = DecisionReason.EVALUATION_INDIVIDUELLE

        check_motive(a_demande(Nature.AM), verdict(Outcome.REFUSED, 0, reason=reason))

    @pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.GRANTED}))
    @pytest.mark.parametrize(
        ("reason", "text"),
        [(None, "Pourquoi."), (DecisionReason.CUMUL, None), (DecisionReason.CUMUL, "  ")],
    )
    def test_anything_but_a_full_grant_is_reasoned(
        self, outcome: Outcome, reason: DecisionReason | None, text: str | None
    ) -> None:
        cents = 10000 if outcome is Outcome.PARTLY else 0

        with pytest.raises(DecisionIncoherent, match="Motivez"):
            check_coherent(verdict(outcome, cents, reason=reason, text=text), 30000)

    @pytest.mark.parametrize(
        ("outcome", "cents"),
        [
            (Outcome.GRANTED, 29999),
            (Outcome.GRANTED, 30001),
            (Outcome.PARTLY, 30000),
            (Outcome.PARTLY, 0),
            (Outcome.REFUSED, 1),
            (Outcome.ADJOURNED, 1),
        ],
    )
    def test_outcome_and_amount_agree(self, outcome: Outcome, cents: int) -> None:
        said = verdict(outcome, cents, reason=DecisionReason.CUMUL, text="Pourquoi.")

        with pytest.raises(DecisionIncoherent) as refused:
            check_coherent(said, 30000)

        assert refused.value.errors[0]["pointer"] == "/amount_cents"


class TestReasons:
    OUTSIDE = evaluation(LineOutcome.TO_COMMISSION, Rule.PUBLIC)

    @pytest.mark.parametrize(
        ("reason", "text"),
        [
            (None, None),
            (None, "Pourquoi."),
            (DecisionReason.EVALUATION_INDIVIDUELLE, None),
            (DecisionReason.EVALUATION_INDIVIDUELLE, " "),
        ],
    )
    def test_a_grant_outside_the_publics_is_reasoned(
        self, reason: DecisionReason | None, text: str | None
    ) -> None:
        with pytest.raises(DecisionIncoherent, match="publics du règlement"):
            check_reasoned(verdict(reason=reason, text=text), self.OUTSIDE)

    def test_any_other_grant_and_a_reasoned_one_need_no_more(self) -> None:
        reasoned = verdict(reason=DecisionReason.EVALUATION_INDIVIDUELLE, text="Pourquoi.")

        check_reasoned(reasoned, self.OUTSIDE)
        check_reasoned(verdict(), BEYOND)
        check_reasoned(verdict(), WITHIN)


class TestGrantable:
    def test_an_exhausted_envelope_has_its_own_refusal(self) -> None:
        blocked = evaluation(LineOutcome.BLOCKING, Rule.ENVELOPPE, available_cents=0)

        with pytest.raises(EnveloppeExhausted, match="Enveloppe épuisée"):
            check_grantable(a_demande(), blocked)

    def test_a_missing_envelope_has_its_own_refusal(self) -> None:
        blocked = evaluation(LineOutcome.BLOCKING, Rule.ENVELOPPE, available_cents=None)

        with pytest.raises(NoEnveloppe):
            check_grantable(a_demande(), blocked)

    def test_another_rule_says_which(self) -> None:
        with pytest.raises(NotGrantable) as refused:
            check_grantable(a_demande(), evaluation(LineOutcome.BLOCKING, Rule.AGE))

        assert refused.value.extra == {"regles": ["AGE"]}

    def test_missing_documents_stop_a_grant_unless_urgent(self) -> None:
        missing = {"missing_documents": ("AVIS_IMPOSITION",)}

        with pytest.raises(IncompleteFile):
            check_grantable(a_demande(**missing), WITHIN)
        check_grantable(a_demande(**missing, urgent=True), WITHIN)


class TestVoies:
    @pytest.mark.parametrize(
        ("nature", "prior"),
        [
            (Nature.AM, "OBLIGATOIRE"),
            (Nature.AML, "OBLIGATOIRE"),
            (Nature.SECOURS, "FACULTATIF"),
            (Nature.FAJ, "FACULTATIF"),
        ],
    )
    def test_say_whether_the_appeal_comes_first(self, nature: Nature, prior: str) -> None:
        voies = voies_et_delais(nature, TODAY)

        assert voies["prior_appeal"] == prior
        assert voies["court_months"] == 2
        assert "CJA R421-1" in voies["sources"]
        assert "deux mois" in voies["sentence"]

    def test_are_refused_before_the_oldest_text(self) -> None:
        with pytest.raises(LookupError):
            voies_et_delais(Nature.AM, date(2019, 12, 31))


def an_enveloppe(voted: int = 10000) -> Enveloppe:
    return Enveloppe(
        id=new_id(),
        year=2023,
        natures=("AM", "AML", "SECOURS"),
        voted_cents=voted,
        thresholds=(80, 100),
    )


class TestEnveloppe:
    def test_never_commits_more_than_its_balance(self) -> None:
        enveloppe = an_enveloppe()

        with pytest.raises(EnveloppeExhausted):
            enveloppe.commit(10001)
        assert enveloppe.balance_cents == 10000

    @given(st.lists(st.tuples(st.sampled_from(Movement), st.integers(1, 6000)), max_size=40))
    def test_the_ledger_sums_to_the_balance(self, moves: list[tuple[Movement, int]]) -> None:
        enveloppe = an_enveloppe()
        ledger = [enveloppe.voted_cents]

        for kind, cents in moves:
            if _do(enveloppe, kind, cents):
                ledger.append(EFFECT[kind] * cents)
            assert enveloppe.balance_cents == sum(ledger) >= 0

    def test_tells_each_threshold_once(self) -> None:
        enveloppe = an_enveloppe()

        enveloppe.commit(7999)
        assert enveloppe.newly_reached() == ()
        enveloppe.commit(1)
        assert enveloppe.newly_reached() == (80,)
        enveloppe.release_committed(8000)
        enveloppe.commit(10000)

        assert enveloppe.newly_reached() == (100,)
        assert enveloppe.newly_reached() == ()


def _do(enveloppe: Enveloppe, kind: Movement, cents: int) -> bool:
    """Apply one movement if it is possible, as the use cases do."""
    if kind is Movement.RESERVE:
        return enveloppe.reserve(cents)
    if kind is Movement.COMMIT and cents <= enveloppe.balance_cents:
        enveloppe.commit(cents)
        return True
    if kind is Movement.RELEASE and cents <= enveloppe.committed_cents:
        enveloppe.release_committed(cents)
        return True
    if kind is Movement.PAY and cents <= enveloppe.committed_cents:
        enveloppe.pay(cents)
        return True
    if kind is Movement.OVERRUN:
        enveloppe.authorise(cents)
        return True
    return False


class TestReport:
    def test_counts_each_decision_where_the_published_tables_do(self) -> None:
        plain = Tally(
            mds="M1",
            nature=Nature.SECOURS,
            outcome=Outcome.GRANTED,
            instance=None,
            partner=None,
            count=2,
            amount_cents=500,
        )
        rows = report(
            [
                plain,
                replace(plain, outcome=Outcome.PARTLY, partner="CAF", count=1, amount_cents=70),
                replace(plain, nature=Nature.FAJ, count=3, amount_cents=900),
                replace(plain, outcome=Outcome.REFUSED, instance=Instance.CENTRALISEE, count=1),
                replace(plain, outcome=Outcome.ADJOURNED, instance=Instance.CENTRALISEE, count=4),
            ]
        )
        counted = {(row.figure, row.nature, row.partner, row.instance): row.count for row in rows}

        assert counted == {
            (Figure.AIDES_ACCORDEES, "SECOURS", None, None): 3,
            (Figure.ATTENTE_DROIT, "SECOURS", "CAF", None): 1,
            (Figure.FAJ_ACCORDEES, "FAJ", None, None): 3,
            (Figure.REFUSEES, "SECOURS", None, None): 1,
            (Figure.AJOURNEES, "SECOURS", None, None): 4,
            (Figure.COMMISSION, None, None, "CENTRALISEE"): 1,
        }
        assert sum(r.amount_cents for r in rows if r.figure is Figure.AIDES_ACCORDEES) == 570
