"""Bearer tokens: OIDC access tokens checked against a JWKS, and a development issuer."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import urllib3
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from chassis.caller import Caller
from chassis.errors import Unavailable
from chassis.ids import new_id
from chassis.logs import get_logger
from chassis.settings import Settings, SettingsError
from chassis.web.problems import Unauthenticated

log = get_logger(__name__)
_ALGORITHMS = ["RS256", "ES256"]
#: Leeway between our clock and the issuer's, in seconds.
_LEEWAY = 30
#: An unknown key id makes the JWKS be read again, at most this often, in seconds.
_REFRESH_SECONDS = 30
#: A key the issuer has withdrawn opens no door after this long, in seconds.
_TRUST_SECONDS = 600
#: All that a document which is no JWKS can raise.
_NO_JWKS = (SettingsError, JoseError, ValueError, TypeError, KeyError, AttributeError)
_CACHE_SIZE = 2000
DEVELOPMENT_ISSUER = "urn:departement:emetteur-de-developpement"


@dataclass
class TokenVerifier:
    """Checks signature, issuer, audience and dates. Technical time only."""

    jwks: str
    issuer: str
    audience: str
    agent_claim: str = "agent_id"
    _keys: KeySet | None = field(default=None, repr=False)
    _read_at: float = 0.0
    _cache: dict[bytes, tuple[float, Caller]] = field(default_factory=dict, repr=False)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The verifier of a running process. Raises SettingsError when the JWKS is unreadable."""
        verifier = cls(
            jwks=settings.jwks,
            issuer=settings.token_issuer,
            audience=settings.token_audience,
            agent_claim=settings.agent_claim,
        )
        if not settings.jwks.startswith(("http://", "https://")):
            verifier.load_keys()
        return verifier

    def verify(self, token: str) -> Caller:
        """The caller behind a token. Raises Unauthenticated, never saying more than needed."""
        digest = hashlib.sha256(token.encode()).digest()
        now = time.time()
        known = self._cache.get(digest)
        if known and known[0] > now:
            return known[1]
        claims = self._decode(token)
        caller = self._caller(claims)
        if len(self._cache) >= _CACHE_SIZE:
            self._cache.clear()
        self._cache[digest] = (min(float(claims["exp"]), now + _TRUST_SECONDS), caller)
        return caller

    def _decode(self, token: str) -> Mapping[str, Any]:
        registry = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            decoded = self._decode_with_fresh_keys(token)
            registry.validate(decoded.claims)
        except (JoseError, ValueError, TypeError, KeyError):
            raise Unauthenticated("Présentez un jeton valide (Authorization: Bearer …).") from None
        claims: Mapping[str, Any] = decoded.claims
        return claims

    def _decode_with_fresh_keys(self, token: str) -> Any:
        keys = self._known_keys()
        try:
            return jwt.decode(token, keys, algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            if time.monotonic() - self._read_at < _REFRESH_SECONDS:
                raise
            self._refresh_keys()
            return jwt.decode(token, self._known_keys(), algorithms=_ALGORITHMS)

    def _known_keys(self) -> KeySet:
        if self._keys is None or time.monotonic() - self._read_at > _TRUST_SECONDS:
            self._refresh_keys()
        if self._keys is None:
            raise Unavailable("Les clés de l’émetteur de jetons sont illisibles ; réessayez.")
        return self._keys

    def _refresh_keys(self) -> None:
        """Read the JWKS again; while it cannot be read, the keys already known stay."""
        try:
            self.load_keys()
        except _NO_JWKS as error:
            log.warning("jwks_unreadable", error_class=type(error).__name__)

    def load_keys(self) -> KeySet:
        """Read the issuer's public keys now. Raises SettingsError when they are unreadable."""
        self._read_at = time.monotonic()
        document = _read_jwks(self.jwks)
        try:
            self._keys = KeySet.import_key_set(document)
        except _NO_JWKS:
            raise SettingsError("configuration refusée : JWKS ne contient aucune clé") from None
        return self._keys

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        try:
            return Caller(
                subject=str(claims["sub"]),
                roles=frozenset(_texts(claims.get("roles", ()))),
                agent_id=_uuid(claims.get(self.agent_claim)),
                personne_id=_uuid(claims.get("personne_id")),
                partenaire=claims.get("partenaire"),
                mds=tuple(_texts(claims.get("mds", ()))),
            )
        except (ValueError, TypeError):
            raise Unauthenticated("Le jeton porte une revendication mal formée.") from None


@dataclass
class DevelopmentIssuer:
    """Signs real RS256 tokens for demo and tests, with a key kept in a folder."""

    key: RSAKey = field(repr=False)
    issuer: str
    audience: str = "plateforme-sociale"

    @classmethod
    def create(cls, folder: Path, issuer: str = DEVELOPMENT_ISSUER) -> Self:
        """Open the issuer of a folder, creating its key and `jwks.json` the first time."""
        folder.mkdir(parents=True, exist_ok=True)
        private = folder / "emetteur.jwk.json"
        if not private.exists():
            key = RSAKey.generate_key(2048, {"kid": str(new_id()), "use": "sig", "alg": "RS256"})
            private.touch(mode=0o600)
            private.write_text(json.dumps(key.as_dict(private=True)))
            public = {"keys": [key.as_dict(private=False)]}
            (folder / "jwks.json").write_text(json.dumps(public))
        return cls(key=RSAKey.import_key(json.loads(private.read_text())), issuer=issuer)

    def token(
        self,
        *,
        roles: list[str],
        subject: str | None = None,
        agent_id: UUID | None = None,
        personne_id: UUID | None = None,
        partenaire: str | None = None,
        mds: list[str] | None = None,
        lifetime_s: int = 86_400,
    ) -> str:
        """A signed token, valid from now for `lifetime_s` seconds."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": subject or str(agent_id or personne_id or partenaire or roles[0]),
            "iat": now,
            "exp": now + lifetime_s,
            "roles": roles,
            "mds": mds or [],
        }
        claims |= {
            name: str(value)
            for name, value in (
                ("agent_id", agent_id),
                ("personne_id", personne_id),
                ("partenaire", partenaire),
            )
            if value is not None
        }
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)


def _read_jwks(place: str) -> Any:
    try:
        if place.startswith(("http://", "https://")):
            answer = urllib3.request("GET", place, timeout=5.0, retries=2)
            if answer.status != 200:
                raise ValueError
            return json.loads(answer.data)
        return json.loads(Path(place).read_text())
    except (OSError, ValueError, urllib3.exceptions.HTTPError):
        raise SettingsError("configuration refusée : le JWKS est illisible") from None


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.split()
    return [str(item) for item in value]


def _uuid(value: Any) -> UUID | None:
    return UUID(str(value)) if value else None
