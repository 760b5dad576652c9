"""Contact points, and what the other services are told of them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from .conftest import MONTAUBAN

PHONE = "06 39 98 00 01"


def sms(**said):
    return {"channel": "SMS", "value": PHONE, "opted_in": True, "confirmed_safe": True} | said


def reach(office, *personnes):
    ids = [p["personne_id"] for p in personnes]
    answer = office.client.post("/internal/contacts", {"personne_ids": ids}, role="service")
    assert answer.status == 200
    return answer.json["contacts"]


def put(office, one, contacts, etag):
    path = f"/v1/personnes/{one['personne_id']}/contacts"
    return office.put(path, {"contacts": contacts}, etag=etag)


@pytest.fixture
def mother(office):
    return office.register(contacts=[sms()])


@pytest.fixture
def son(office):
    return {
        "family_name": "Martin",
        "first_names": "Lou",
        "born_on": "2003-02-02",
        "commune": MONTAUBAN,
    }


class TestReach:
    def test_an_opted_in_and_confirmed_number_is_given_in_e164(self, office, mother):
        (line,) = reach(office, mother)

        assert line == {
            "personne_id": mother["personne_id"],
            "allowed": True,
            "reason": None,
            "language": "fr",
            "sms": "+33639980001",
            "email": None,
        }

    @pytest.mark.parametrize(
        ("contacts", "reason"),
        [
            ([sms(opted_in=False)], "NOT_OPTED_IN"),
            ([sms(confirmed_safe=False)], "NOT_CONFIRMED"),
            ([], "NO_SAFE_CONTACT"),
        ],
    )
    def test_anything_less_is_not(self, office, contacts, reason):
        (line,) = reach(office, office.register(contacts=contacts))

        assert (line["allowed"], line["reason"], line["sms"]) == (False, reason, None)

    def test_no_contact_is_absolute(self, office, mother):
        office.post(f"/v1/personnes/{mother['personne_id']}/no-contact", {"no_contact": True})

        assert reach(office, mother)[0]["reason"] == "NO_CONTACT"

    def test_death_stops_everything(self, office, mother):
        office.post(f"/v1/personnes/{mother['personne_id']}/death", {"died_on": "2023-01-05"})

        assert reach(office, mother)[0]["reason"] == "DECEASED"

    def test_an_unknown_person_is_told_as_such_and_order_is_kept(self, office, mother, stranger):
        lines = reach(office, {"personne_id": str(stranger)}, mother)

        assert [line["reason"] for line in lines] == ["UNKNOWN", None]

    def test_takes_three_reads_whatever_the_number(self, office):
        people = [
            office.register(contacts=[sms(value=f"06 39 98 00 {n:02}")]) for n in range(10, 15)
        ]
        seen = []
        sa.event.listen(
            office.runtime.engine, "before_cursor_execute", lambda *args: seen.append(args[2])
        )

        assert all(line["allowed"] for line in reach(office, *people))
        assert len([s for s in seen if s.lstrip().upper().startswith("SELECT")]) <= 3


class TestSharedNumber:
    def test_is_unsafe_for_both_until_each_confirms_knowing_it(self, office, mother, son):
        child = office.register(**son, contacts=[sms()])
        assert [x["allowed"] for x in reach(office, mother, child)] == [False, False]

        put(office, child, [sms(shared_confirmed=True)], '"1"')
        assert [x["allowed"] for x in reach(office, mother, child)] == [False, False]

        put(office, mother, [sms(shared_confirmed=True)], '"1"')
        assert [x["allowed"] for x in reach(office, mother, child)] == [True, True]

    def test_a_third_holder_makes_it_unsafe_again(self, office, mother, son):
        child = office.register(**son, contacts=[sms(shared_confirmed=True)])
        put(office, mother, [sms(shared_confirmed=True)], '"1"')

        office.register(**son | {"first_names": "Zoé"}, contacts=[sms(shared_confirmed=True)])

        assert [x["allowed"] for x in reach(office, mother, child)] == [False, False]

    def test_sending_the_list_again_confirms_nothing_new(self, office, mother, son):
        office.register(**son, contacts=[sms(shared_confirmed=True)])

        sheet = put(office, mother, [sms()], '"1"').json

        assert sheet["contacts"][0]["reason"] == "SHARED"

    def test_a_minor_alone_shares_with_nobody(self, office, mother, son):
        child = office.register(
            **son | {"born_on": "2008-01-01"},
            circumstance="MINOR_ALONE",
            contacts=[sms(shared_confirmed=True)],
        )
        put(office, mother, [sms(shared_confirmed=True)], '"1"')

        assert [x["allowed"] for x in reach(office, mother, child)] == [False, False]

    def test_the_survivor_is_no_longer_bound_by_the_dead(self, office, mother, son):
        child = office.register(**son, contacts=[sms()])

        office.post(f"/v1/personnes/{mother['personne_id']}/death", {"died_on": "2023-01-05"})

        assert reach(office, child)[0]["allowed"]


class TestReplace:
    def test_keeps_who_noted_what_and_tells_the_change(self, office, mother):
        email = {"channel": "EMAIL", "value": "Camille@Exemple.fr", "opted_in": True}

        sheet = put(office, mother, [email, sms()], '"1"')

        assert sheet.etag == '"2"'
        first, second = sheet.json["contacts"]
        assert (first["value"], first["reason"]) == ("camille@exemple.fr", "NOT_CONFIRMED")
        assert second["confirmed_by"] == str(office.agent_id)
        assert office.facts()[-1] == "personne_changed"

    def test_an_older_reading_is_refused(self, office, mother):
        put(office, mother, [], '"1"')

        assert put(office, mother, [sms()], '"1"').status == 412

    def test_twice_the_same_number_is_refused_by_its_rank(self, office, mother):
        answer = put(office, mother, [sms(), sms(value="+33639980001")], '"1"')

        assert answer.json["errors"][0]["pointer"] == "/contacts/1/value"

    def test_the_same_list_tells_nothing(self, office, mother):
        assert put(office, mother, [sms()], '"1"').etag == '"1"'
        assert office.facts() == ["personne_registered"]
