"""A process with a wrong environment does not start: exit 2, one French line, no secret in it."""

import os
import socket

import pytest

from chassis import run
from chassis.web.tokens import DevelopmentIssuer
from tests.chassis.processes import Platform

#: Values no line may repeat.
SECRETS = ("mot-de-passe-admin", "secret-de-la-base", "QkFEQkFEQkFEQkFEQkFEQkFEQkFEQkFE", "hunter2")
#: No broker answers there; nothing here gets as far as asking.
AMQP = "amqp://relais:hunter2@127.0.0.1:1//"
KEY = "QkFEQkFEQkFEQkFEQkFEQkFEQkFEQkFEQkFEQkFEQkE="
ADMIN = "postgresql://admin:mot-de-passe-admin@127.0.0.1:1/postgres"


@pytest.fixture
def env():
    """A complete environment, whose servers do not answer."""
    return {
        "PATH": os.environ["PATH"],
        "SERVICES_PACKAGE": "tests.chassis.sample",
        "ENVIRONMENT": "test",
        "DATABASE_URL": ADMIN,
        "DATABASE_SECRET": "secret-de-la-base",
        "ENCRYPTION_KEYS": f"cle-1:{KEY}",
        "INDEX_KEY": KEY,
        "JWKS": "/nulle/part/jwks.json",
        "TOKEN_ISSUER": "urn:test",
        "AMQP_URI": AMQP,
        "PORT": "0",
        "RELAY_PORT": "0",
    }


@pytest.fixture
def boot(env, monkeypatch, capfd):
    """Run the launcher in process on the environment, changed. None removes a variable."""

    def boot(*arguments, **changes):
        wanted = env | changes
        for name in set(os.environ) | set(wanted):
            value = wanted.get(name)
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        code = run.main(list(arguments))
        return code, capfd.readouterr().err

    return boot


def assert_refused(code, errors, *words):
    """Exit code 2 and one line that holds these words, and nothing to hide."""
    assert code == 2, errors
    assert errors.endswith("\n")
    assert errors.count("\n") == 1, errors
    for word in words:
        assert word in errors
    for secret in SECRETS:
        assert secret not in errors
    for english in ("nvironment variable", "Invalid", "Not a valid", "Must be", "Traceback"):
        assert english not in errors


SERVING = ("api", "relay", "all")
MISSING = {
    "DATABASE_URL": (*SERVING, "provision", "migrate"),
    "DATABASE_SECRET": (*SERVING, "provision", "migrate"),
    "ENCRYPTION_KEYS": SERVING,
    "INDEX_KEY": SERVING,
    "JWKS": SERVING,
    "TOKEN_ISSUER": SERVING,
    "AMQP_URI": ("relay",),
}


@pytest.mark.parametrize("given", [None, ""], ids=["absent", "empty"])
@pytest.mark.parametrize(
    ("variable", "command"), [(name, one) for name, many in MISSING.items() for one in many]
)
def test_a_missing_variable_is_named(boot, variable, command, given):
    code, errors = boot("compteur", command, **{variable: given})

    assert_refused(code, errors, "configuration refusée", f"{variable} manque")


@pytest.mark.parametrize("variable", [name for name in MISSING if name != "AMQP_URI"])
def test_blanks_are_nothing(boot, variable):
    assert_refused(*boot("compteur", "api", **{variable: "  "}), f"{variable} manque")


WRONG = [
    ("DATABASE_URL", "mot-de-passe-admin"),
    ("DATABASE_URL", "http://admin:mot-de-passe-admin@127.0.0.1/"),
    ("DATABASE_URL", "postgresql://admin:mot-de-passe-admin@127.0.0.1:abc/postgres"),
    ("DATABASE_URL", "postgresql://admin:mot-de-passe-admin@[127.0.0.1/postgres"),
    ("ENCRYPTION_KEYS", KEY),
    ("ENCRYPTION_KEYS", "cle-1:QkFEQkFE"),
    ("ENCRYPTION_KEYS", f"cle-1:{KEY},cle-1:{KEY}"),
    ("ENCRYPTION_KEYS", f":{KEY}"),
    ("ENCRYPTION_KEYS", ","),
    ("INDEX_KEY", "hunter2"),
    ("INDEX_KEY", "QkFEQkFE"),
    ("INDEX_KEY", f"k2:{KEY}"),
    ("ENVIRONMENT", "staging"),
    ("ENVIRONMENT", ""),
    ("PORT", "huit mille"),
    ("PORT", "70000"),
    ("PORT", "-1"),
    ("PORT", ""),
    ("RELAY_PORT", "1e3"),
    ("WORKERS", "0"),
    ("GRACE_SECONDS", "nan"),
    ("AMQP_URI", "http://relais:hunter2@127.0.0.1/"),
    ("AMQP_URI", "amqp://relais:hunter2@127.0.0.1:abc//"),
]


