"""The same statements by `pgbench`: what PostgreSQL alone would allow, for information."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg2
from psycopg2.extras import register_uuid

from benchmarks.recording import Request
from benchmarks.rendezvous.town import MOTIF_ID

_RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
#: Drawn anew for each booking: ids, the key of idempotency, the numbers of the locks.
_DRAW = "\\set n random(1, 1000000000000000)\n"


def bookings_per_second(
    url: str, statements: Request, folder: Path, *, clients: int, seconds: int
) -> float | None:
    """Bookings a second; None where there is no pgbench."""
    program = shutil.which("pgbench")
    if program is None:
        return None
    script = folder / "prise.sql"
    script.write_text(_script(url, statements))
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, on our own database
        [program, "-n", "-f", script, "-c", str(clients), "-j", "1", "-T", str(seconds), url],
        capture_output=True,
        text=True,
        check=False,
    )
    rate = _RATE.search(done.stdout)
    if done.returncode or rate is None:
        raise RuntimeError(f"pgbench : {done.stderr[-500:]}")
    return float(rate.group(1))


def _script(url: str, statements: Request) -> str:
    """One booking of nobody by nobody, never twice the same."""
    connection = psycopg2.connect(url)
    register_uuid(conn_or_curs=connection)
    with connection.cursor() as cursor:
        sent = [cursor.mogrify(text, values).decode() for text, values in statements]
    connection.close()
    whole = ";\n".join(" ".join(text.split("\n")) for text in ["BEGIN", *sent, "COMMIT"]) + ";\n"
    for number, drawn in enumerate(_drawn(statements)):
        literal = re.escape(f"'{drawn}'") if isinstance(drawn, UUID | str) else rf"\b{drawn}\b"
        whole = re.sub(literal, _expression(number, drawn), whole)
    return _DRAW + whole


def _drawn(statements: Request) -> list[Any]:
    """The values that must differ: every id but the motif's, the key, the locks."""
    found: dict[Any, None] = {}
    for text, values in statements:
        for item in _flat(values):
            is_lock = isinstance(item, int) and abs(item) > 2**40
            is_key = isinstance(item, str) and len(item) == 36 and "idempotency" in text
            if isinstance(item, UUID) or is_lock or is_key:
                found[item] = None
    return [item for item in found if item != MOTIF_ID]


def _expression(number: int, drawn: Any) -> str:
    if isinstance(drawn, UUID):
        return f"md5('{number}/' || :n)::uuid"
    if isinstance(drawn, str):
        return f"('{number}/' || :n)"
    return f"(:n * 8 + {number % 8})"


def _flat(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return _flat(list(value.values()))
    if isinstance(value, list | tuple):
        return [item for part in value for item in _flat(part)]
    return [value]
