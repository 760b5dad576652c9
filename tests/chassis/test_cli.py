"""The operator's commands, on the sample services."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from chassis import inbox_store
from chassis.inbox import apply_waiting
from chassis.testing import deliver, inbox_states
from tests.chassis.sample.miroir.persistence import effect


@pytest.fixture
def miroir(service_runtime):
    service_runtime("compteur")
    return service_runtime("miroir")


def park_one(miroir, value: int = -1) -> tuple[UUID, UUID]:
    counter = uuid4()
    data = {"compteur_id": counter, "value": value}
    event_id = deliver(
        miroir, "compteur", "incremented.v1", aggregate=("compteur", counter), version=1, data=data
    )
    deliver(
        miroir,
        "compteur",
        "incremented.v1",
        aggregate=("compteur", counter),
        version=2,
        data={"compteur_id": counter, "value": 2},
    )
    return event_id, counter


def effects(miroir) -> list[int]:
    with miroir.engine.connect() as connection:
        return list(connection.scalars(sa.select(effect.c.value).order_by(effect.c.seq)))


class TestParked:
    def test_lists_without_any_content_and_exits_3(self, miroir, run):
        event_id, counter = park_one(miroir)

        result = run("parked", "miroir", "--json")

        assert result.exit_code == 3
        (row,) = json.loads(result.stdout)
        assert row["id"] == str(event_id)
        assert row["suivants"] == 1
        assert str(counter) in row["sujet"]
        assert "value" not in result.stdout

    def test_nothing_parked_exits_0(self, miroir, run):
        assert run("parked").exit_code == 0

    def test_a_discarded_event_lets_its_followers_go_on(self, miroir, run):
        event_id, _ = park_one(miroir)

        result = run(
            "discard", "miroir", str(event_id), "--by", "exploitant-1", "--reason", "essai"
        )
        while apply_waiting(miroir):
            pass

        assert result.exit_code == 0, result.output
        assert effects(miroir) == [2]
        assert inbox_states(miroir) == {"discarded": 1, "applied": 1}
        with miroir.engine.connect() as connection:
            act = connection.execute(sa.select(miroir.tables.parked_act)).one()
        assert (act.act, act.by, act.reason) == ("discard", "exploitant-1", "essai")

    def test_a_replayed_event_is_tried_again_and_parked_again(self, miroir, run):
        event_id, _ = park_one(miroir)

        result = run("replay", "miroir", str(event_id), "--by", "exploitant-1")
        assert result.exit_code == 0, result.output
        assert inbox_states(miroir) == {"waiting": 2}

        apply_waiting(miroir)
        assert inbox_states(miroir) == {"parked": 1, "waiting": 1}

    def test_an_unreadable_message_stays_unreadable(self, miroir, run):
        with miroir.engine.begin() as connection:
            inbox_store.park(
                connection.connection,
                b"{Durand",
                exchange="compteur.events",
                routing_key="incremented.v1",
                reason="JSONDecodeError",
                keyring=miroir.keyring,
            )
        (row,) = json.loads(run("parked", "miroir", "--json").stdout)

        result = run("replay", "miroir", row["id"], "--by", "exploitant-1")

        assert result.exit_code == 1
        assert "illisible" in result.output
        assert "Durand" not in result.output

    @pytest.mark.parametrize("act", ["replay", "discard"])
    def test_an_unknown_id_is_refused(self, miroir, run, act):
        result = run(act, "miroir", str(uuid4()), "--by", "x", "--reason", "y")

        assert result.exit_code == 1
        assert "aucun message" in result.output

    def test_a_service_that_is_not_one_is_refused(self, miroir, run):
        assert run("parked", "inconnu").exit_code == 2


ONE = "0190b3c5-7c20-7d02-9a44-5b1f0c3d2e10"
#: Each command that reads or writes a database, as an operator gives it.
COMMANDS = [
    ("parked", "miroir"),
    ("replay", "miroir", ONE, "--by", "exploitant-1"),
    ("replay", "miroir", "all", "--by", "exploitant-1"),
    ("discard", "miroir", ONE, "--by", "exploitant-1", "--reason", "essai"),
    ("rotate", "compteur"),
    ("trace", ONE),
]


class TestBadDays:
    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    def test_a_database_away_is_one_line_and_exits_1(self, miroir, run, command):
        result = run(*command, DATABASE_URL="postgresql://127.0.0.1:1/postgres")

        assert result.exit_code == 1, result.output
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1
        assert "ne répond pas" in result.stderr

    def test_a_value_under_a_key_that_is_missing_is_named(self, service_runtime, run, http):
        compteur = service_runtime("compteur")
        http(compteur).post(
            "/v1/compteurs", {"label": "un", "secret": "x"}, role="agent", key="cle-de-test"
        )
        only = "cle-9:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="

        result = run("rotate", "compteur", ENCRYPTION_KEYS=only)

        assert result.exit_code == 1
        assert result.stderr.count("\n") == 1
        assert "cle-2" in result.stderr

    def test_an_unreadable_message_under_a_key_that_is_missing_is_named(self, miroir, run):
        with miroir.engine.begin() as connection:
            inbox_store.park(
                connection.connection,
                b"{Durand",
                exchange="compteur.events",
                routing_key="incremented.v1",
                reason="JSONDecodeError",
                keyring=miroir.keyring,
            )
        only = "cle-9:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="

        result = run("replay", "miroir", "all", "--by", "x", ENCRYPTION_KEYS=only)

        assert result.exit_code == 1
        assert "cle-2" in result.stderr
        assert inbox_states(miroir) == {}


class TestTrace:
    def test_tells_what_a_request_set_in_motion(self, miroir, run):
        park_one(miroir)
        inbox = miroir.tables.inbox
        with miroir.engine.connect() as connection:
            wanted = connection.scalar(sa.select(inbox.c.correlation_id).limit(1))

        result = run("trace", str(wanted), "--json")

        assert result.exit_code == 0
        (step,) = json.loads(result.stdout)
        assert step["service"] == "miroir"
        assert step["événement"] == "compteur.incremented.v1"

    def test_an_unknown_number_exits_1(self, miroir, run):
        assert run("trace", str(uuid4())).exit_code == 1

    def test_what_is_not_a_number_exits_2(self, miroir, run):
        assert run("trace", "abc").exit_code == 2


class TestDoctor:
    def test_all_is_well_in_embedded_mode(self, miroir, run):
        result = run("doctor", "--json")

        assert result.exit_code == 0, result.stdout
        assert {row["état"] for row in json.loads(result.stdout)} == {"ok"}

    def test_names_what_is_missing(self, miroir, run):
        result = run(
            "doctor", "miroir", "--json", JWKS="/nulle/part", AMQP_URI="amqp://127.0.0.1:1"
        )

        failed = {r["contrôle"] for r in json.loads(result.stdout) if r["état"] != "ok"}
        assert result.exit_code == 1
        assert failed == {"broker", "émetteur"}

    def test_an_unknown_key_in_base_is_named(self, service_runtime, run, http):
        compteur = service_runtime("compteur")
        http(compteur).post(
            "/v1/compteurs", {"label": "un", "secret": "x"}, role="agent", key="cle-de-test"
        )

        only = "cle-9:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
        result = run("doctor", "compteur", "--json", ENCRYPTION_KEYS=only)

        failed = {
            r["contrôle"]: r["détail"] for r in json.loads(result.stdout) if r["état"] != "ok"
        }
        assert "cle-2" in failed["clés"]

    def test_the_index_key_is_told_by_a_print_that_changes_with_it_alone(
        self, miroir, run, environment
    ):
        def told(**changes: str) -> str:
            checks = json.loads(run("doctor", "miroir", "--json", **changes).stdout)
            (keys,) = [row["détail"] for row in checks if row["contrôle"] == "clés"]
            assert not any(key in keys for key in changes.values())
            return str(keys.partition("index")[2])

        fresh = "eHl6eHl6eHl6eHl6eHl6eHl6eHl6eHl6eHl6eHl6eHk="

        assert told()
        assert told(ENCRYPTION_KEYS=f"cle-3:{fresh},{environment['ENCRYPTION_KEYS']}") == told()
        assert told(INDEX_KEY=fresh) != told()

    def test_a_wrong_setting_is_one_line_and_exits_2(self, miroir, run):
        result = run("doctor", "miroir", ENCRYPTION_KEYS="court:YQ==")

        assert result.exit_code == 2
        assert "32 octets" in result.output


class TestToken:
    def test_a_role_that_no_route_knows_is_refused(self, run, tmp_path):
        result = run("token", "--role", "agent", "--role", "toto", "--folder", str(tmp_path))

        assert result.exit_code == 2
        assert result.stdout == ""
        assert "rôle inconnu : toto" in result.stderr
        assert "agent" in result.stderr

    @pytest.mark.parametrize("content", [None, "{", '{"kty": "RSA"}'])
    def test_a_folder_that_cannot_serve_is_one_line(self, run, tmp_path, content):
        folder = tmp_path / "emetteur"
        if content is None:
            folder.write_text("un fichier")
        else:
            folder.mkdir()
            (folder / "emetteur.jwk.json").write_text(content)

        result = run("token", "--role", "agent", "--folder", str(folder))

        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1
        assert "--folder" in result.stderr

    def test_signs_what_was_asked(self, run, tmp_path):
        result = run("token", "--role", "agent", "--folder", str(tmp_path))

        assert result.exit_code == 0
        assert result.stdout.count(".") == 2

    def test_is_refused_in_production(self, run, tmp_path):
        result = run(
            "token", "--role", "agent", "--folder", str(tmp_path), ENVIRONMENT="production"
        )

        assert result.exit_code == 2

    def test_is_refused_when_nothing_says_where_we_are(self, run, tmp_path):
        result = run("token", "--role", "agent", "--folder", str(tmp_path), ENVIRONMENT=None)

        assert result.exit_code == 2


def test_rotation_reseals_under_the_newest_key(service_runtime, run, http, environment):
    compteur = service_runtime("compteur")
    http(compteur).post(
        "/v1/compteurs", {"label": "un", "secret": "x"}, role="agent", key="cle-de-test"
    )
    newest = "cle-3:" + "eHl6eHl6eHl6eHl6eHl6eHl6eHl6eHl6eHl6eHl6eHk="

    result = run(
        "rotate", "compteur", "--json", ENCRYPTION_KEYS=f"{newest},{environment['ENCRYPTION_KEYS']}"
    )

    assert result.exit_code == 0, result.output
    rotated = {row["colonne"]: row["valeurs"] for row in json.loads(result.stdout)}
    assert rotated["compteur.secret"] == 1