@pytest.mark.parametrize("command", SERVING)
@pytest.mark.parametrize(("variable", "value"), WRONG)
def test_a_wrong_value_is_named_and_not_repeated(boot, variable, value, command):
    code, errors = boot("compteur", command, **{variable: value})

    assert_refused(code, errors, "configuration refusée", variable)
    assert len(value) < 3 or value not in errors


@pytest.mark.parametrize(
    ("variable", "value"), [one for one in WRONG if one[0] in ("DATABASE_URL", "AMQP_URI")]
)
@pytest.mark.parametrize("command", ["provision", "migrate"])
def test_provision_and_migrate_read_only_what_they_need(boot, variable, value, command):
    unread = dict.fromkeys(("JWKS", "ENCRYPTION_KEYS", "INDEX_KEY", "TOKEN_ISSUER"))
    changes = unread | {variable: value}

    code, errors = boot("compteur", command, **changes)

    assert_refused(code, errors, "configuration refusée", variable)


class TestSimulatedClock:
    @pytest.fixture
    def clock(self, tmp_path):
        file = tmp_path / "horloge"
        file.write_bytes(bytes(8))
        return file

    @pytest.mark.parametrize("environment", ["production", None])
    def test_never_in_production_even_by_default(self, boot, clock, environment):
        code, errors = boot("compteur", "api", ENVIRONMENT=environment, SIMULATED_CLOCK=str(clock))

        assert_refused(code, errors, "SIMULATED_CLOCK")

    @pytest.mark.parametrize("command", SERVING)
    def test_an_absent_file(self, boot, clock, command):
        clock.unlink()

        assert_refused(*boot("compteur", command, SIMULATED_CLOCK=str(clock)), "SIMULATED_CLOCK")

    def test_a_folder(self, boot, tmp_path):
        code, errors = boot("compteur", "api", SIMULATED_CLOCK=str(tmp_path))

        assert_refused(code, errors, "SIMULATED_CLOCK")

    @pytest.mark.parametrize("size", [0, 7, 9])
    def test_a_file_of_another_size(self, boot, clock, size):
        clock.write_bytes(bytes(size))

        code, errors = boot("compteur", "api", SIMULATED_CLOCK=str(clock))

        assert_refused(code, errors, "SIMULATED_CLOCK", "8 octets")


class TestCommandLine:
    def test_an_unknown_service(self, boot):
        assert_refused(*boot("cantine", "api"), "usage", "compteur|miroir")

    def test_an_unknown_command(self, boot):
        assert_refused(*boot("compteur", "reboot"), "commande inconnue")

    @pytest.mark.parametrize("arguments", [(), ("compteur",), ("compteur", "api", "encore")])
    def test_too_few_words_or_too_many(self, boot, arguments):
        assert_refused(*boot(*arguments), "usage")

    def test_the_local_relay_reads_its_port_too(self, boot):
        code, errors = boot("local-relay", RELAY_PORT="huit mille")

        assert_refused(code, errors, "RELAY_PORT")

    def test_a_server_that_does_not_answer_is_not_a_wrong_setting(self, boot):
        code, errors = boot("compteur", "provision")

        assert code == 1
        assert errors == "la base de données ne répond pas, ou refuse ce compte\n"


class TestRealProcesses:
    @pytest.fixture
    def launch(self, env, tmp_path):
        platform = Platform(env, tmp_path, None)

        def launch(*arguments, **changes):
            done = platform.run(*arguments, **changes)
            return done.returncode, done.stderr

        return launch

    @pytest.mark.parametrize("command", ["api", "relay", "provision"])
    def test_a_missing_secret(self, launch, command):
        code, errors = launch("compteur", command, DATABASE_SECRET="absent")

        assert_refused(code, errors, "DATABASE_SECRET manque")

    @pytest.mark.parametrize("content", [None, "", "{", "\0"])
    def test_an_unreadable_jwks(self, launch, tmp_path, content):
        place = tmp_path / "cles.json"
        if content is not None:
            place.write_text(content)

        assert_refused(*launch("compteur", "api", JWKS=str(place)), "JWKS", "illisible")

    @pytest.mark.parametrize("arguments", [("compteur", "relay"), ("local-relay",)])
    def test_a_relay_whose_port_is_taken(self, launch, arguments):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]

            code, errors = launch(*arguments, RELAY_PORT=str(port))

        assert_refused(code, errors, "RELAY_PORT", str(port))

    def test_an_api_whose_port_is_taken(self, launch, tmp_path):
        DevelopmentIssuer.create(tmp_path / "emetteur")
        jwks = str(tmp_path / "emetteur" / "jwks.json")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]

            code, errors = launch("compteur", "api", PORT=str(port), JWKS=jwks)

        assert code == 2, errors
        assert errors.endswith(f"configuration refusée : le port {port} ne peut pas servir\n")
