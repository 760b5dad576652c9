"""Settings of consent alone.

| Variable | Meaning |
|---|---|
| `PARTNER_VHOSTS` | `true`: each partner's queue is in its own vhost `partner.<code>` |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, urlsplit, urlunsplit

from chassis.settings import Reader, Wrong

_BOOLEANS = {"": False, "false": False, "true": True}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where partners' queues are."""

    partner_vhosts: bool = False

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the environment. Raises SettingsError."""
        env = Reader(environ)
        with env.refusing():
            text = env.str("PARTNER_VHOSTS", "").lower()
            if text not in _BOOLEANS:
                raise Wrong("PARTNER_VHOSTS attend true ou false")
            return cls(partner_vhosts=_BOOLEANS[text])

    def partner_uri(self, amqp_uri: str, queue: str) -> str:
        """The broker as the publisher joins it for one partner's queue."""
        if not self.partner_vhosts:
            return amqp_uri
        return urlunsplit(urlsplit(amqp_uri)._replace(path="/" + quote(queue, safe="")))
