"""An agent's calendar feed, read back by another parser than the library that writes it."""

from __future__ import annotations

import io
import logging
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta

import prometheus_client
import pytest
import sqlalchemy as sa
import vobject

from chassis.ids import new_id
from chassis.testing import published
from services.rendezvous.domain.calendar import secret_digest
from tests.integration.rendezvous.conftest import FAR_MDS, MDS, NINE, SITE, minutes

DAYS = ("2023-01-10", "2023-03-24", "2023-03-27")


@pytest.fixture
def agent(world):
    made = world.agent()
    world.open(made, *DAYS)
    return made


@pytest.fixture
def address(world, agent):
    return draw(world, agent)


def draw(world, agent, **who):
    answer = world.client.post(
        f"/v1/agents/{agent}/calendar", role="travailleur_social", agent_id=agent, **who
    )
    assert answer.status == 201, answer.json
    return answer.json["url"]


def events(world, address):
    """Every event of the feed, by its start, as vobject reads it."""
    answer = world.client.get(address)
    assert answer.status == 200
    whole = vobject.readOne(answer.body.decode())
    found = whole.contents.get("vevent", [])
    return sorted(found, key=lambda one: one.dtstart.value)


class TestTheSecret:
    def test_is_drawn_by_the_agent_alone(self, world, agent):
        path = f"/v1/agents/{agent}/calendar"

        for who in (
            {"role": "responsable", "mds": [MDS], "agent_id": new_id()},
            {"role": "secretaire", "mds": [MDS]},
            {"role": "travailleur_social", "agent_id": new_id()},
        ):
            assert world.client.post(path, **who).status == 404
            assert world.client.delete(path, **who).status == 404
        assert world.client.post(path, role="personne", personne_id=agent).status == 403
        assert world.client.post(path).status == 401
        assert world.sql("SELECT count(*) FROM calendar_feed") == 0

    def test_opens_without_a_token_and_nothing_else_does(self, world, address):
        assert world.client.get(address).status == 200
        for wrong in ("x", address.rsplit("/", 1)[1][:-1], "A" * 43, "%00", "é"):
            answer = world.client.get(f"/v1/calendars/{wrong}")
            assert answer.status in (400, 404)
        assert world.client.get("/v1/calendars/" + "A" * 43).json["detail"] == (
            "Calendrier introuvable"
        )

    def test_a_new_one_closes_the_one_before(self, world, agent, address):
        second = draw(world, agent)

        assert second != address
        assert world.client.get(address).status == 404
        assert world.client.get(second).status == 200

    def test_is_ended_by_the_agent(self, world, agent, address):
        path = f"/v1/agents/{agent}/calendar"
        who = {"role": "travailleur_social", "agent_id": agent}

        assert world.client.delete(path, **who).status == 204
        assert world.client.get(address).status == 404
        assert world.client.delete(path, **who).status == 404

    def test_opens_nothing_once_its_agent_has_left(self, world, agent, address):
        world.agent(agent_id=agent, effective_on="2023-01-09", active=False)

        assert world.client.get(address).status == 404

    def test_only_its_digest_is_kept(self, world, address):
        secret = address.rsplit("/", 1)[1]

        assert len(secret) == 43
        assert world.sql("SELECT secret_digest FROM calendar_feed") == secret_digest(secret)
        with world.runtime.engine.connect() as connection:
            for table in sa.inspect(connection).get_table_names():
                rows = connection.exec_driver_sql(f'SELECT "{table}"::text FROM "{table}"')
                assert not any(secret in row[0] for row in rows), table

    def test_is_in_no_log_no_measure_no_fact_and_no_refusal(self, world, agent, monkeypatch):
        written = io.StringIO()
        monkeypatch.setattr(logging.root, "handlers", [logging.StreamHandler(written)])
        with redirect_stdout(written):
            address = draw(world, agent)
            secret = address.rsplit("/", 1)[1]
            assert world.client.get(address).status == 200
            refused = [world.client.get(f"{address}?{secret}=1")]
            refused.append(world.client.get(f"{address}/x"))
            refused.append(world.client.post(address))
            monkeypatch.setattr("services.rendezvous.calendars.ics.write", broken)
            refused.append(world.client.get(address))

        assert [answer.status for answer in refused] == [422, 404, 405, 500]
        told = written.getvalue() + prometheus_client.generate_latest().decode()
        told += "".join(f"{a.body.decode()}{a.headers}" for a in refused)
        told += "".join(fact.to_bytes().decode() for fact in published(world.runtime))
        assert '"route": "/v1/calendars/{secret}"' in written.getvalue()
        assert 'route="/v1/calendars/{secret}"' in told
        assert secret not in told


def broken(entries):
    raise RuntimeError(entries)


