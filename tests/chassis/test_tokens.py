"""Tokens: only what our issuer signed, for us, and that has not run out, opens a door."""

import base64
import hmac
import json
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from chassis.errors import Unavailable
from chassis.settings import SettingsError
from chassis.web import tokens
from chassis.web.problems import Unauthenticated
from chassis.web.tokens import DevelopmentIssuer, TokenVerifier

IN_2100 = 4_102_444_800


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("issuer")


@pytest.fixture(scope="module")
def issuer(folder):
    return DevelopmentIssuer.create(folder)


@pytest.fixture
def verifier(issuer, folder):
    return TokenVerifier(
        jwks=str(folder / "jwks.json"), issuer=issuer.issuer, audience=issuer.audience
    )


def claims(issuer, **changes):
    now = int(time.time())
    return {
        "iss": issuer.issuer,
        "aud": issuer.audience,
        "sub": "a",
        "iat": now,
        "exp": now + 60,
        "roles": ["agent"],
    } | changes


def signed(issuer, key=None, alg="RS256", **changes):
    key = key or issuer.key
    kept = {k: v for k, v in claims(issuer, **changes).items() if v is not ...}
    return jwt.encode({"alg": alg, "kid": issuer.key.kid}, kept, key, algorithms=[alg])


def test_a_good_token_tells_who_asks(issuer, verifier):
    caller = verifier.verify(issuer.token(roles=["agent", "dpo"], subject="s", mds=["MDS-A"]))

    assert (caller.subject, caller.roles, caller.mds) == ("s", {"agent", "dpo"}, ("MDS-A",))
    assert caller.has("dpo")
    assert not caller.has("admin")


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1},
        {"exp": ...},
        {"iss": "urn:autre"},
        {"iss": ...},
        {"aud": "autre"},
        {"aud": ...},
        {"sub": ...},
        {"nbf": IN_2100},
        {"agent_id": "pas-un-uuid"},
        {"roles": 7},
    ],
    ids=str,
)
def test_claims_that_do_not_fit_are_refused(issuer, verifier, changes):
    with pytest.raises(Unauthenticated):
        verifier.verify(signed(issuer, **changes))


def test_another_key_and_other_algorithms_are_refused(issuer, verifier, folder):
    public = json.loads((folder / "jwks.json").read_text())["keys"][0]
    stranger = RSAKey.generate_key(2048)
    as_secret = RSAKey.import_key(public).as_pem()
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=")
    body = base64.urlsafe_b64encode(json.dumps(claims(issuer)).encode()).rstrip(b"=")
    hs256 = base64.urlsafe_b64encode(b'{"alg": "HS256"}').rstrip(b"=")
    digest = hmac.new(as_secret, hs256 + b"." + body, "sha256").digest()
    mac = base64.urlsafe_b64encode(digest).rstrip(b"=")

    for forged in (
        signed(issuer, key=stranger),
        (hs256 + b"." + body + b"." + mac).decode(),
        signed(issuer, key=ECKey.generate_key("P-256"), alg="ES256"),
        (header + b"." + body + b".").decode(),
        signed(issuer)[:-4] + "AAAA",
        "a.b.c",
        "",
        "é" * 50,
    ):
        with pytest.raises(Unauthenticated):
            verifier.verify(forged)


def test_a_token_is_not_remembered_beyond_its_end(issuer, verifier, monkeypatch):
    token = signed(issuer, exp=int(time.time()) + 60)
    verifier.verify(token)

    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 120)

    with pytest.raises(Unauthenticated):
        verifier.verify(token)


class Jwks:
    """A JWKS over HTTP whose answer a test changes."""

    def __init__(self):
        self.status, self.document, self.asked = 200, {"keys": []}, 0
        jwks = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                jwks.asked += 1
                self.send_response(jwks.status)
                self.end_headers()
                self.wfile.write(json.dumps(jwks.document).encode())

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks"
        Thread(target=self.server.serve_forever, daemon=True).start()


class TestRotation:
    @pytest.fixture
    def jwks(self, issuer):
        made = Jwks()
        made.document = {"keys": [issuer.key.as_dict(private=False)]}
        yield made
        made.server.shutdown()
        made.server.server_close()

    @pytest.fixture
    def verifier(self, issuer, jwks, monkeypatch):
        monkeypatch.setattr(tokens, "_REFRESH_SECONDS", 0)
        return TokenVerifier(jwks=jwks.url, issuer=issuer.issuer, audience=issuer.audience)

    def test_an_unknown_key_id_makes_the_keys_be_read_again(self, issuer, verifier, jwks, tmp_path):
        verifier.verify(signed(issuer))
        new = DevelopmentIssuer.create(tmp_path)
        with pytest.raises(Unauthenticated):
            verifier.verify(signed(new))

        jwks.document["keys"].append(new.key.as_dict(private=False))

        assert verifier.verify(signed(new, sub="b")).subject == "b"
        assert verifier.verify(signed(issuer, sub="c")).subject == "c"

    def test_forged_tokens_do_not_hammer_the_issuer(self, verifier, jwks, monkeypatch, tmp_path):
        monkeypatch.setattr(tokens, "_REFRESH_SECONDS", 30)
        stranger = DevelopmentIssuer.create(tmp_path)

        for n in range(5):
            with pytest.raises(Unauthenticated):
                verifier.verify(signed(stranger, sub=str(n)))

        assert jwks.asked == 1

    @pytest.mark.parametrize(("status", "document"), [(500, {}), (200, {"error": "x"}), (404, [])])
    def test_a_broken_issuer_does_not_take_known_keys_away(
        self, issuer, verifier, jwks, tmp_path, status, document
    ):
        verifier.verify(signed(issuer))
        jwks.status, jwks.document = status, document

        with pytest.raises(Unauthenticated):
            verifier.verify(signed(DevelopmentIssuer.create(tmp_path)))

        assert verifier.verify(signed(issuer, sub="b")).subject == "b"

    def test_without_any_key_yet_the_service_is_unavailable_not_broken(
        self, issuer, verifier, jwks
    ):
        jwks.status = 500

        with pytest.raises(Unavailable):
            verifier.verify(signed(issuer))

    def test_a_key_withdrawn_by_the_issuer_stops_opening_doors(
        self, issuer, verifier, jwks, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(tokens, "_TRUST_SECONDS", 0)
        token = signed(issuer)
        verifier.verify(token)
        new = DevelopmentIssuer.create(tmp_path)
        jwks.document = {"keys": [new.key.as_dict(private=False)]}

        with pytest.raises(Unauthenticated):
            verifier.verify(token)


@pytest.mark.parametrize("text", ["[]", '{"keys": 3}', '{"keys": [{"kty": "?"}]}', "3"])
def test_a_jwks_without_keys_stops_the_boot_with_one_line(tmp_path, text):
    path = tmp_path / "jwks.json"
    path.write_text(text)

    with pytest.raises(SettingsError, match="JWKS"):
        TokenVerifier(jwks=str(path), issuer="urn:x", audience="y").load_keys()
