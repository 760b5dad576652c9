"""Log lines: ids and codes only, whatever a library or a careless call puts in."""

import json
import logging
from pathlib import Path
from uuid import uuid4

import pytest
import structlog

from chassis import logs
from chassis.correlation import correlated
from chassis.events import Correlation

#: What must never reach a line: a name and a number of social security.
PERSONAL = ("Durand", "185057512345678")


@pytest.fixture
def lines(capsys):
    """The lines written since, parsed; the session's own configuration is put back after."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure(service="compteur", process="api", environment="test")

    def read():
        written, errors = capsys.readouterr()
        assert not any(word in written + errors for word in PERSONAL), written + errors
        return [json.loads(line) for line in written.splitlines()]

    yield read
    structlog.configure(**before)
    root.handlers[:], root.level = handlers, level


def test_unknown_keys_are_dropped_and_named(lines):
    logs.get_logger("essai").info("request", nom="Durand", nir="185057512345678", status=200)

    (line,) = lines()
    assert line["dropped"] == ["nir", "nom"]
    assert line["status"] == 200
    assert "nom" not in line


def test_a_line_says_which_process_wrote_it_and_when(lines):
    logs.get_logger("essai").info("started", port=8001)

    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "started",
        "level": "info",
        "module": "essai",
        "service": "compteur",
        "process": "api",
        "environment": "test",
        "port": 8001,
    }


def test_an_error_is_told_by_its_class_and_the_last_of_our_lines_it_passed():
    try:
        json.loads("{Durand")
    except ValueError as error:
        told = logs.told(error)

    file, _, line = told["place"].partition(":")
    assert told["error_class"] == "JSONDecodeError"
    assert file == "tests/chassis/test_logs.py"
    assert 'json.loads("{Durand")' in Path(__file__).read_text().splitlines()[int(line) - 1]
    assert "place" not in logs.told(ValueError("Durand"))


def test_the_text_of_an_exception_is_no_key(lines):
    try:
        raise ValueError("Durand 185057512345678")
    except ValueError:
        logs.get_logger("essai").exception("request")

    (line,) = lines()
    assert line["dropped"] == ["exc_info"]


class TestLibraries:
    def test_only_logger_level_and_error_class_remain(self, lines):
        try:
            raise LookupError("Durand 185057512345678")
        except LookupError:
            logging.getLogger("nameko.containers").exception(
                "error handling worker %s", {"nom": "Durand"}
            )

        (line,) = lines()
        line.pop("timestamp")
        assert line == {
            "event": "library_log",
            "level": "error",
            "module": "nameko.containers",
            "error_class": "LookupError",
            "service": "compteur",
            "process": "api",
            "environment": "test",
        }

    @pytest.mark.parametrize(
        ("number", "level"),
        [(30, "warning"), (35, "warning"), (40, "error"), (45, "error"), (50, "critical")],
    )
    def test_the_level_is_the_library_s(self, lines, number, level):
        logging.getLogger("amqp").log(number, "Durand")

        assert [line["level"] for line in lines()] == [level]

    def test_what_they_say_below_a_warning_is_not_written(self, lines):
        logging.getLogger("kombu").info("185057512345678")
        logging.getLogger("kombu").debug("185057512345678")

        assert lines() == []

    def test_fields_given_beside_the_message_are_not_written(self, lines):
        logging.getLogger("urllib3").warning("retry", extra={"nom": "Durand"})

        assert lines()


class TestCorrelation:
    def test_every_line_of_a_request_carries_its_ids(self, lines):
        correlation = Correlation(correlation_id=uuid4(), causation_id=uuid4())

        with correlated(correlation):
            logs.get_logger("essai").info("request")
            logging.getLogger("kombu").warning("Durand")

        written = lines()
        assert [line["correlationid"] for line in written] == [str(correlation.correlation_id)] * 2
        assert [line["causationid"] for line in written] == [str(correlation.causation_id)] * 2

    def test_a_request_nothing_caused_has_no_cause(self, lines):
        with correlated(Correlation(correlation_id=uuid4())):
            logs.get_logger("essai").info("request")

        assert "causationid" not in lines()[0]

    def test_a_line_outside_any_request_invents_no_id(self, lines):
        with correlated(Correlation(correlation_id=uuid4())):
            pass
        logs.get_logger("essai").info("started")

        assert "correlationid" not in lines()[0]
