"""The routes: refused by default, then what each answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.testing import Client
from tests.integration.notifications.conftest import MONDAY, Town

TOMORROW = MONDAY + timedelta(days=1)
HERE, ELSEWHERE = ["MDS-MONTAUBAN"], ["MDS-CASTELSARRASIN"]
EVERY_ROLE = [
    "secretaire",
    "travailleur_social",
    "responsable",
    "direction",
    "dpo",
    "finance",
    "admin",
    "partenaire",
    "service",
    "personne",
]


@pytest.mark.parametrize(
    ("method", "path", "body", "allowed"),
    [
        ("GET", "/v1/messages", None, {"secretaire", "responsable", "admin"}),
        ("GET", "/v1/undeliverable", None, {"secretaire", "responsable", "admin"}),
        ("GET", "/v1/inbox", None, {"admin"}),
        ("GET", "/v1/lieux", None, {"secretaire", "travailleur_social", "responsable", "admin"}),
        ("PUT", "/v1/lieux/CENTRE", {"address": "12 rue des Exemples"}, {"admin"}),
        (
            "POST",
            "/v1/previews",
            {"template": "DEMANDE_ANSWERED"},
            {"secretaire", "travailleur_social", "responsable", "admin"},
        ),
        (
            "GET",
            "/v1/activity?from=2023-01-01&to=2023-01-31",
            None,
            {"responsable", "direction", "admin"},
        ),
    ],
)
def test_a_route_opens_to_its_roles_alone(
    client: Client, method: str, path: str, body: Any, allowed: set[str]
) -> None:
    assert client.request(method, path, json=body).status == 401
    for role in EVERY_ROLE:
        status = client.request(method, path, json=body, role=role, mds=HERE).status
        assert (status == 200) is (role in allowed), role
        assert status in {200, 403}


class TestMessages:
    def test_an_agent_sees_the_messages_of_their_mds_alone(
        self, town: Town, client: Client
    ) -> None:
        town.book(town.personne(), starts_at=TOMORROW)
        town.at(MONDAY)
        (row,) = town.rows()
        path = f"/v1/messages/{row['message_id']}"

        for mds in (ELSEWHERE, []):
            assert client.get("/v1/messages", role="secretaire", mds=mds).json["messages"] == []
            assert client.get(path, role="secretaire", mds=mds).status == 404
            assert client.post(path + "/stop", role="secretaire", mds=mds).status == 404
        listed = client.get("/v1/messages", role="secretaire", mds=HERE).json["messages"]
        assert [message["message_id"] for message in listed] == [str(row["message_id"])]
        assert len(client.get("/v1/messages", role="admin").json["messages"]) == 1

    def test_the_list_is_paged_and_filtered(self, town: Town, client: Client) -> None:
        for _ in range(5):
            town.book(town.personne(), starts_at=TOMORROW)
        town.book(town.personne(allowed=False, reason="DECEASED"), starts_at=TOMORROW)
        town.at(MONDAY)

        first = client.get("/v1/messages?status=SENT&limit=3", role="admin").json
        then = client.get(
            f"/v1/messages?status=SENT&limit=3&cursor={first['next']}", role="admin"
        ).json

        assert (len(first["messages"]), len(then["messages"]), then["next"]) == (3, 2, None)
        assert {m["status"] for m in first["messages"] + then["messages"]} == {"SENT"}
        assert client.get("/v1/messages?nom=Durand", role="admin").status == 422

    def test_a_message_is_read_with_its_text_and_no_address(
        self, town: Town, client: Client
    ) -> None:
        town.book(town.personne(sms="+33639980001"), starts_at=TOMORROW)
        town.at(MONDAY)
        (row,) = town.rows()

        answer = client.get(f"/v1/messages/{row['message_id']}", role="admin")

        (text,) = answer.json["texts"]
        assert text["body"] == town.sink.received[0]["text"]
        assert (text["encoding"], text["parts"]) == ("GSM-7", 1)
        assert b"639980001" not in answer.body
        assert "recipient_digest" not in answer.json


class TestStop:
    def test_a_waiting_message_is_stopped_once_for_all(self, town: Town, client: Client) -> None:
        town.book(town.personne(), starts_at=TOMORROW)
        (row,) = town.rows()
        path = f"/v1/messages/{row['message_id']}/stop"

        first = client.post(path, role="responsable", mds=HERE)
        second = client.post(path, role="responsable", mds=HERE)
        town.at(MONDAY)

        assert (first.status, second.status) == (200, 200)
        assert first.json["reason"] == second.json["reason"] == "STOPPED"
        assert town.sink.received == []
        assert town.facts() == [("notification_dropped", "STOPPED")]

    def test_what_left_cannot_be_stopped(self, town: Town, client: Client) -> None:
        town.book(town.personne(), starts_at=TOMORROW)
        town.at(MONDAY)
        (row,) = town.rows()

        answer = client.post(f"/v1/messages/{row['message_id']}/stop", role="admin")

        assert answer.status == 409
        assert answer.json["type"].endswith("message-deja-traite")


class TestCallBack:
    def test_who_could_not_be_reached_is_listed_then_ticked_off(
        self, town: Town, client: Client
    ) -> None:
        refused = town.personne(sms="+33639980422")
        town.book(refused, starts_at=TOMORROW)
        for reason in ("NO_CONTACT", "DECEASED", "UNHEARD_OF"):
            town.book(town.personne(allowed=False, reason=reason), starts_at=TOMORROW)
        town.book(town.personne(allowed=False, reason="NO_SAFE_CONTACT"), starts_at=TOMORROW)
        town.at(MONDAY)

        listed = client.get("/v1/undeliverable", role="secretaire", mds=HERE).json["messages"]
        assert [message["reason"] for message in listed] == ["NO_CHANNEL", "RECIPIENT_REFUSED"]
        assert client.get("/v1/undeliverable", role="secretaire", mds=ELSEWHERE).json == {
            "messages": [],
            "next": None,
        }

        path = f"/v1/undeliverable/{listed[1]['message_id']}/called-back"
        first, second = (client.post(path, role="secretaire", mds=HERE) for _ in range(2))
        assert first.json["called_back_at"] == second.json["called_back_at"]
        left = client.get("/v1/undeliverable", role="secretaire", mds=HERE).json["messages"]
        assert [message["reason"] for message in left] == ["NO_CHANNEL"]

    def test_nobody_is_ticked_off_who_must_not_be_called(self, town: Town, client: Client) -> None:
        town.book(town.personne(allowed=False, reason="NO_CONTACT"), starts_at=TOMORROW)
        town.at(MONDAY)
        (row,) = town.rows()

        path = f"/v1/undeliverable/{row['message_id']}/called-back"
        assert client.post(path, role="admin").status == 409


class TestPreview:
    def test_it_shows_text_and_cost_on_each_channel(self, client: Client) -> None:
        place = {"address": "12 rue des Exemples, Montauban", "phone": "05 63 00 00 00"}
        assert client.put("/v1/lieux/CENTRE", json=place, role="admin").status == 200

        answer = client.post(
            "/v1/previews",
            json={
                "template": "RENDEZVOUS_REMINDER",
                "starts_at": "2023-03-14T09:30:00+01:00",
                "site": "CENTRE",
            },
            role="secretaire",
        )

        sms, mail = answer.json["texts"]
        assert sms["body"] == (
            "Rappel : rendez-vous le mardi 14 mars à 9h30, 12 rue des Exemples, Montauban."
            " Empechement : 05 63 00 00 00."
        )
        assert sms["parts"] == 1
        assert mail["subject"] == "Rappel de votre rendez-vous"

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"template": "RENDEZVOUS_REMINDER"}, "/starts_at"),
            ({"template": "AUTRE"}, "/template"),
            ({"template": "RENDEZVOUS_MOVED", "starts_at": "2023-03-14T09:30:00"}, "/starts_at"),
        ],
    )
    def test_a_wrong_field_is_named(
        self, client: Client, body: dict[str, str], pointer: str
    ) -> None:
        answer = client.post("/v1/previews", json=body, role="secretaire")

        assert answer.status == 422
        assert [error["pointer"] for error in answer.json["errors"]] == [pointer]

    def test_an_unknown_field_is_refused_and_never_quoted(self, client: Client) -> None:
        body = {"template": "DEMANDE_ANSWERED", "nom": "Durand"}

        answer = client.post("/v1/previews", json=body, role="secretaire")

        assert answer.status == 422
        assert b"Durand" not in answer.body

    def test_a_place_that_tells_too_much_is_refused(self, client: Client) -> None:
        answer = client.put(
            "/v1/lieux/CENTRE", json={"address": "Maison des solidarités"}, role="admin"
        )

        assert answer.status == 422
        assert answer.json["errors"][0]["pointer"] == "/address"
        assert client.get("/v1/lieux", role="admin").json == {"lieux": []}


class TestReceipts:
    def receipt(
        self, client: Client, message_id: UUID, status: str, partenaire: str = "FOURNISSEUR_SMS"
    ) -> int:
        return client.post(
            "/v1/receipts",
            json={"reference": str(message_id), "status": status, "id": "sms-1"},
            role="partenaire",
            partenaire=partenaire,
        ).status

    def test_only_the_provider_may_deposit_them(self, town: Town, client: Client) -> None:
        town.book(town.personne(), starts_at=TOMORROW)
        town.at(MONDAY)
        (row,) = town.rows()

        assert self.receipt(client, row["message_id"], "DELIVERED", "CAF") == 403
        body = {"reference": str(row["message_id"]), "status": "DELIVERED"}
        for role in ("admin", "service", "secretaire"):
            assert client.post("/v1/receipts", json=body, role=role).status == 403
        assert town.rows()[0]["status"] == "SENT"

    def test_a_delivery_is_told_once(self, town: Town, client: Client) -> None:
        town.book(town.personne(), starts_at=TOMORROW)
        town.at(MONDAY)
        (row,) = town.rows()

        statuses = [self.receipt(client, row["message_id"], "DELIVERED") for _ in range(3)]
        statuses.append(self.receipt(client, row["message_id"], "UNDELIVERABLE"))

        assert statuses == [204] * 4
        assert town.rows()[0]["status"] == "DELIVERED"
        assert town.facts() == [("notification_sent", None), ("notification_delivered", None)]

    def test_an_undeliverable_sms_joins_the_call_back_list(
        self, town: Town, client: Client
    ) -> None:
        town.book(town.personne(), starts_at=TOMORROW)
        town.at(MONDAY)
        (row,) = town.rows()

        self.receipt(client, row["message_id"], "UNDELIVERABLE")

        listed = client.get("/v1/undeliverable", role="admin").json["messages"]
        assert [message["reason"] for message in listed] == ["UNDELIVERABLE"]
        assert town.facts()[-1] == ("notification_failed", "UNDELIVERABLE")

    def test_one_that_overtakes_the_sender_is_applied_by_it(
        self, town: Town, client: Client
    ) -> None:
        town.book(town.personne(), starts_at=TOMORROW)
        (row,) = town.rows()

        assert self.receipt(client, row["message_id"], "DELIVERED") == 204
        assert town.rows()[0]["status"] == "WAITING"
        town.at(MONDAY)

        assert town.rows()[0]["status"] == "DELIVERED"
        assert town.facts() == [("notification_sent", None), ("notification_delivered", None)]

    def test_a_mail_or_an_unknown_message_has_none(self, town: Town, client: Client) -> None:
        town.book(town.personne(sms=None, email="a@exemple.example"), starts_at=TOMORROW)
        town.at(MONDAY)

        assert self.receipt(client, town.rows()[0]["message_id"], "DELIVERED") == 404
        assert self.receipt(client, new_id(), "DELIVERED") == 404


def test_activity_counts_by_mds_template_channel_outcome_and_reason(
    town: Town, client: Client
) -> None:
    town.book(town.personne(), starts_at=TOMORROW)
    town.book(town.personne(), starts_at=TOMORROW)
    town.book(town.personne(sms=None, email="a@exemple.example"), starts_at=TOMORROW)
    town.book(town.personne(allowed=False, reason="DECEASED"), starts_at=TOMORROW)
    town.at(MONDAY)

    answer = client.get("/v1/activity?from=2023-01-09&to=2023-01-09", role="direction").json
    before = client.get("/v1/activity?from=2023-01-08&to=2023-01-08", role="direction").json

    codes = {"mds": "MDS-MONTAUBAN", "template": "RENDEZVOUS_CONFIRMED"}
    sent = {"outcome": "SENT", "reason": None}
    assert (answer["from"], answer["to"]) == ("2023-01-09", "2023-01-09")
    assert answer["rows"] == [
        codes | sent | {"channel": "EMAIL", "count": 1, "sms_parts": 0},
        codes | sent | {"channel": "SMS", "count": 2, "sms_parts": 2},
        codes
        | {"outcome": "DROPPED", "reason": "DECEASED", "channel": None}
        | {"count": 1, "sms_parts": 0},
    ]
    assert before["rows"] == []


class TestInbox:
    def test_it_shows_what_left_and_what_did_not_and_why(self, town: Town, client: Client) -> None:
        town.book(town.personne(sms="+33639980001"), starts_at=TOMORROW)
        town.book(town.personne(allowed=False, reason="DECEASED"), starts_at=TOMORROW)
        town.at(MONDAY)

        answer = client.get("/v1/inbox", role="admin")

        page = answer.body.decode()
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "Votre rendez-vous est fixé au mardi 10 janvier à 10h" in page
        assert "personne décédée" in page
        assert "639980001" not in page
        assert not any(str(row["personne_id"]) in page for row in town.rows())

    def test_it_does_not_exist_in_production(self, town: Town, client: Client) -> None:
        town.runtime.settings = replace(town.runtime.settings, environment="production")

        assert client.get("/v1/inbox", role="admin").status == 404
