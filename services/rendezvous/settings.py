"""Settings of rendezvous alone.

| Variable | Meaning |
|---|---|
| `CALENDAR_URL` | where calendar programs reach us, `https://…`; empty: the path alone is told |
| `EXTERNAL_CALENDAR_HOSTS` | hosts whose calendars may be read, comma-separated; empty: none is |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from chassis.settings import Reader, Wrong

#: A full name, never an address: an address would pass by no allow-list worth the name.
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where calendars go and where they come from."""

    calendar_url: str = ""
    calendar_hosts: frozenset[str] = frozenset()

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the environment. Raises SettingsError."""
        env = Reader(environ)
        with env.refusing():
            url = env.str("CALENDAR_URL", "").rstrip("/")
            if url and not url.startswith("https://"):
                raise Wrong("CALENDAR_URL attend une adresse https://")
            listed = env.str("EXTERNAL_CALENDAR_HOSTS", "").lower().split(",")
            hosts = frozenset(filter(None, (host.strip() for host in listed)))
            if not all(_HOST.fullmatch(host) for host in hosts):
                raise Wrong("EXTERNAL_CALENDAR_HOSTS attend des noms d’hôtes complets")
            return cls(calendar_url=url, calendar_hosts=hosts)
