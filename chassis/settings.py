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
| `INDEX_KEY` | 32 bytes in base64: makes the digests that find encrypted values; never changes |
| `JWKS` | path or URL of the token issuer's public keys |
| `TOKEN_ISSUER`, `TOKEN_AUDIENCE` | what `iss` and `aud` must say |
| `AGENT_CLAIM` | the claim that holds the annuaire's id (default `agent_id`) |
| `SERVICE_TOKEN_FILE` | file holding this service's own token, read again at each use |
| `<SERVICE>_URL` | where each other service answers |
| `HOST`, `PORT`, `RELAY_PORT` | where the api and the relay listen |
| `WORKERS` | requests answered at once by one api (default 8) |
| `GRACE_SECONDS` | what an api gives its requests in flight on a stop (default 30) |
| `SIMULATED_CLOCK` | file of trade time, refused in production |
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlsplit, urlunsplit

from environs import Env, EnvError, EnvNotSetError
from marshmallow.validate import OneOf, Range

from chassis.catalogue import own_settings_of, service_names
from chassis.clock import CLOCK_BYTES
from chassis.crypto import Keyring, KeyringError, read_key

#: Ports by default: the api of the nth service listens on 8000 + n, its relay on 8100 + n.
_API_BASE, _RELAY_BASE, _LOCAL_RELAY_PORT = 8001, 8101, 8100
_ENVIRONMENTS = ("production", "demo", "test")


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
        """Read the environment for one service, its own settings too. Raises SettingsError."""
        env = Reader(environ)
        number = service_names().index(service)
        with env.refusing():
            settings = cls(
                service=service,
                environment=_environment(env),
                database=database_settings(service, environ),
                amqp_uri=broker_uri(environ),
                bus_prefix=env.str("BUS_PREFIX", ""),
                keyring=_keyring(env),
                jwks=env.required("JWKS"),
                token_issuer=env.required("TOKEN_ISSUER"),
                token_audience=env.str("TOKEN_AUDIENCE", "plateforme-sociale"),
                agent_claim=env.str("AGENT_CLAIM", "agent_id"),
                service_token_file=_path(env.str("SERVICE_TOKEN_FILE", "")),
                urls=_urls(env),
                host=env.str("HOST", "127.0.0.1"),
                api_port=env.port("PORT", _API_BASE + number),
                relay_port=env.port("RELAY_PORT", _RELAY_BASE + number),
                workers=env.int("WORKERS", 8, validate=Range(1, 100)),
                grace_seconds=env.float("GRACE_SECONDS", 30.0, validate=Range(1, 600)),
                simulated_clock=_clock_file(env),
                env=dict(environ),
            )
        own = own_settings_of(service)
        if own is not None:
            own.from_env(environ)
        return settings


def database_settings(service: str, environ: Mapping[str, str]) -> DatabaseSettings:
    """The database part alone: all that `provision` needs. Raises SettingsError."""
    env = Reader(environ)
    with env.refusing():
        return DatabaseSettings(
            name=f"{env.str('DATABASE_PREFIX', 'social')}_{service}",
            secret=env.required("DATABASE_SECRET"),
            server_url=_address(env.required("DATABASE_URL"), "postgresql", "postgres"),
        )


def broker_uri(environ: Mapping[str, str]) -> str | None:
    """Where the broker is; None in embedded mode. Raises SettingsError."""
    env = Reader(environ)
    with env.refusing():
        text = env.str("AMQP_URI", "")
        return _address(text, "amqp", "amqps", "pyamqp") if text else None


def local_relay_port(environ: Mapping[str, str]) -> int:
    """Where the one relay of embedded mode answers its probes. Raises SettingsError."""
    env = Reader(environ)
    with env.refusing():
        return env.port("RELAY_PORT", _LOCAL_RELAY_PORT)


class Reader(Env):
    """environs over a mapping of ours: a test never touches the process's environment.

    Services read their own settings with it, under `refusing()`.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__()
        self._environ = dict(environ)
        self._last = ""

    def required(self, name: str) -> str:
        """A text that is not empty."""
        text: str = self.str(name)
        if not text.strip():
            raise EnvNotSetError(name)
        return text

    def port(self, name: str, default: int) -> int:
        """A port number; 0 takes a free one."""
        number: int = self.int(name, default, validate=Range(0, 65535))
        return number

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Say in one line which variable is wrong; a library's words could quote its value."""
        try:
            yield
        except Wrong as error:
            raise SettingsError(f"configuration refusée : {error}") from None
        except EnvNotSetError:
            raise SettingsError(f"configuration refusée : {self._last} manque") from None
        except (EnvError, ValueError):
            raise SettingsError(f"configuration refusée : {self._last} : valeur refusée") from None

    def _get_value(self, env_key: str, default: object) -> object:
        self._last = env_key
        return self._environ.get(env_key, default)


class Wrong(ValueError):
    """What is wrong, said by us: the variable and what it takes, never its value."""


def _environment(env: Env) -> str:
    try:
        environment: str = env.str("ENVIRONMENT", "production", validate=OneOf(_ENVIRONMENTS))
    except EnvError:
        raise Wrong(f"ENVIRONMENT vaut {', '.join(_ENVIRONMENTS)}, rien d’autre") from None
    if environment == "production" and env.str("SIMULATED_CLOCK", ""):
        raise Wrong("SIMULATED_CLOCK n’est admis que si ENVIRONMENT vaut demo ou test")
    return environment


def _keyring(env: Reader) -> Keyring:
    keys, index_key = env.required("ENCRYPTION_KEYS"), _index_key(env)
    try:
        return Keyring.parse(keys, index_key)
    except KeyringError:
        # Its words name the key; who forgets the id gives the key itself as a name.
        raise Wrong("ENCRYPTION_KEYS attend id:base64,… et 32 octets par clé") from None


def _index_key(env: Reader) -> bytes:
    try:
        return read_key(env.required("INDEX_KEY"))
    except KeyringError:
        raise Wrong("INDEX_KEY attend 32 octets en base64") from None


def _address(text: str, *schemes: str) -> str:
    """A URL the drivers can read. Raises ValueError."""
    parts = urlsplit(text)
    if parts.scheme not in schemes or parts.port == 0:
        raise ValueError
    return text


def _clock_file(env: Env) -> Path | None:
    path = _path(env.str("SIMULATED_CLOCK", ""))
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            size = len(file.read(CLOCK_BYTES + 1))
    except OSError:
        raise Wrong("SIMULATED_CLOCK : fichier illisible") from None
    if size != CLOCK_BYTES:
        raise Wrong(f"SIMULATED_CLOCK : le fichier doit faire {CLOCK_BYTES} octets")
    return path


def _urls(env: Env) -> dict[str, str]:
    return {
        name: env.str(f"{name.upper()}_URL", f"http://127.0.0.1:{_API_BASE + index}").rstrip("/")
        for index, name in enumerate(service_names())
    }


def _path(text: str) -> Path | None:
    return Path(text) if text else None
