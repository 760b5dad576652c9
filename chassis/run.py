"""The launcher.

    python -m chassis.run <service> api          HTTP, timers, event handlers (nameko)
    python -m chassis.run <service> relay        outbox to broker, broker to inbox
    python -m chassis.run <service> all          both, supervised
    python -m chassis.run <service> provision    database, roles, schema, and topology
    python -m chassis.run <service> migrate      schema only, as the owner role
    python -m chassis.run local-relay            embedded mode: between all services

Exit codes: 0 stopped cleanly, 1 something was cut short, 2 bad command or configuration.
"""

import sys
import warnings

# eventlet announces its own end of life at import: answered in docs/decisions/0001.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

if sys.argv[1:] and sys.argv[-1] == "api":
    # Before any import that makes a lock: one made earlier would stay a real one and
    # block the whole process (eventlet #969).
    import eventlet

    eventlet.monkey_patch()

import os

from chassis.catalogue import service_names
from chassis.settings import (
    Settings,
    SettingsError,
    broker_uri,
    database_settings,
    local_relay_port,
)

_NO_RIGHTS = {
    "provision": "ce compte n’a pas les droits de créer base et rôles : donnez dans DATABASE_URL"
    " un compte administrateur",
    "migrate": "le rôle propriétaire n’a pas les droits de changer le schéma :"
    " lancez « provision »",
}


def main(arguments: list[str]) -> int:
    """Run one process. Answers its exit code."""
    if arguments in (["-h"], ["--help"]):
        print(__doc__)  # noqa: T201 - the help is for a person
        return 0
    try:
        if arguments == ["local-relay"]:
            return _local_relay()
        if len(arguments) != 2 or arguments[0] not in service_names():
            names = "|".join(service_names())
            return _refuse(f"usage : python -m chassis.run <{names}> <commande>")
        return _run(*arguments)
    except SettingsError as error:
        return _refuse(str(error))


def _run(service: str, command: str) -> int:
    match command:
        case "api":
            from chassis.host.process import serve as serve_api

            return serve_api(Settings.from_env(service, os.environ))
        case "relay":
            from chassis.relay.process import serve as serve_relay

            return serve_relay(Settings.from_env(service, os.environ))
        case "all":
            from chassis.supervisor import supervise

            grace = Settings.from_env(service, os.environ).grace_seconds
            return supervise([[service, "api"], [service, "relay"]], grace + 5)
        case "provision" | "migrate":
            return _prepare(service, command)
        case _:
            return _refuse(f"commande inconnue : {command}")


def _prepare(service: str, command: str) -> int:
    import psycopg2
    from psycopg2.errors import InsufficientPrivilege
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from chassis.broker import BrokerUnavailable, Names, declare_all
    from chassis.migrations import migrate
    from chassis.provision import provision

    database, broker = database_settings(service, os.environ), broker_uri(os.environ)
    try:
        if command == "migrate":
            migrate(service, database.owner_url)
        else:
            provision(service, database)
            if broker:
                declare_all(broker, Names(os.environ.get("BUS_PREFIX", "")), [service])
    except (InsufficientPrivilege, ProgrammingError) as error:
        if not isinstance(getattr(error, "orig", error), InsufficientPrivilege):
            raise
        return _refuse(_NO_RIGHTS[command], code=1)
    except (psycopg2.OperationalError, OperationalError):
        return _refuse("la base de données ne répond pas, ou refuse ce compte", code=1)
    except BrokerUnavailable as error:
        return _refuse(f"le broker refuse la topologie : {error}", code=1)
    return 0


def _local_relay() -> int:
    from chassis.relay.process import serve_locally

    settings = {name: Settings.from_env(name, os.environ) for name in service_names()}
    return serve_locally(settings, local_relay_port(os.environ))


def _refuse(line: str, code: int = 2) -> int:
    print(line, file=sys.stderr)  # noqa: T201 - one line for the person who starts it
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
