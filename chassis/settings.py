"""Settings of one process: read once from the environment, frozen, refused in one clear line.

| Variable | Meaning |
|---|---|
| `ENVIRONMENT` | `production` (default), `demo` or `test` |
| `DATABASE_URL` | the server; an administrator URL for `provision`, host and port otherwise |
| `DATABASE_SECRET` | from it the passwords of the two roles of each database derive |
| `DATABASE_PREFIX` | names databases `<prefix>_<service>` (default `social`) |
| `AMQP_URI` | the broker; without it the platform runs embedded, with one local relay |
| `BUS_PREFIX` | prefixes exchanges and queues (empty in production) |
| `ENCRYPTION_KEYS` | `id:base64,…`, newest first, 32 bytes each |
| `JWKS` | path or https URL of the token issuer's public keys |
| `TOKEN_ISSUER`, `TOKEN_AUDIENCE` | what `iss` and `aud` must say |
| `AGENT_CLAIM` | the claim that holds the annuaire's id (default `agent_id`) |
| `SERVICE_TOKEN_FILE` | file holding this service's own token, read again at each use |
| `<SERVICE>_URL` | where each other service answers |
| `HOST`, `PORT` | where this process listens |
| `SIMULATED_CLOCK` | file of trade time, refused in production |
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlsplit, urlunsplit

from environs import Env, EnvError
from marshmallow.validate import OneOf, Range

from chassis.catalogue import service_names
from chassis.crypto import Keyring, KeyringError

#: Ports by default: the api of the nth service listens on 8000 + n, its relay on 8100 + n.
_API_BASE, _RELAY_BASE = 8001, 8101


class SettingsError(Exception):
    """The process cannot start with this environment. One French line, no secret in it."""


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """One service's database and its two roles: the owner migrates, the app works."""

    server_url: str = field(repr=False)
    name: str
    secret: str = field(repr=False)

    @property
    def owner_role(self) -> str:
        return f"{self.name}_owner"

    @property
    def app_role(self) -> str:
        return f"{self.name}_app"

    def password(self, role: str) -> str:
        """The role's password, derived from the secret (HMAC-SHA256)."""
        return hmac.new(self.secret.encode(), role.encode(), hashlib.sha256).hexdigest()

    @property
    def owner_url(self) -> str:
        """libpq URL of the owner role."""
        return self._url(self.owner_role)

    @property
    def app_url(self) -> str:
        """libpq URL of the app role."""
        return self._url(self.app_role)

    @property
    def admin_url(self) -> str:
        """libpq URL of the administrator, on this service's database."""
        return urlunsplit(urlsplit(self.server_url)._replace(path=f"/{self.name}"))

    def _url(self, role: str) -> str:
        parts = urlsplit(self.server_url)
        host = parts.netloc.rpartition("@")[2]
        login = f"{quote(role)}:{self.password(role)}@{host}"
        return urlunsplit(parts._replace(netloc=login, path=f"/{self.name}"))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything one process needs to know at boot."""

    service: str
    environment: str
    database: DatabaseSettings
    amqp_uri: str | None = field(repr=False)
    bus_prefix: str
    keyring: Keyring = field(repr=False)
    jwks: str
    token_issuer: str
    token_audience: str
    agent_claim: str
    service_token_file: Path | None
    urls: Mapping[str, str]
    host: str
    api_port: int
    relay_port: int
    workers: int
    grace_seconds: float
    simulated_clock: Path | None
    #: The environment as read, for a service's own settings.
    env: Mapping[str, str] = field(repr=False)

    @property
    def is_simulated(self) -> bool:
        """Whether a driver leads trade time and due work."""
        return self.simulated_clock is not None

    @classmethod
    def from_env(cls, service: str, environ: Mapping[str, str]) -> Self:
        """Read the environment for one service. Raises SettingsError."""
        env = _Reader(environ)
        number = service_names().index(service)
        try:
            return cls(
                service=service,
                environment=_environment(env, environ),
                database=database_settings(service, environ),
                amqp_uri=env.str("AMQP_URI", None) or None,
                bus_prefix=env.str("BUS_PREFIX", ""),
                keyring=Keyring.parse(env.str("ENCRYPTION_KEYS")),
                jwks=env.str("JWKS"),
                token_issuer=env.str("TOKEN_ISSUER"),
                token_audience=env.str("TOKEN_AUDIENCE", "plateforme-sociale"),
                agent_claim=env.str("AGENT_CLAIM", "agent_id"),
                service_token_file=_path(env.str("SERVICE_TOKEN_FILE", "")),
                urls=_urls(env),
                host=env.str("HOST", "127.0.0.1"),
                api_port=env.int("PORT", _API_BASE + number, validate=Range(0, 65535)),
                relay_port=env.int("RELAY_PORT", _RELAY_BASE + number, validate=Range(0, 65535)),
                workers=env.int("WORKERS", 8, validate=Range(1, 100)),
                grace_seconds=env.float("GRACE_SECONDS", 30.0, validate=Range(1, 600)),
                simulated_clock=_path(env.str("SIMULATED_CLOCK", "")),
                env=dict(environ),
            )
        except (EnvError, KeyringError, ValueError) as error:
            raise SettingsError(f"configuration refusée : {error}") from None


def database_settings(service: str, environ: Mapping[str, str]) -> DatabaseSettings:
    """The database part alone: all that `provision` needs. Raises SettingsError."""
    env = _Reader(environ)
    try:
        return DatabaseSettings(
            server_url=env.str("DATABASE_URL"),
            name=f"{env.str('DATABASE_PREFIX', 'social')}_{service}",
            secret=env.str("DATABASE_SECRET"),
        )
    except EnvError as error:
        raise SettingsError(f"configuration refusée : {error}") from None


class _Reader(Env):
    """environs over a mapping of ours: a test never touches the process's environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__()
        self._environ = dict(environ)

    def _get_value(self, env_key: str, default: object) -> object:
        return self._environ.get(env_key, default)


def _environment(env: Env, environ: Mapping[str, str]) -> str:
    environment = env.str(
        "ENVIRONMENT", "production", validate=OneOf(["production", "demo", "test"])
    )
    if environment == "production" and environ.get("SIMULATED_CLOCK"):
        raise ValueError("SIMULATED_CLOCK n’est admis que si ENVIRONMENT vaut demo ou test")
    return environment


def _urls(env: Env) -> dict[str, str]:
    return {
        name: env.str(f"{name.upper()}_URL", f"http://127.0.0.1:{_API_BASE + index}").rstrip("/")
        for index, name in enumerate(service_names())
    }


def _path(text: str) -> Path | None:
    return Path(text) if text else None
