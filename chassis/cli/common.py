"""What the commands share: services, their settings, output as a table or as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from chassis.catalogue import load, service_names
from chassis.crypto import KeyringError
from chassis.errors import Unavailable
from chassis.runtime import Runtime, assemble
from chassis.settings import Settings, SettingsError

console = Console()


def stop(line: str, code: int = 2) -> NoReturn:
    """One line for the operator, and out."""
    typer.echo(line, err=True)
    raise typer.Exit(code)


def chosen(service: str | None) -> tuple[str, ...]:
    """The service named, or all of them."""
    if service is None:
        return service_names()
    if service not in service_names():
        stop(f"service inconnu : {service} (attendu : {', '.join(service_names())})")
    return (service,)


def settings_of(service: str) -> Settings:
    """The settings of one service, or the one line that says what is wrong with them."""
    try:
        return Settings.from_env(service, os.environ)
    except SettingsError as error:
        stop(str(error))


def runtime_of(service: str) -> Runtime:
    """A runtime to read and write one service's database with."""
    return assemble(load(service), settings_of(service))


@contextmanager
def opened(service: str) -> Iterator[Runtime]:
    """The same for a while; a database or a key that is missing is told in one line."""
    runtime = runtime_of(service)
    try:
        yield runtime
    except (OperationalError, InterfaceError, Unavailable):
        stop(f"la base du service {service} ne répond pas", code=1)
    except ProgrammingError:
        stop(f"la base du service {service} n’a pas le schéma attendu : lancez « doctor »", code=1)
    except KeyringError as error:
        stop(f"{service} : {error} (voyez ENCRYPTION_KEYS)", code=1)
    finally:
        runtime.engine.dispose()


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], as_json: bool) -> None:
    """A table for a person, or the same as JSON for a program."""
    if as_json:
        listed = [dict(zip(columns, map(_plain, row), strict=True)) for row in rows]
        typer.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    console.print(table)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | bool) or value is None else str(value)
