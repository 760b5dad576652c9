"""Command lines in French, the words of their library included.

Typer writes its refusals in English into the errors it raises: here they are caught before it
prints them, and said again by what they are.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

import typer
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

# Read by typer each time it prints a help page.
rich_utils.COMMANDS_PANEL_TITLE = "Commandes"
rich_utils.DEFAULT_STRING = "[par défaut : {}]"
rich_utils.ENVVAR_STRING = "[variable : {}]"
rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"
_USAGE = {
    "Usage:": "Usage :",
    "[OPTIONS]": "[options]",
    "COMMAND [ARGS]...": "commande [arguments]…",
}


class _InFrench:
    """What a command and a group of commands have in common."""

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run, and leave the process with its exit code, as typer's own does."""
        run: Callable[..., Any] = super().main  # type: ignore[misc]  # mixed into typer's classes
        if not standalone_mode:
            return run(*args, standalone_mode=False, **extra)
        try:
            code = run(*args, standalone_mode=False, **extra)
        except typer.TyperException as error:
            _tell(error)
            sys.exit(error.exit_code)
        except typer.Abort:
            typer.echo("Abandon.", err=True)
            sys.exit(1)
        sys.exit(code or 0)

    def get_usage(self, ctx: Any) -> str:
        """The line a help page begins with."""
        usage: str = super().get_usage(ctx)  # type: ignore[misc]  # mixed into typer's classes
        for english, french in _USAGE.items():
            usage = usage.replace(english, french)
        return usage

    def get_help_option(self, ctx: Any) -> Any:
        """--help."""
        option = super().get_help_option(ctx)  # type: ignore[misc]  # mixed into typer's classes
        if option is not None:
            option.help = "Affiche cette aide."
        return option


class _Command(_InFrench, TyperCommand):
    """One command."""


class _Group(_InFrench, TyperGroup):
    """Several."""


class Terminal(typer.Typer):
    """A typer application in French, whose crashes show an ordinary trace."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            cls=_Group, add_completion=False, pretty_exceptions_enable=False, **options
        )

    def command(self, name: str | None = None, **options: Any) -> Callable[..., Any]:
        """Register a command."""
        return super().command(name, cls=_Command, **options)


def _tell(error: Any) -> None:
    """The sentence, then the way to the help page."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return  # the page itself is already on screen
    typer.echo(_sentence(error), err=True)
    if context is not None:
        typer.echo(f"Aide : {context.command_path} --help", err=True)


def _sentence(error: Any) -> str:
    say = _SENTENCES.get(type(error).__name__)
    if say is not None:
        return say(error)
    for english, french in _USAGE_ERRORS.items():
        found = re.fullmatch(english, error.message)
        if found:
            return french.format(*found.groups())
    message: str = error.format_message()
    return message


def _parameter(error: Any) -> str:
    """`--hours`, without the quotes."""
    hint: str = error.param.get_error_hint() if error.param else ""
    return hint.replace("'", "")


def _missing(error: Any) -> str:
    return f"il manque {_parameter(error)}"


def _unknown_option(error: Any) -> str:
    near = ", ".join(sorted(error.possibilities or ()))
    return f"option inconnue : {error.option_name}" + (f" (plutôt {near} ?)" if near else "")


def _bad_usage(error: Any) -> str:
    wants = "n’attend pas de" if "does not take" in error.message else "attend une"
    return f"{error.option_name} {wants} valeur"


def _bad_value(error: Any) -> str:
    """Our own refusal as it is; that of the library, from the kind of its cause."""
    if error.__cause__ is None:
        said: str = error.message
    elif choices := error.param.type_descriptor.choices:
        said = f"{' ou '.join(map(str, choices))} attendu"
    else:
        fault = error.__cause__.errors()[0]
        said = _FAULTS.get(fault["type"], "valeur refusée").format(**fault.get("ctx") or {})
    where = _parameter(error)
    return f"{where} : {said}" if where else said


_SENTENCES: dict[str, Callable[[Any], str]] = {
    "MissingParameter": _missing,
    "NoSuchOption": _unknown_option,
    "BadOptionUsage": _bad_usage,
    "BadParameter": _bad_value,
}
_USAGE_ERRORS = {
    r"Got unexpected extra argument\(s\) \((.+)\)": "argument de trop : {}",
    r"No such command '(.+)'\.": "commande inconnue : {}",
    r"No such command '(.+)'\.+ Did you mean '(.+)'\?": "commande inconnue : {} (plutôt {} ?)",
    r"Missing command\.": "il manque une commande",
}
#: By pydantic's kinds of faults.
_FAULTS = {
    "int_parsing": "un nombre entier est attendu",
    "float_parsing": "un nombre est attendu",
    "greater_than_equal": "{ge} au moins",
    "less_than_equal": "{le} au plus",
}
