"""`doctor`: is everything a service needs there, and does it agree with itself?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import amqp
import sqlalchemy as sa
import typer
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.exc import SQLAlchemyError

from chassis.broker import BrokerUnavailable, Link, Names
from chassis.cli.common import chosen, runtime_of, show
from chassis.crypto import KeyringError, key_id, sealed_context
from chassis.migrations import head, revision
from chassis.runtime import Runtime
from chassis.settings import SettingsError
from chassis.web.tokens import TokenVerifier

#: A database whose clock is further from ours than this is suspect, in seconds.
_SKEW_SECONDS = 5.0


class Sick(Exception):
    """A check failed; the text says what and what to do."""


def doctor(
    service: Annotated[str | None, typer.Argument(help="Un service, ou tous.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Sortie en JSON.")] = False,
) -> None:
    """Vérifie base, schéma, broker, horloges, clés et jetons de chaque service."""
    rows = [row for name in chosen(service) for row in _examine(name)]
    show("Diagnostic", ("service", "contrôle", "état", "détail"), rows, as_json)
    if any(row[2] != "ok" for row in rows):
        raise typer.Exit(1)


def _examine(service: str) -> list[tuple[str, str, str, str]]:
    runtime = runtime_of(service)
    rows = []
    for name, check in CHECKS.items():
        try:
            rows.append((service, name, "ok", check(runtime)))
        except Sick as error:
            rows.append((service, name, "ÉCHEC", str(error)))
        except SQLAlchemyError as error:
            rows.append((service, name, "ÉCHEC", f"base injoignable ({type(error).__name__})"))
    runtime.engine.dispose()
    return rows


def _database(runtime: Runtime) -> str:
    with runtime.engine.connect() as connection:
        version = connection.scalar(sa.text("SHOW server_version"))
        powers = connection.execute(
            sa.text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).one()
    if any(powers):
        raise Sick("le rôle applicatif est superutilisateur ou échappe à la sécurité par ligne")
    return f"PostgreSQL {version}"


def _schema(runtime: Runtime) -> str:
    with runtime.engine.connect() as connection:
        at, expected = revision(connection), head(runtime.service.name)
    if at != expected:
        raise Sick(f"schéma en {at}, attendu {expected} : lancez « migrate »")
    return f"révision {at}"


def _broker(runtime: Runtime) -> str:
    settings = runtime.settings
    if settings.amqp_uri is None:
        return "mode embarqué, sans broker"
    try:
        link = Link(settings.amqp_uri, "doctor")
    except BrokerUnavailable as error:
        raise Sick(f"broker injoignable ({error})") from None
    queue = Names(settings.bus_prefix).inbox(runtime.service.name)
    try:
        _, messages, consumers = link.channel.queue_declare(queue, passive=True)
    except amqp.NotFound:
        raise Sick(f"la file {queue} n’existe pas : lancez « provision »") from None
    finally:
        link.close()
    if not consumers:
        raise Sick(f"personne ne lit la file {queue} ({messages} messages)")
    return f"{messages} messages, {consumers} lecteurs"


def _clock(runtime: Runtime) -> str:
    with runtime.engine.connect() as connection:
        theirs = connection.scalar(sa.text("SELECT clock_timestamp()"))
    skew = abs((datetime.now(UTC) - theirs).total_seconds()) if theirs else 0.0
    if skew > _SKEW_SECONDS:
        raise Sick(f"l’horloge de la base diffère de {skew:.0f} s")
    simulated = f", temps métier simulé {runtime.clock():%Y-%m-%d %H:%M}"
    return f"écart {skew:.2f} s" + (simulated if runtime.settings.is_simulated else "")


def _keys(runtime: Runtime) -> str:
    used: set[str] = set()
    try:
        with runtime.engine.connect() as connection:
            for table in runtime.service.metadata.sorted_tables:
                for column in table.columns:
                    context = sealed_context(column)
                    if context is not None:
                        used |= _open_one_per_key(runtime, connection, column, context)
    except KeyringError as error:
        raise Sick(f"{error}") from None
    in_base = ", ".join(sorted(used)) or "—"
    # Nothing in the database tells the index key: a person compares its print over time.
    index = runtime.keyring.blind_index("", "doctor")[:8]
    return f"clé courante {runtime.keyring.current}, clés en base : {in_base}, index {index}"


def _open_one_per_key(
    runtime: Runtime, connection: sa.Connection, column: sa.Column[Any], context: str
) -> set[str]:
    raw = sa.type_coerce(column, sa.LargeBinary)
    header = sa.func.substring(raw, 1, sa.func.get_byte(raw, 1) + 2)
    samples = sa.select(raw.label("sealed")).where(sa.func.octet_length(raw) > 0)
    used = set()
    for (sealed,) in connection.execute(samples.ext(distinct_on(header))):
        runtime.keyring.open(bytes(sealed), context)
        used.add(key_id(bytes(sealed)))
    return used


def _issuer(runtime: Runtime) -> str:
    try:
        TokenVerifier.from_settings(runtime.settings).load_keys()
    except SettingsError as error:
        raise Sick(str(error)) from None
    return runtime.settings.token_issuer


CHECKS: dict[str, Callable[[Runtime], str]] = {
    "base": _database,
    "schéma": _schema,
    "broker": _broker,
    "horloges": _clock,
    "clés": _keys,
    "émetteur": _issuer,
}
