"""Fetching an agent's calendar: over real TLS, from an admitted host of the Internet alone."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.rendezvous.calendars.source import CalendarSource, is_public
from services.rendezvous.domain.calendar import Trouble, Troubled

HOST, OTHER = "agenda.exemple.fr", "autre.exemple.fr"
URL = f"https://{HOST}/prive/basic.ics?cle=1"


class Handler(BaseHTTPRequestHandler):
    """Answers by the path that is asked."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers["Host"]))
        status, headers, body = self.server.answers.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
            if self.path == "/lent":
                self.wfile.flush()
                self.server.over.wait(10)
        except OSError:
            pass  # the reader has had enough

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A key and a certificate for HOST, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "hote.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def server(certificate) -> Iterator[ThreadingHTTPServer]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    made.socket = context.wrap_socket(made.socket, server_side=True)
    made.handle_error = lambda *_: None
    made.asked, made.answers, made.over = [], {}, threading.Event()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.over.set()
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def source(server, certificate):
    def make(**changes):
        known = {
            "hosts": {HOST, OTHER},
            "resolve": lambda host: ["127.0.0.1"],
            "is_allowed": lambda address: True,
            "port": server.server_port,
            "tls": ssl.create_default_context(cafile=str(certificate)),
        }
        return CalendarSource(**known | changes)

    return make


def trouble_of(source, url=URL) -> Trouble:
    with pytest.raises(Troubled) as refusal:
        source.fetch(url)
    assert "agenda" not in str(refusal.value)
    return refusal.value.trouble


def test_the_body_of_an_admitted_host_is_read(server, source):
    server.answers["/prive/basic.ics?cle=1"] = (200, {}, b"BEGIN:VCALENDAR")

    assert source().fetch(URL) == b"BEGIN:VCALENDAR"
    assert server.asked == [("/prive/basic.ics?cle=1", HOST)]


def test_a_redirect_on_the_same_host_is_followed_a_few_times(server, source):
    server.answers["/prive/basic.ics?cle=1"] = (302, {"Location": "/suite"}, b"")
    server.answers["/suite"] = (301, {"Location": f"https://{HOST}/fin"}, b"")
    server.answers["/fin"] = (200, {}, b"x")
    assert source().fetch(URL) == b"x"

    server.answers["/fin"] = (302, {"Location": "/fin"}, b"")
    assert trouble_of(source()) is Trouble.REDIRECTED


@pytest.mark.parametrize(
    "target", [f"https://{OTHER}/a", "https://169.254.169.254/a", f"//{OTHER}/a"]
)
def test_a_redirect_to_another_host_is_not_even_if_admitted(server, source, target):
    server.answers["/prive/basic.ics?cle=1"] = (302, {"Location": target}, b"")

    assert trouble_of(source()) is Trouble.REDIRECTED
    assert len(server.asked) == 1


@pytest.mark.parametrize("target", [f"http://{HOST}/a", f"https://{HOST}:8443/a"])
def test_a_redirect_off_https_is_refused(server, source, target):
    server.answers["/prive/basic.ics?cle=1"] = (302, {"Location": target}, b"")

    assert trouble_of(source()) is Trouble.HOST_REFUSED
    assert len(server.asked) == 1


def test_a_host_taken_off_the_list_is_asked_no_more(server, source):
    assert trouble_of(source(hosts={OTHER})) is Trouble.HOST_REFUSED
    assert server.asked == []


@pytest.mark.parametrize(
    ("status", "headers"), [(404, {}), (500, {}), (204, {}), (200, {"Content-Encoding": "gzip"})]
)
def test_another_answer_is_refused(server, source, status, headers):
    server.answers["/prive/basic.ics?cle=1"] = (status, headers, b"")

    assert trouble_of(source()) is Trouble.ANSWER_REFUSED


def test_a_body_without_end_is_cut_short(server, source, monkeypatch):
    monkeypatch.setattr("services.rendezvous.calendars.source.MAX_BYTES", 100_000)
    server.answers["/prive/basic.ics?cle=1"] = (200, {}, b"x" * 100_001)

    assert trouble_of(source()) is Trouble.TOO_LARGE


def test_a_body_that_comes_too_slowly_is_left(server, source):
    server.answers["/lent"] = (200, {}, b"BEGIN")

    assert trouble_of(source(seconds=0.2), f"https://{HOST}/lent") is Trouble.TOO_SLOW


def test_a_certificate_of_another_name_is_refused(source):
    assert trouble_of(source(), f"https://{OTHER}/") is Trouble.UNREACHABLE


def test_a_certificate_nobody_vouches_for_is_refused(source):
    assert trouble_of(source(tls=ssl.create_default_context())) is Trouble.UNREACHABLE


@pytest.mark.parametrize("found", [["10.0.0.1"], ["93.184.216.34", "10.0.0.1"], []])
def test_a_name_that_leads_inside_is_not_connected_to(server, source, found):
    inside = source(resolve=lambda host: found, is_allowed=is_public)

    assert trouble_of(inside) is Trouble.PRIVATE_ADDRESS
    assert server.asked == []


def test_a_name_is_resolved_once_and_what_was_looked_at_is_connected_to(server, source):
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    server.answers["/prive/basic.ics?cle=1"] = (200, {}, b"x")

    assert source(resolve=lambda host: answers.pop(0)).fetch(URL) == b"x"
    assert answers == [["10.0.0.1"]]


def test_a_name_that_does_not_exist_is_out_of_reach(source):
    def unknown(host):
        raise OSError

    assert trouble_of(source(resolve=unknown)) is Trouble.UNREACHABLE


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
    ],
)
def test_only_addresses_of_the_internet_are_public(address, expected):
    assert is_public(address) is expected
