"""The rule engine: what it explains, what it never does."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from services.aides.domain.examen import Examination, LineOutcome, PastAid, Rule, Situation
from services.aides.domain.nature import REGIMES, Nature
from services.aides.domain.reglement import Exceeded, Reglement, UnlawfulReglement, check_lawful
from services.aides.domain.regles import euros, evaluate

EXAMPLE = Path("services/aides/reglements/exemple-2023.json")
PUBLICS = {
    Nature.SECOURS: "PERSONNE_SEULE",
    Nature.AM: "FAMILLE_AVEC_ENFANT",
    Nature.AML: "FAMILLE_AVEC_ENFANT",
    Nature.FAJ: "JEUNE_18_25",
}


def example_body() -> dict[str, Any]:
    body: dict[str, Any] = json.loads(EXAMPLE.read_text())["natures"]
    return body


def reglement(body: dict[str, Any] | None = None) -> Reglement:
    return Reglement(
        id=new_id(),
        code="RDAS",
        version="2023.1",
        is_example=True,
        effective_from=date(2023, 1, 1),
        adopted_by="direction",
        body=body or example_body(),
    )


def examination(nature: Nature = Nature.SECOURS, **changes: Any) -> Examination:
    plain = Examination(
        nature=nature,
        amount_cents=20000,
        situation=Situation(
            public=PUBLICS[nature],
            persons=2,
            children=1,
            resources_cents=90000,
            charges_cents=60000,
            follow_up="MISSION-LOCALE" if nature is Nature.FAJ else None,
        ),
        on=date(2023, 3, 6),
        age=20 if nature is Nature.FAJ else None,
        available_cents=10_000_000,
    )
    return replace(plain, **changes)


def outcomes(file: Examination, rules: Reglement | None = None) -> dict[str, LineOutcome]:
    evaluation = evaluate(file, rules or reglement())
    return {line.rule: line.outcome for line in evaluation.lines}


situations = st.builds(
    Situation,
    public=st.sampled_from([*PUBLICS.values(), "AUTRE"]),
    persons=st.integers(1, 12),
    children=st.integers(0, 11),
    resources_cents=st.integers(0, 1_000_000),
    charges_cents=st.integers(0, 1_000_000),
    residence_months=st.none() | st.integers(0, 400),
    follow_up=st.none() | st.just("MISSION-LOCALE"),
)
histories = st.lists(
    st.builds(
        PastAid,
        nature=st.sampled_from(Nature),
        amount_cents=st.integers(1, 500_000),
        decided_on=st.dates(date(2022, 1, 1), date(2023, 12, 31)),
    ),
    max_size=8,
)
examinations = st.builds(
    Examination,
    nature=st.sampled_from(Nature),
    amount_cents=st.integers(1, 10_000_000),
    situation=situations,
    on=st.dates(date(2023, 1, 1), date(2023, 12, 31)),
    age=st.none() | st.integers(0, 110),
    history=histories,
    available_cents=st.none() | st.integers(0, 20_000_000),
)


class TestEveryExamination:
    @given(examinations)
    def test_explains_every_rule_once_with_a_sentence(self, file: Examination) -> None:
        evaluation = evaluate(file, reglement())

        assert [line.rule for line in evaluation.lines] == list(Rule)
        assert all(line.sentence.endswith(".") for line in evaluation.lines)
        assert all(line.reglement == "RDAS 2023.1 (exemple)" for line in evaluation.lines)

    @given(examinations)
    def test_never_allows_a_negative_amount_nor_more_than_examined(self, file: Examination) -> None:
        assert 0 <= evaluate(file, reglement()).max_cents <= file.amount_cents

    @given(examinations)
    def test_gives_the_same_answer_twice_and_plain_json(self, file: Examination) -> None:
        first, again = (evaluate(file, reglement()).data() for _ in range(2))

        assert first == again == json.loads(json.dumps(first))


class TestPrestationLegale:
    """CASF L223-1; CE 29/05/2019 n° 417467: no limit refuses AM or AML by itself."""

    @given(examinations.filter(lambda file: REGIMES[file.nature].is_legal))
    def test_is_stopped_by_nothing(self, file: Examination) -> None:
        assert evaluate(file, reglement()).blocking == ()

    @given(examinations.filter(lambda file: REGIMES[file.nature].is_legal))
    def test_is_not_stopped_even_by_a_reglement_that_says_so(self, file: Examination) -> None:
        body = example_body()
        for part in ("publics", "reste_a_vivre", "plafond", "plafond_annuel", "cumul"):
            body[file.nature][part]["exceeded"] = Exceeded.REFUS

        assert evaluate(file, reglement(body)).blocking == ()

    @pytest.mark.parametrize("nature", [Nature.AM, Nature.AML])
    def test_goes_to_the_commission_when_the_envelope_is_empty(self, nature: Nature) -> None:
        evaluation = evaluate(examination(nature, available_cents=0), reglement())

        assert evaluation.is_grantable
        assert evaluation.needs_commission

    def test_goes_to_the_commission_above_its_ceiling(self) -> None:
        said = outcomes(examination(Nature.AM, amount_cents=70001))

        assert said[Rule.PLAFOND] is LineOutcome.TO_COMMISSION

    def test_stays_within_delegation_at_its_ceiling(self) -> None:
        said = outcomes(examination(Nature.AM, amount_cents=70000))

        assert said[Rule.PLAFOND] is LineOutcome.RESPECTED


class TestSecours:
    def test_stops_hard_on_an_empty_envelope(self) -> None:
        evaluation = evaluate(examination(available_cents=19999), reglement())

        assert [line.rule for line in evaluation.blocking] == [Rule.ENVELOPPE]
        assert evaluation.max_cents == 0

    def test_stops_when_the_reglement_says_a_ceiling_refuses(self) -> None:
        body = example_body()
        body["SECOURS"]["plafond"]["exceeded"] = "REFUS"

        said = outcomes(examination(amount_cents=60001), reglement(body))

        assert said[Rule.PLAFOND] is LineOutcome.BLOCKING

    @pytest.mark.parametrize(
        ("exceeded", "expected"),
        [
            ("REFUS", LineOutcome.BLOCKING),
            ("COMMISSION", LineOutcome.TO_COMMISSION),
            (None, LineOutcome.TO_COMMISSION),
        ],
    )
    def test_outside_its_publics_does_what_the_reglement_says(
        self, exceeded: str | None, expected: LineOutcome
    ) -> None:
        body = example_body()
        body["SECOURS"]["publics"] |= {"codes": ["AUTRE"], "exceeded": exceeded}
        if exceeded is None:
            del body["SECOURS"]["publics"]["exceeded"]

        assert outcomes(examination(), reglement(body))[Rule.PUBLIC] is expected

    def test_counts_aids_of_the_civil_year_only(self) -> None:
        last_year = [
            PastAid(nature=Nature.SECOURS, amount_cents=60000, decided_on=date(2022, 12, 31))
        ] * 9

        said = outcomes(examination(history=last_year))

        assert said[Rule.CUMUL] is LineOutcome.RESPECTED
        assert said[Rule.PLAFOND_ANNUEL] is LineOutcome.RESPECTED

    def test_never_comes_with_an_allocation_mensuelle_in_the_same_month(self) -> None:
        march = PastAid(nature=Nature.AM, amount_cents=100, decided_on=date(2023, 3, 1))

        same = outcomes(examination(history=[march]))
        other = outcomes(examination(history=[replace(march, decided_on=date(2023, 2, 28))]))

        assert same[Rule.CUMUL] is LineOutcome.TO_COMMISSION
        assert other[Rule.CUMUL] is LineOutcome.RESPECTED

    def test_reads_a_reste_a_vivre_per_person_and_day(self) -> None:
        at_limit = Situation(
            public="PERSONNE_SEULE", persons=1, children=0, resources_cents=36000, charges_cents=0
        )

        respected = outcomes(examination(situation=at_limit))
        above = outcomes(examination(situation=replace(at_limit, resources_cents=36030)))

        assert respected[Rule.RESTE_A_VIVRE] is LineOutcome.RESPECTED
        assert above[Rule.RESTE_A_VIVRE] is LineOutcome.TO_COMMISSION

    def test_asks_for_a_residence_only_when_the_reglement_does(self) -> None:
        body = example_body()
        body["SECOURS"]["residence"]["min_months"] = 3

        assert outcomes(examination())[Rule.RESIDENCE] is LineOutcome.NOT_APPLICABLE
        assert outcomes(examination(), reglement(body))[Rule.RESIDENCE] is LineOutcome.TO_COMMISSION


class TestFaj:
    """CASF L263-3."""

    @pytest.mark.parametrize(
        ("age", "expected"),
        [
            (None, LineOutcome.BLOCKING),
            (17, LineOutcome.BLOCKING),
            (18, LineOutcome.RESPECTED),
            (25, LineOutcome.RESPECTED),
            (26, LineOutcome.BLOCKING),
        ],
    )
    def test_is_for_the_18_to_25(self, age: int | None, expected: LineOutcome) -> None:
        assert outcomes(examination(Nature.FAJ, age=age))[Rule.AGE] is expected

    def test_asks_for_a_follow_up(self) -> None:
        plain = examination(Nature.FAJ)

        alone = replace(plain, situation=replace(plain.situation, follow_up=None))

        assert outcomes(alone)[Rule.SUIVI] is LineOutcome.BLOCKING
        assert outcomes(plain)[Rule.SUIVI] is LineOutcome.RESPECTED

    def test_never_looks_at_residence_or_family(self) -> None:
        body = example_body()
        body["FAJ"]["residence"]["min_months"] = 6
        body["FAJ"]["obligation_alimentaire"] = True

        said = outcomes(examination(Nature.FAJ), reglement(body))

        assert said[Rule.RESIDENCE] is LineOutcome.NOT_APPLICABLE
        assert said[Rule.OBLIGATION_ALIMENTAIRE] is LineOutcome.NOT_APPLICABLE


class TestCheckLawful:
    def test_accepts_the_example(self) -> None:
        check_lawful(example_body())

    @pytest.mark.parametrize("nature", ["AM", "AML"])
    @pytest.mark.parametrize(
        "part", ["publics", "reste_a_vivre", "plafond", "plafond_annuel", "cumul"]
    )
    def test_refuses_a_limit_that_refuses_a_prestation_legale(self, nature: str, part: str) -> None:
        body = deepcopy(example_body())
        body[nature][part]["exceeded"] = "REFUS"

        with pytest.raises(UnlawfulReglement) as refused:
            check_lawful(body)

        assert refused.value.errors[0]["pointer"] == f"/natures/{nature}/{part}/exceeded"

    @pytest.mark.parametrize("nature", ["AM", "AML", "FAJ"])
    def test_refuses_a_minimum_residence(self, nature: str) -> None:
        body = example_body()
        body[nature]["residence"]["min_months"] = 1

        with pytest.raises(UnlawfulReglement, match="résidence"):
            check_lawful(body)

    @pytest.mark.parametrize("nature", ["AM", "AML", "FAJ"])
    def test_refuses_the_obligation_alimentaire(self, nature: str) -> None:
        body = example_body()
        body[nature]["obligation_alimentaire"] = True

        with pytest.raises(UnlawfulReglement, match="alimentaire"):
            check_lawful(body)

    @pytest.mark.parametrize("nature", ["AM", "AML"])
    def test_refuses_an_age_for_a_prestation_legale(self, nature: str) -> None:
        body = example_body()
        body[nature]["age"] = {"article": "art. 1", "min": 18, "max": 25}

        with pytest.raises(UnlawfulReglement) as refused:
            check_lawful(body)

        assert refused.value.errors[0]["pointer"] == f"/natures/{nature}/age"
        said = outcomes(examination(Nature(nature)), reglement(body))
        assert said[Rule.AGE] is LineOutcome.NOT_APPLICABLE

    def test_refuses_a_faj_without_ages(self) -> None:
        body = example_body()
        body["FAJ"]["age"] = None

        with pytest.raises(UnlawfulReglement, match="18 à 25"):
            check_lawful(body)


@pytest.mark.parametrize(
    ("cents", "text"), [(5, "0,05 €"), (123450, "1 234,50 €"), (-1200, "-12,00 €")]
)
def test_amounts_are_written_in_french(cents: int, text: str) -> None:
    assert euros(cents) == text
