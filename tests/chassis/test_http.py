"""Requests in process: what is refused, with which problem, and what a second click does."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from werkzeug.routing import Map, Rule
from werkzeug.test import create_environ
from werkzeug.wrappers import Response

from chassis.host.http import _Application
from chassis.testing import published
from chassis.web.pages import encode_cursor
from tests.chassis.sample.compteur.persistence import Compteur

UNKNOWN = UUID(int=1)


@pytest.fixture
def runtime(service_runtime):
    return service_runtime("compteur")


@pytest.fixture
def client(runtime, http):
    return http(runtime)


def create(client, label="un", *, key="cle-de-test", **options):
    body = {"label": label} | options.pop("more", {})
    return client.post("/v1/compteurs", json=body, role="agent", key=key, **options)


def kind(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.json) >= {"type", "title", "status", "detail", "correlation_id"}
    return answer.status, answer.json["type"].removeprefix("urn:departement:probleme:")


class TestRefusals:
    def test_nobody_without_a_token(self, client):
        answer = client.get("/v1/compteurs")

        assert kind(answer) == (401, "non-authentifie")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_not_with_another_role(self, client):
        assert kind(client.get("/v1/compteurs", role="partenaire")) == (403, "interdit")
        assert kind(client.get("/internal/traffic", role="agent")) == (403, "interdit")

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"{",
            b'{"label": NaN}',
            b"\xff\xfe",
            b'{"label": "a\\u0000b"}',
            b'{"label": "\\ud800"}',
            b'{"label": "\\udc00\\ud800"}',
            b"[" * 100_000,
            b'{"label": ' + b"9" * 5000 + b"}",
        ],
    )
    def test_unreadable_bodies(self, client, data):
        answer = client.request(
            "POST",
            "/v1/compteurs",
            data=data,
            role="agent",
            key="cle-de-test",
            headers={"Content-Type": "application/json"},
        )

        assert kind(answer) == (400, "requete-illisible")

    def test_an_escaped_pair_is_a_good_text(self, client):
        answer = client.request(
            "POST",
            "/v1/compteurs",
            data=b'{"label": "\\ud83d\\ude00"}',
            role="agent",
            key="cle-de-test",
            headers={"Content-Type": "application/json"},
        )

        assert answer.json["label"] == "😀"

    @pytest.mark.parametrize("document", [[], 1, "x", None, {"label": 7}, {"label": ""}, {}])
    def test_bodies_that_do_not_fit_say_which_field(self, client, document):
        answer = client.request(
            "POST",
            "/v1/compteurs",
            data=json.dumps(document).encode(),
            role="agent",
            key="cle-de-test",
            headers={"Content-Type": "application/json"},
        )

        assert kind(answer) == (422, "donnees-invalides")
        assert answer.json["errors"][0]["pointer"].startswith("/")

    def test_an_unknown_field_is_refused_without_quoting_what_may_be_a_name(self, client):
        answer = create(client, more={"Durand": "x"})

        assert kind(answer) == (422, "donnees-invalides")
        assert answer.json["errors"][0]["detail"] == "Champ inconnu."
        assert b"Durand" not in answer.body

    def test_too_large_and_wrong_type(self, client):
        big = client.request(
            "POST", "/v1/compteurs", data=b"x" * 262_145, role="agent", key="cle-de-test"
        )
        text = client.request(
            "POST",
            "/v1/compteurs",
            data=b"{}",
            role="agent",
            key="cle-de-test",
            headers={"Content-Type": "text/plain"},
        )

        assert kind(big) == (413, "corps-trop-grand")
        assert kind(text) == (415, "type-de-contenu")

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/v1/compteurs/pas-un-uuid", 422),
            ("/v1/compteurs/%00", 422),
            (f"/v1/compteurs/{UNKNOWN}", 404),
            ("/v1/compteurs?limit=0", 422),
            ("/v1/compteurs?limit=x", 422),
            ("/v1/compteurs?inconnu=1", 422),
            ("/v1/sleep?seconds=nan", 422),
            ("/v1/sleep?seconds=1e999", 422),
            ("/v1/labels/%00", 400),
            ("/v1/labels/a%00b", 400),
            ("/v1/days?on=0001-01-01", 422),
            ("/v1/days?on=9999-12-31", 422),
            ("/v1/days?on=2023-01-09&after=99999999", 422),
        ],
    )
    def test_addresses_that_mean_nothing(self, client, path, status):
        answer = client.get(path, role="agent")

        assert answer.status == status
        assert kind(answer)[1] in {
            "requete-illisible",
            "donnees-invalides",
            "invalide",
            "introuvable",
        }

    def test_a_bug_says_nothing_of_itself(self, client, capsys):
        answer = client.get("/v1/bug", role="agent")

        assert kind(answer) == (500, "erreur-interne")
        assert b"185057" not in answer.body
        assert "185057" not in "".join(capsys.readouterr())

    def test_support_finds_the_place_of_a_bug_by_its_correlation(self, client, capsys):
        correlation = client.get("/v1/bug", role="agent").json["correlation_id"]

        (line,) = map(json.loads, capsys.readouterr().out.splitlines())
        assert (line["correlationid"], line["error_class"]) == (correlation, "RuntimeError")
        file, _, number = line["place"].partition(":")
        source = (Path(__file__).parents[2] / file).read_text().splitlines()
        assert 'raise RuntimeError("Durand 185057512345678")' in source[int(number) - 1]

    def test_a_bug_of_the_host_is_told_to_support_alone(self, capsys):
        class Broken:
            in_flight, draining = 0, False

            def make_url_map(self):
                return Map([Rule("/v1/bug", endpoint=self)])

            def handle_request(self, request):
                raise RuntimeError("Durand 185057512345678")

        answer = Response.from_app(_Application(Broken()), create_environ("/v1/bug"))

        (line,) = map(json.loads, (written := capsys.readouterr().out).splitlines())
        assert answer.status_code == 500
        assert line["error_class"] == "RuntimeError"
        assert line["place"].startswith("tests/chassis/test_http.py:")
        assert "185057" not in answer.get_data(as_text=True) + written


class TestIdempotency:
    def test_the_same_request_gets_the_same_answer_and_one_fact(self, client, runtime):
        first, second = create(client), create(client)

        assert (first.status, first.body) == (second.status, second.body)
        assert first.etag == second.etag
        assert len(published(runtime)) == 1

    def test_another_body_under_the_same_key_is_refused(self, client):
        create(client)

        assert kind(create(client, "deux")) == (422, "cle-reutilisee")

    def test_another_version_under_the_same_key_is_refused(self, client):
        made = create(client)

        def reset(etag):
            path = f"/v1/compteurs/{made.json['id']}/reset"
            return client.post(path, role="agent", key="cle-de-remise", etag=etag)

        first = reset(made.etag)
        assert first.status == 200
        assert kind(reset(first.etag)) == (422, "cle-reutilisee")
        assert reset(made.etag).body == first.body

    def test_keys_of_two_callers_are_two_keys(self, client, runtime):
        create(client, "un", subject="a")

        assert create(client, "deux", subject="b").status == 201
        assert len(published(runtime)) == 2

    @pytest.mark.parametrize("key", [None, "court", "a" * 201, "avec espace", "éééééééé"])
    def test_a_key_is_required_and_plain(self, client, key):
        assert kind(create(client, key=key)) == (400, "requete-illisible")

    def test_while_the_first_runs_the_second_is_told_to_wait(self, client, runtime):
        caller = "idempotency:agent:cle-de-test"
        from chassis.locks import lock_resources  # noqa: PLC0415 - holds the key as a request does

        with runtime.unit_of_work() as uow:
            lock_resources(uow.session, [caller])
            assert kind(create(client)) == (409, "demande-en-cours")
        assert create(client).status == 201

    def test_many_at_once_do_it_once(self, client, runtime):
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _: create(client).status, range(6)))

        assert set(answers) <= {201, 409}
        assert 201 in answers
        assert len(published(runtime)) == 1

    def test_a_refusal_is_not_remembered(self, client, runtime):
        create(client, "pris", key="premiere-cle")
        assert kind(create(client, "pris")) == (409, "libelle-pris")
        with runtime.unit_of_work() as uow:
            uow.session.execute(sa.update(Compteur).values(label="libre"))
            uow.commit()

        assert create(client, "pris").status == 201

    def test_after_24_hours_the_key_is_new(self, client, runtime):
        create(client)
        table = runtime.tables.idempotency
        with runtime.engine.begin() as connection:
            connection.execute(
                sa.update(table).values(answered_at=sa.func.now() - timedelta(hours=25))
            )

        assert create(client, "deux").status == 201

    def test_the_stored_answer_is_encrypted(self, client, runtime):
        create(client, "Durand")

        with runtime.engine.connect() as connection:
            body = connection.scalar(sa.select(runtime.tables.idempotency.c.body))
        assert b"Durand" not in bytes(body)


class TestVersions:
    def increment(self, client, made, **options):
        return client.post(f"/v1/compteurs/{made.json['id']}/increment", role="agent", **options)

    def test_a_change_names_the_version_it_saw(self, client):
        made = create(client)

        assert kind(self.increment(client, made)) == (428, "version-requise")
        assert kind(self.increment(client, made, etag="1")) == (400, "requete-illisible")
        changed = self.increment(client, made, etag=made.etag)
        assert (changed.json["value"], changed.etag) == (1, '"2"')
        assert kind(self.increment(client, made, etag=made.etag)) == (412, "version-depassee")

    def test_of_two_at_once_one_is_told_that_it_saw_an_old_version(self, client):
        made = create(client)

        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(lambda _: self.increment(client, made, etag=made.etag).status, range(2))
            )

        assert sorted(answers) == [200, 412]


class TestPages:
    def test_a_list_is_walked_to_its_end_without_loss(self, client):
        made = {create(client, str(n), key=f"cle-{n:06}").json["id"] for n in range(7)}
        seen, cursor = [], ""

        while True:
            page = client.get(f"/v1/compteurs?limit=3{cursor}", role="agent").json
            seen += [row["id"] for row in page["compteurs"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"

        assert set(seen) == made
        assert len(seen) == 7

    @pytest.mark.parametrize("cursor", ["x", "é", "AAAA", "a" * 400, "%00"])
    def test_a_cursor_that_is_not_ours_is_refused(self, client, cursor):
        answer = client.get(f"/v1/compteurs?cursor={cursor}", role="agent")

        assert kind(answer) == (422, "invalide")

    def test_a_cursor_of_another_list_is_refused(self, client):
        for n in range(2):
            create(client, str(n), key=f"cle-{n:06}")
        cursor = client.get("/v1/labels?limit=1", role="agent").json["next"]

        answer = client.get(f"/v1/compteurs?limit=1&cursor={cursor}", role="agent")

        assert kind(answer) == (422, "invalide")
        assert client.get(f"/v1/labels?cursor={cursor}", role="agent").status == 200

    def test_a_cursor_of_another_service_is_refused(self, client, runtime):
        cursor = encode_cursor([0], runtime.keyring, of="miroir /v1/compteurs")

        answer = client.get(f"/v1/compteurs?cursor={cursor}", role="agent")

        assert kind(answer) == (422, "invalide")

    def test_a_cursor_that_was_tampered_with_is_refused(self, client):
        for n in range(2):
            create(client, str(n), key=f"cle-{n:06}")
        cursor = client.get("/v1/compteurs?limit=1", role="agent").json["next"]
        changed = cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1]

        answer = client.get(f"/v1/compteurs?limit=1&cursor={changed}", role="agent")

        assert kind(answer) == (422, "invalide")


def test_an_answer_names_the_correlation_it_was_given(client):
    given = uuid4()

    answer = client.get("/v1/compteurs", role="agent", headers={"X-Correlation-Id": str(given)})

    assert UUID(answer.headers["X-Correlation-Id"]) == given


def test_answers_are_not_cached(client):
    assert client.get("/v1/compteurs", role="agent").headers["Cache-Control"] == "no-store"
