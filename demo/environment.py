"""What the platform's processes are told: addresses, secrets of this replay, clock, tokens."""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from chassis.web.tokens import DevelopmentIssuer
from demo.state import AnotherReplay
from services import SERVICES

#: How long every token of a replay lives, in seconds.
LIFETIME = 7 * 86_400


@dataclass(frozen=True)
class Secrets:
    """Drawn once per work folder, kept there for the driver's next life."""

    database: str
    encryption: str
    index: str
    prefix: str

    @classmethod
    def of(cls, folder: Path) -> Secrets:
        """Those of this folder, drawn the first time (file readable by its owner alone).

        Raises AnotherReplay on those of another version.
        """
        path = folder / "secrets.json"
        if not path.exists():
            drawn = {
                "database": secrets.token_urlsafe(24),
                "encryption": "rejeu:" + _key(),
                "index": _key(),
                "prefix": f"rejeu_{secrets.token_hex(4)}",
            }
            fresh = path.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps(drawn))
            fresh.replace(path)
        try:
            return cls(**json.loads(path.read_text()))
        except (TypeError, ValueError):
            raise AnotherReplay(
                "ce dossier de travail vient d’une autre version de la plateforme :"
                " choisissez-en un autre avec --work-dir, ou supprimez-le"
            ) from None


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


@dataclass(frozen=True)
class Addresses:
    """Where each process listens."""

    api: Mapping[str, int]
    relay: Mapping[str, int]
    local_relay: int
    smtp: int
    sms: int

    @classmethod
    def draw(cls, *, is_fixed: bool) -> Addresses:
        """The documented ports when they must be known in advance, free ones otherwise."""
        count = len(SERVICES)
        ports = free_ports(2 * count + 3)
        if is_fixed:
            ports[:count] = [8001 + index for index in range(count)]
        return cls(
            api=dict(zip(SERVICES, ports, strict=False)),
            relay=dict(zip(SERVICES, ports[count:], strict=False)),
            local_relay=ports[-3],
            smtp=ports[-2],
            sms=ports[-1],
        )

    @property
    def urls(self) -> dict[str, str]:
        """Base address of each api."""
        return {name: f"http://127.0.0.1:{port}" for name, port in self.api.items()}


def common(folder: Path, addresses: Addresses, database_url: str, drawn: Secrets) -> dict[str, str]:
    """The environment every process shares."""
    issuer = open_issuer(folder)
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PORT"},
        "ENVIRONMENT": "demo",
        "DATABASE_URL": database_url,
        "DATABASE_SECRET": drawn.database,
        "DATABASE_PREFIX": drawn.prefix,
        "BUS_PREFIX": f"{drawn.prefix}.",
        "ENCRYPTION_KEYS": drawn.encryption,
        "INDEX_KEY": drawn.index,
        "JWKS": str(issuer_folder(folder) / "jwks.json"),
        "TOKEN_ISSUER": issuer.issuer,
        "TOKEN_AUDIENCE": issuer.audience,
        "SIMULATED_CLOCK": str(clock_file(folder)),
        "PYTHONUNBUFFERED": "1",
        **{f"{name.upper()}_URL": url for name, url in addresses.urls.items()},
    }
    if not environment.get("AMQP_URI"):
        environment.pop("AMQP_URI", None)
    return environment


def of_service(
    shared: Mapping[str, str], folder: Path, name: str, addresses: Addresses
) -> dict[str, str]:
    """The environment of one service: its own port and its own token."""
    token_file = folder / "jetons" / name
    if not token_file.exists():
        token_file.parent.mkdir(exist_ok=True)
        token_file.touch(mode=0o600)
    token = open_issuer(folder).token(roles=["service"], subject=name, lifetime_s=LIFETIME)
    token_file.write_text(token)
    return {
        **shared,
        "SERVICE_TOKEN_FILE": str(token_file),
        "PORT": str(addresses.api[name]),
        "RELAY_PORT": str(addresses.relay[name]),
    }


def open_issuer(folder: Path) -> DevelopmentIssuer:
    """The development issuer of this work folder."""
    return DevelopmentIssuer.create(issuer_folder(folder))


def issuer_folder(folder: Path) -> Path:
    """Where the issuer's key and its JWKS are."""
    return folder / "emetteur"


def clock_file(folder: Path) -> Path:
    """The eight bytes of trade time."""
    return folder / "horloge"
