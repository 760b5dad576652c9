"""`rotate`: encrypted columns under the newest key."""

from __future__ import annotations

from typing import Annotated

import typer

from chassis.cli.common import chosen, runtime_of, show
from chassis.crypto import rotate


def rotate_keys(
    service: Annotated[str | None, typer.Argument(help="Un service, ou tous.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Sortie en JSON.")] = False,
) -> None:
    """Rechiffre avec la première clé d’ENCRYPTION_KEYS ce qui l’est avec une ancienne."""
    rows = []
    for name in chosen(service):
        runtime = runtime_of(name)
        with runtime.engine.begin() as connection:
            done = rotate(connection, runtime.service.metadata, runtime.keyring)
        runtime.engine.dispose()
        rows += [(name, column, count) for column, count in done.items()]
    show("Valeurs rechiffrées", ("service", "colonne", "valeurs"), rows, as_json)
