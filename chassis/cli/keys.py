"""`rotate`: encrypted columns under the newest key."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from chassis.cli.common import chosen, opened, show
from chassis.crypto import rotate
from chassis.runtime import Runtime


def rotate_keys(
    service: Annotated[str | None, typer.Argument(help="Un service, ou tous.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Sortie en JSON.")] = False,
) -> None:
    """Rechiffre avec la première clé d’ENCRYPTION_KEYS ce qui l’est avec une ancienne."""
    rows = []
    for name in chosen(service):
        with opened(name) as runtime:
            rows += [(name, column, count) for column, count in _rotate_all(runtime).items()]
    show("Valeurs rechiffrées", ("service", "colonne", "valeurs"), rows, as_json)


def _rotate_all(runtime: Runtime) -> Counter[str]:
    """Batch after batch, each in a short transaction; what is done stays done if one fails."""
    totals: Counter[str] = Counter()
    while True:
        with runtime.engine.begin() as connection:
            done = rotate(connection, runtime.service.metadata, runtime.keyring)
        totals.update(done)
        if not any(done.values()):
            return totals
