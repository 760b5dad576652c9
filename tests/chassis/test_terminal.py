"""Every command line of the platform speaks French, its library's own words included."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from chassis.cli import application
from chassis.terminal import Terminal
from demo import cli as demo_cli
from demo import outbox_sink
from services.consent import provisioning
from services.rendezvous import transfer

APPLICATIONS = {
    "chassis": application,
    "demo": demo_cli.app,
    "demo.outbox_sink": outbox_sink.app,
    "services.consent.provisioning": provisioning.app,
    "services.rendezvous.transfer": transfer.application,
}
#: What typer says when left to itself.
ENGLISH = re.compile(
    r"Usage:|OPTIONS|COMMAND|ARGS|Show this|default:|required|Commands|env var|Error|Invalid"
    r"|Missing|No such|Got unexpected|requires|Aborted|Try |Input should|Did you|Possible"
    r"|does not|exit\b"
)


def give(app: Terminal, *arguments: str, answers: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, list(arguments), input=answers, env={"COLUMNS": "200"})
    return done.exit_code, done.output


def every_help() -> list[tuple[str, ...]]:
    pages: list[tuple[str, ...]] = []
    for name, app in APPLICATIONS.items():
        subcommands = getattr(get_command(app), "commands", {})
        pages += [(name,), *((name, command) for command in subcommands)]
    return pages


@pytest.mark.parametrize("where", every_help(), ids=" ".join)
def test_help_is_in_french(where):
    code, said = give(APPLICATIONS[where[0]], *where[1:], "--help")

    assert code == 0
    assert not ENGLISH.search(said), said
    assert "Affiche cette aide" in said


def test_without_a_command_the_help_is_shown():
    code, said = give(application)

    assert code == 2
    assert "Commandes" in said
    assert not ENGLISH.search(said), said


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("token", "il manque --role"),
        ("trace", "il manque correlation_id"),
        ("token --role agent --hours deux", "--hours : un nombre entier est attendu"),
        ("token --role agent --hours 0", "--hours : 1 au moins"),
        ("token --role agent --hours 9999", "--hours : 720 au plus"),
        ("token --rol agent", "option inconnue : --rol (plutôt --folder, --role ?)"),
        ("doctor miroir encore", "argument de trop : encore"),
        ("bidule", "commande inconnue : bidule"),
        ("parke", "commande inconnue : parke (plutôt parked ?)"),
    ],
)
def test_a_refusal_is_one_french_sentence_and_the_way_to_help(command, expected):
    code, said = give(application, *command.split())

    sentence, way = said.splitlines()
    assert code == 2
    assert sentence == expected
    assert way.startswith("Aide : ")
    assert way.endswith("--help")
    assert not ENGLISH.search(said), said


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("token --role", "--role attend une valeur"),
        ("doctor --json=oui", "--json n’attend pas de valeur"),
    ],
)
def test_an_option_that_is_badly_used_is_told(command, expected):
    assert give(application, *command.split()) == (2, f"{expected}\n")


def test_a_choice_that_is_not_one_is_told_the_choices():
    code, said = give(outbox_sink.app, "show", "--channel", "PIGEON")

    assert code == 2
    assert said.splitlines()[0] == "--channel : SMS ou EMAIL attendu"


def test_our_own_refusals_are_left_as_they_are():
    code, said = give(demo_cli.app, "show-plan", "--scale", "trois")

    assert code == 2
    assert said.splitlines()[0] == "--scale : un nombre, par exemple 0.01"


def test_a_question_left_without_answer_is_an_abandon():
    code, said = give(application, "discard", "miroir", "x", answers="")

    assert code == 1
    assert "Qui décide :" in said
    assert "Abandon.\n" in said
    assert not ENGLISH.search(said), said