class TestWhatItTells:
    def test_when_how_and_where_and_no_more(self, world, agent, address):
        personne = world.personne()
        dossier = world.dossier(personne)
        booked = world.book([agent], [personne], changes={"dossier_id": str(dossier)}).json

        (one,) = events(world, address)

        assert one.uid.value == f"{booked['rendezvous_id']}@rendezvous.service-social"
        assert one.summary.value == "Rendez-vous (présentiel)"
        assert one.location.value == SITE
        assert one.dtstart.value == NINE
        assert one.dtend.value == NINE + minutes(45)
        assert set(one.contents) == {
            "uid", "sequence", "dtstamp", "dtstart", "dtend", "summary", "location", "class",
            "transp",
        }  # fmt: skip
        text = world.client.get(address).body.decode()
        for hidden in (personne, dossier, agent, "ACCOMPAGNEMENT"):
            assert str(hidden) not in text

    def test_a_discreet_one_a_closed_file_and_one_not_told_of_are_a_taken_time(
        self, world, agent, address
    ):
        world.motif(code="DISCRET", discreet=True)
        world.book([agent], [world.personne()], changes={"motif": "DISCRET"})
        closed, untold = world.personne(), world.personne()
        world.book([agent], [closed], changes=at(60))
        world.book([agent], [untold], changes=at(120))
        world.protect(closed, closed_to=[agent])
        world.protect_without_lists(untold)

        found = events(world, address)

        assert [one.summary.value for one in found] == ["Occupé"] * 3
        assert not any("location" in one.contents for one in found)

    def test_absences_and_blocked_work_time_but_not_what_comes_from_the_same_program(
        self, world, agent, address
    ):
        away = {"agent_id": str(agent), "day": "2023-01-12", "from": "09:00", "to": "12:00"}
        world.post("/v1/absences", away, role="admin")
        world.post("/v1/absences", away | {"day": "2023-01-13", "kind": "WORK"}, role="admin")
        load(world, agent, "20230111T090000")

        found = events(world, address)

        assert [one.summary.value for one in found] == ["Occupé", "Occupé"]
        assert [one.dtstart.value.day for one in found] == [12, 13]

    def test_a_move_keeps_the_id_and_raises_the_sequence_and_a_cancelled_one_leaves(
        self, world, agent, address
    ):
        booked = world.book([agent], [world.personne()]).json["rendezvous_id"]
        (before,) = events(world, address)
        world.act(booked, "move", at(60))
        (after,) = events(world, address)

        assert after.uid.value == before.uid.value
        assert (int(before.sequence.value), int(after.sequence.value)) == (1, 2)
        assert after.dtstart.value == NINE + minutes(60)

        assert world.act(booked, "cancel", {"by": "AGENT"}, etag='"2"').status == 200
        assert events(world, address) == []

    def test_times_are_right_on_both_sides_of_the_clock_change(self, world, agent, address):
        for start in ("2023-03-24T10:00:00+01:00", "2023-03-27T10:00:00+02:00"):
            changes = {"starts_at": start, "outside_delay": True}
            assert world.book([agent], [world.personne()], changes=changes).status == 201

        found = [one.dtstart.value for one in events(world, address)]

        assert found == [
            datetime(2023, 3, 24, 9, 0, tzinfo=UTC),
            datetime(2023, 3, 27, 8, 0, tzinfo=UTC),
        ]

    def test_three_months_back_and_twelve_ahead(self, world, agent, address):
        day = datetime(2023, 1, 9, 10, 0, tzinfo=UTC)
        for shift in (-95, -90, 360, 370):
            start = day + timedelta(days=shift)
            away = {
                "agent_id": str(agent),
                "starts_at": start.isoformat(),
                "ends_at": (start + minutes(30)).isoformat(),
            }
            assert world.post("/v1/absences", away, role="admin").status == 201

        found = [(one.dtstart.value - day).days for one in events(world, address)]

        assert found == [-90, 360]

    def test_what_another_agent_holds_is_not_in_it(self, world, agent, address):
        other = world.agent()
        world.open(other, DAYS[0])
        world.book([other], [world.personne()])

        assert events(world, address) == []


class TestAskedAgain:
    def test_it_is_told_whole_only_when_it_changed(self, world, agent, address):
        first = world.client.get(address)
        again = world.client.get(address, headers={"If-None-Match": f'W/"x", {first.etag}'})

        assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert first.headers["Cache-Control"] == "private, no-cache"
        assert first.etag.startswith('"')
        assert (again.status, again.body, again.etag) == (304, b"", first.etag)

        world.book([agent], [world.personne()])
        changed = world.client.get(address, headers={"If-None-Match": first.etag})
        assert changed.status == 200
        assert changed.etag != first.etag

    def test_the_hour_alone_changes_nothing(self, world, agent, address):
        first = world.client.get(address)
        world.at(world.runtime.clock() + timedelta(hours=6))
        later = world.client.get(address)

        assert (later.etag, later.body) == (first.etag, first.body)

    def test_another_tag_changes_nothing_and_a_star_matches(self, world, address):
        assert world.client.get(address, headers={"If-None-Match": '"x"'}).status == 200
        assert world.client.get(address, headers={"If-None-Match": "*"}).status == 304


def at(shift):
    return {"starts_at": (NINE + minutes(shift)).isoformat()}


def load(world, agent, start):
    ics = "\r\n".join(
        ["BEGIN:VCALENDAR", "BEGIN:VEVENT", f"DTSTART:{start}", "DURATION:PT1H", "END:VEVENT",
         "END:VCALENDAR", ""]
    )  # fmt: skip
    answer = world.client.post(
        f"/v1/agents/{agent}/external-calendar/file",
        json={"ics": ics},
        role="travailleur_social",
        agent_id=agent,
    )
    assert answer.status == 200, answer.json


def test_a_secretary_of_another_mds_draws_none_for_others(world, agent):
    path = f"/v1/agents/{agent}/calendar"

    assert world.client.post(path, role="secretaire", mds=[FAR_MDS]).status == 404
