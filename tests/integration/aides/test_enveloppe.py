"""The envelope: a hard stop for facultative aid, never a refusal of a prestation légale."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from chassis.testing import published
from services.aides.persistence.tables import demande as demandes
from services.aides.persistence.tables import enveloppe as enveloppes

from .conftest import Office


class TestSecours:
    def test_an_exhausted_envelope_stops_it(self, office: Office) -> None:
        small = office.open_enveloppe(19999, ["SECOURS"])
        demande = office.instructed()

        refused = office.decide(demande)
        by_commission = office.decide(demande, seance_id=office.session(demande))

        for answer in (refused, by_commission):
            assert answer.status == 409
            assert answer.json["type"].endswith(":enveloppe-epuisee")
        assert office.ledger(small) == [("OPEN", 19999)]
        assert office.read(demande).json["status"] == "INSTRUCTED"

    def test_without_an_envelope_it_says_so(self, office: Office) -> None:
        refused = office.decide(office.instructed())

        assert refused.json["type"].endswith(":aucune-enveloppe")

    def test_two_hundred_at_once_on_an_envelope_for_a_hundred(self, office: Office) -> None:
        enveloppe_id = office.open_enveloppe(100 * 1000, ["SECOURS"])
        files = [office.instructed(requested_cents=1000) for _ in range(200)]

        with ThreadPoolExecutor(max_workers=25) as pool:
            answers = list(pool.map(office.decide, files))

        refused = [answer for answer in answers if answer.status != 200]
        assert len(answers) - len(refused) == 100
        assert {answer.json["type"].rpartition(":")[2] for answer in refused} == {
            "enveloppe-epuisee"
        }
        after = office.enveloppe(enveloppe_id)
        assert (after["balance_cents"], after["committed_cents"]) == (0, 100_000)
        lines = office.ledger(enveloppe_id)
        assert (len(lines), sum(effect for _, effect in lines)) == (101, 0)
        decided = [f for f in published(office.runtime) if f.name == "demande_decided"]
        assert len(decided) == 100

    def test_two_files_of_one_household_at_once_count_each_other(self, office: Office) -> None:
        office.open_enveloppe(10_000_000, ["SECOURS", "AM"])
        household = str(new_id())
        files = [office.instructed(demandeur_id=household) for _ in range(12)]

        with ThreadPoolExecutor(max_workers=12) as pool:
            answers = list(pool.map(office.decide, files))

        # Example règlement: the fifth aid of the year goes to the commission.
        assert sum(answer.status == 200 for answer in answers) == 4
        assert {a.json["type"].rpartition(":")[2] for a in answers if a.status != 200} == {
            "commission-requise"
        }


@pytest.mark.parametrize("nature", ["AM", "AML"])
class TestPrestationLegale:
    """CASF L223-1; CE 29/05/2019 n° 417467."""

    def test_an_empty_envelope_sends_it_to_the_commission_then_to_the_budget(
        self, office: Office, nature: str
    ) -> None:
        enveloppe_id = office.open_enveloppe(5000, [nature])
        demande = office.instructed(nature)
        assert demande.json["needs_commission"]
        assert office.decide(demande).json["type"].endswith(":commission-requise")

        granted = office.decide(demande, seance_id=office.session(demande))

        assert granted.json["status"] == "AWAITING_BUDGET"
        assert office.pay(granted, "MDT-1").status == 409
        assert office.ledger(enveloppe_id) == [("OPEN", 5000)]
        told = published(office.runtime)[-1]
        assert (told.data["outcome"], told.data["amount_cents"]) == ("GRANTED", 20000)

    def test_an_authorised_overrun_is_a_named_line(self, office: Office, nature: str) -> None:
        enveloppe_id = office.open_enveloppe(5000, [nature])
        demande = office.instructed(nature)
        awaiting = office.decide(demande, seance_id=office.session(demande))
        path = f"/v1/demandes/{awaiting.json['demande_id']}/budget"
        act = {"reference": "DM-2023-02"}

        by_finance = office.post(path, act, role="finance", etag=awaiting.etag)
        authorised = office.post(path, act, role="direction", etag=awaiting.etag)

        assert by_finance.status == 403
        assert authorised.json["status"] == "GRANTED"
        assert office.ledger(enveloppe_id) == [
            ("OPEN", 5000),
            ("OVERRUN", 15000),
            ("COMMIT", -20000),
        ]
        assert office.enveloppe(enveloppe_id)["balance_cents"] == 0
        assert office.pay(authorised, "MDT-1").status == 201

    def test_with_no_envelope_at_all_it_is_granted_and_waits(
        self, office: Office, nature: str
    ) -> None:
        demande = office.instructed(nature)

        granted = office.decide(demande, seance_id=office.session(demande))

        assert granted.json["status"] == "AWAITING_BUDGET"

    def test_the_commission_grants_it_outside_the_publics_of_the_reglement_and_says_why(
        self, office: Office, nature: str
    ) -> None:
        office.open_enveloppe(1_000_000, [nature])
        demande = office.instruct(office.file(nature), situation={"public": "AUTRE"})
        why = {"reason": "EVALUATION_INDIVIDUELLE", "text": "Un enfant est en danger."}

        alone = office.decide(demande, **why)
        unsaid = office.decide(demande, seance_id=office.session(demande))
        granted = office.decide(demande, seance_id=office.session(demande), **why)

        assert alone.json["type"].endswith(":commission-requise")
        assert alone.json["regles"] == ["PUBLIC"]
        assert unsaid.json["errors"][0]["pointer"] == "/text"
        assert granted.json["status"] == "GRANTED"
        (decision,) = office.decisions(granted)
        assert decision["text"] == why["text"]

    @pytest.mark.parametrize("reason", ["ENVELOPPE_EPUISEE", "PLAFOND_ATTEINT", "CUMUL"])
    @pytest.mark.parametrize("outcome", ["REFUSED", "ADJOURNED"])
    def test_a_rule_alone_neither_refuses_it_nor_puts_it_off(
        self, office: Office, nature: str, reason: str, outcome: str
    ) -> None:
        office.open_enveloppe(1, [nature])
        demande = office.instructed(nature)

        refused = office.decide(demande, outcome, reason=reason)

        assert refused.status == 409
        assert refused.json["type"].endswith(":refus-par-la-seule-regle")
        assert office.read(demande).json["status"] == "INSTRUCTED"

    def test_granting_just_the_cap_is_a_matter_for_the_commission(
        self, office: Office, nature: str
    ) -> None:
        office.open_enveloppe(1_000_000, [nature])
        demande = office.instructed(nature, requested_cents=100_000)

        answer = office.decide(demande, "PARTLY", amount_cents=30000)

        assert answer.json["type"].endswith(":commission-requise")


class TestUrgency:
    def test_is_granted_at_once_within_its_cap_and_regularised_later(self, office: Office) -> None:
        office.open_enveloppe(1_000_000, ["SECOURS"])
        wealthy = {"resources_cents": 900_000}
        small = office.instruct(office.file(urgent=True, requested_cents=15000), situation=wealthy)
        large = office.instruct(office.file(urgent=True, requested_cents=15100), situation=wealthy)

        granted, refused = office.decide(small), office.decide(large)

        (decision,) = office.decisions(granted)
        assert (decision["path"], decision["to_regularise"]) == ("DELEGATION", True)
        assert refused.json["type"].endswith(":commission-requise")

    def test_waives_missing_documents_and_nothing_else(self, office: Office) -> None:
        office.open_enveloppe(1_000_000, ["SECOURS"])
        missing = {"missing_documents": ["AVIS_IMPOSITION"]}

        plain = office.instruct(office.file(requested_cents=15000), **missing)
        urgent = office.instruct(office.file(urgent=True, requested_cents=15000), **missing)

        assert office.decide(plain).json["pieces"] == ["AVIS_IMPOSITION"]
        assert office.decide(urgent).status == 200


class TestReservation:
    def test_money_is_set_aside_for_a_file_that_waits_for_its_commission(
        self, office: Office
    ) -> None:
        enveloppe_id = office.open_enveloppe(100_000, ["SECOURS", "AM", "AML"])
        waiting = office.instructed("AM", requested_cents=95000)
        assert office.enveloppe(enveloppe_id)["reserved_cents"] == 95000

        overtaking = office.decide(office.instructed(requested_cents=10000))
        granted = office.decide(waiting, seance_id=office.session(waiting))

        assert overtaking.status == 409
        assert granted.json["status"] == "GRANTED"
        assert office.ledger(enveloppe_id) == [
            ("OPEN", 100_000),
            ("RESERVE", -95000),
            ("RELEASE", 95000),
            ("COMMIT", -95000),
        ]

    def test_a_refusal_gives_it_back(self, office: Office) -> None:
        enveloppe_id = office.open_enveloppe(100_000, ["AM"])
        waiting = office.instructed("AM", requested_cents=95000)

        office.decide(waiting, "REFUSED", seance_id=office.session(waiting))

        assert office.enveloppe(enveloppe_id)["balance_cents"] == 100_000

    def test_instructing_again_replaces_it(self, office: Office) -> None:
        enveloppe_id = office.open_enveloppe(100_000, ["AM"])
        waiting = office.instructed("AM", requested_cents=95000)

        office.instruct(waiting, proposed_cents=40000)

        assert office.enveloppe(enveloppe_id)["reserved_cents"] == 40000

    def test_set_aside_in_december_is_given_back_to_december(self, office: Office) -> None:
        before = office.open_enveloppe(100_000, ["AM"])
        after = office.open_enveloppe(100_000, ["AM"], year=2024)
        waiting = office.instructed("AM", requested_cents=95000)
        office.at(datetime(2024, 1, 9, 9, tzinfo=UTC))

        office.decide(waiting, seance_id=office.session(waiting))

        assert office.enveloppe(before)["balance_cents"] == 100_000
        assert office.enveloppe(after)["balance_cents"] == 5_000


class TestThresholds:
    def test_each_is_told_once(self, office: Office) -> None:
        office.open_enveloppe(100_000, ["SECOURS"])

        files = [office.granted(requested_cents=cents) for cents in (50000, 30000, 1000, 14000)]
        office.post(
            f"/v1/demandes/{files[1].json['demande_id']}/withdraw",
            {"reason": "PERSONNE_RENONCE"},
            role="secretaire",
            etag=files[1].etag,
        )
        office.granted(requested_cents=35000)

        told = [
            fact.data["threshold_percent"]
            for fact in published(office.runtime)
            if fact.name == "enveloppe_threshold_reached"
        ]
        assert told == [80, 95, 100]


class TestTheDatabase:
    def test_refuses_an_envelope_overspent_in_silence(self, office: Office) -> None:
        enveloppe_id = office.open_enveloppe(1000, ["SECOURS"])
        overspend = sa.update(enveloppes).where(enveloppes.c.id == enveloppe_id)

        with (
            pytest.raises(sa.exc.IntegrityError, match="ck_enveloppe_balance"),
            office.runtime.engine.begin() as connection,
        ):
            connection.execute(overspend.values(committed_cents=1001))

    @pytest.mark.parametrize(
        "statement", ["UPDATE mouvement SET amount_cents = 1", "DELETE FROM mouvement"]
    )
    def test_refuses_to_rewrite_the_ledger(self, office: Office, statement: str) -> None:
        office.open_enveloppe(1000, ["SECOURS"])

        with (
            pytest.raises(sa.exc.DBAPIError, match=r"permission denied|append-only"),
            office.runtime.engine.begin() as connection,
        ):
            connection.exec_driver_sql(statement)

    def test_refuses_that_who_instructs_decides(self, office: Office) -> None:
        demande_id = office.instructed().json["demande_id"]
        cheat = sa.update(demandes).where(demandes.c.id == UUID(demande_id))

        with (
            pytest.raises(sa.exc.IntegrityError, match="ck_demande_decider"),
            office.runtime.engine.begin() as connection,
        ):
            connection.execute(cheat.values(decided_by=office.instructor))

    def test_refuses_a_nature_covered_twice_in_a_year(self, office: Office) -> None:
        office.open_enveloppe(1000, ["SECOURS", "AM"])
        body = {"year": 2023, "natures": ["AM", "AML"], "amount_cents": 1000}

        refused = office.post("/v1/enveloppes", body, role="finance")

        assert refused.status == 409
        assert refused.json["type"].endswith(":nature-deja-couverte")
