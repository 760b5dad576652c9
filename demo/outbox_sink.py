"""The outside world of a local platform: a mail server and an SMS provider that keep everything.

    python -m demo.outbox_sink --smtp-port 1025 --http-port 8090 --file boite.jsonl
    python -m demo.outbox_sink show --file boite.jsonl --page 2

Both are real servers (SMTP by aiosmtpd, HTTP/1.1 with kept connections). What they accept is
appended to a JSON Lines file. The SMS side follows the contract of
`services/notifications/channels/sms.py`, Idempotency-Key included, and answers some numbers as a
bad day would (see `BAD_DAYS`). For demonstrations and tests: nothing here leaves the machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import typer
from aiosmtpd.smtp import SMTP, Envelope, Session
from rich.console import Console
from rich.table import Table

from chassis.terminal import Terminal

#: Last digits of a number -> status and body the provider answers instead of accepting.
BAD_DAYS: dict[str, tuple[int, dict[str, str]]] = {
    "0422": (422, {"code": "NUMBER"}),
    "0429": (429, {"code": "THROTTLED"}),
    "0503": (503, {"code": "DOWN"}),
}
#: An e-mail address that begins so is refused by the mail server.
REFUSED_MAILBOX = "inconnu"
_MAX_BODY_BYTES = 64 * 1024
_PAGE = 20


@dataclass
class Outbox:
    """The file both servers append to. One line per message really accepted."""

    path: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _answers: dict[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Read what an earlier process accepted, so that its keys are still honoured."""
        self.path.touch()
        with contextlib.suppress(ValueError):
            for row in read(self.path):
                if row["channel"] == "SMS":
                    self._answers[row["key"]] = row["id"]
        self._file = self.path.open("a", encoding="utf-8", buffering=1)

    def accept_sms(self, key: str, document: dict[str, str]) -> str:
        """Keep an SMS once per key; answers the provider's id, the same one for the same key."""
        with self._lock:
            if key in self._answers:
                return self._answers[key]
            identifier = f"sms-{len(self._answers) + 1:06}"
            self._answers[key] = identifier
            self._write({"channel": "SMS", "id": identifier, "key": key, **document})
            return identifier

    def accept_email(self, row: dict[str, Any]) -> None:
        """Keep an e-mail, each time it comes: a mail server knows no key."""
        with self._lock:
            self._write({"channel": "EMAIL", **row})

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def _write(self, row: dict[str, Any]) -> None:
        self._file.write(json.dumps(row, ensure_ascii=False) + "\n")


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Every message of a file, oldest first."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


class MailServer:
    """aiosmtpd's handler: accepts everything but mailboxes that begin with `inconnu`."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self,
        server: SMTP,  # noqa: ARG002 - aiosmtpd's signature
        session: Session,  # noqa: ARG002 - aiosmtpd's signature
        envelope: Envelope,
        address: str,
        options: list[str],  # noqa: ARG002 - aiosmtpd's signature
    ) -> str:
        """Refuse a mailbox that does not exist (RFC 5321: 550)."""
        if address.startswith(REFUSED_MAILBOX):
            return "550 5.1.1 boite inconnue"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self,
        server: SMTP,  # noqa: ARG002 - aiosmtpd's signature
        session: Session,  # noqa: ARG002 - aiosmtpd's signature
        envelope: Envelope,
    ) -> str:
        """Keep the mail."""
        content = envelope.content
        mail = message_from_bytes(content if isinstance(content, bytes) else b"")
        payload = mail.get_payload(decode=True)
        text = payload.decode() if isinstance(payload, bytes) else ""
        self._outbox.accept_email(
            {
                "message_id": mail["Message-ID"],
                "from": envelope.mail_from,
                "to": list(envelope.rcpt_tos),
                "subject": str(make_header(decode_header(mail["Subject"] or ""))),
                "text": text.replace("\r\n", "\n"),
            }
        )
        return "250 OK"


class SmsProvider(BaseHTTPRequestHandler):
    """`POST /v1/sms` with a bearer token and an Idempotency-Key."""

    protocol_version = "HTTP/1.1"
    # Answers are small and written at once: waiting to fill a packet costs 40 ms each.
    disable_nagle_algorithm = True
    wbufsize = -1
    server: SmsServer

    def do_POST(self) -> None:
        """Accept, or refuse as the contract says."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > _MAX_BODY_BYTES:
            self.close_connection = True
            return self._answer(413, {"code": "TOO_LARGE"})
        body = self.rfile.read(length)
        if self.headers.get("Authorization") != f"Bearer {self.server.token}":
            return self._answer(401, {"code": "TOKEN"})
        key = self.headers.get("Idempotency-Key")
        document = _sms(body)
        if key is None or document is None:
            return self._answer(400, {"code": "REQUEST"})
        self._judge(key, document)
        return None

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's own name
        """Say nothing: a log line would hold a number."""

    def _judge(self, key: str, document: dict[str, str]) -> None:
        self.server.calls += 1
        bad_day = self.server.bad_day or BAD_DAYS.get(document["to"][-4:])
        if bad_day is not None:
            return self._answer(*bad_day)
        return self._answer(201, {"id": self.server.outbox.accept_sms(key, document)})

    def _answer(self, status: int, document: dict[str, str]) -> None:
        body = json.dumps(document).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == 429:
            self.send_header("Retry-After", "30")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


class SmsServer(ThreadingHTTPServer):
    """One thread per kept connection: notifications opens one."""

    daemon_threads = True
    #: A client may keep its connection: stopping does not wait for it.
    block_on_close = False

    def __init__(self, address: tuple[str, int], outbox: Outbox, token: str) -> None:
        super().__init__(address, SmsProvider)
        self.outbox = outbox
        self.token = token
        #: Answer everybody so, whatever the number: a provider that is down.
        self.bad_day: tuple[int, dict[str, str]] | None = None
        #: Well-formed requests seen.
        self.calls = 0


@dataclass
class Sink:
    """Both servers in one process; a context manager that starts and stops them."""

    path: Path
    smtp_port: int = 0
    http_port: int = 0
    token: str = "jeton-de-demonstration"  # noqa: S105 - opens nothing but this sink
    host: str = "127.0.0.1"

    def __enter__(self) -> Sink:
        with contextlib.ExitStack() as undo:
            self.outbox = Outbox(self.path)
            undo.callback(self.outbox.close)
            self.sms = SmsServer((self.host, self.http_port), self.outbox, self.token)
            undo.callback(self.sms.server_close)
            self.http_port = self.sms.server_port
            self._loop = asyncio.new_event_loop()
            undo.callback(self._loop.close)
            self._smtp = self._loop.run_until_complete(self._listen())
            undo.pop_all()
        self.smtp_port = self._smtp.sockets[0].getsockname()[1]
        self._threads = [
            threading.Thread(target=self.sms.serve_forever, daemon=True),
            threading.Thread(target=self._loop.run_forever, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.sms.shutdown()
        self.sms.server_close()
        self._loop.call_soon_threadsafe(self._smtp.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        for thread in self._threads:
            thread.join(timeout=5)
        self._loop.close()
        self.outbox.close()

    @property
    def environment(self) -> dict[str, str]:
        """What notifications is told, to send here."""
        return {
            "SMTP_HOST": self.host,
            "SMTP_PORT": str(self.smtp_port),
            "SMTP_STARTTLS": "false",
            "SENDER_ADDRESS": "ne-pas-repondre@departement.example",
            "SMS_URL": f"http://{self.host}:{self.http_port}/v1/sms",
            "SMS_TOKEN": self.token,
        }

    @property
    def received(self) -> list[dict[str, Any]]:
        """Every message accepted so far."""
        return list(read(self.path))

    async def _listen(self) -> asyncio.Server:
        mail_server = MailServer(self.outbox)
        return await self._loop.create_server(
            lambda: SMTP(mail_server, hostname="boite.local", loop=self._loop),
            host=self.host,
            port=self.smtp_port,
        )


app = Terminal(
    help="Boîte locale des messages : serveur SMTP et fournisseur de SMS de démonstration."
)


@app.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    smtp_port: Annotated[
        int, typer.Option(help="Port du serveur SMTP.", envvar="SMTP_PORT")
    ] = 1025,
    http_port: Annotated[
        int | None, typer.Option(help="Port du fournisseur de SMS (sinon celui de SMS_URL).")
    ] = None,
    file: Annotated[
        Path, typer.Option(help="Fichier où tout est gardé (JSON Lines).", envvar="OUTBOX_FILE")
    ] = Path("boite.jsonl"),
    token: Annotated[
        str, typer.Option(help="Jeton attendu des envois de SMS.", envvar="SMS_TOKEN")
    ] = "jeton-de-demonstration",  # noqa: S107 - opens nothing but this sink
) -> None:
    """Servir jusqu’à SIGTERM ou Ctrl-C."""
    if context.invoked_subcommand is not None:
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    url = urlsplit(os.environ.get("SMS_URL", "http://127.0.0.1:8090"))
    http_port = url.port or 8090 if http_port is None else http_port
    try:
        with Sink(path=file, smtp_port=smtp_port, http_port=http_port, token=token) as sink:
            sms = f"http://{sink.host}:{sink.http_port}/v1/sms"
            typer.echo(f"SMTP {sink.smtp_port}, SMS {sms}, {file}")
            stop.wait()
    except OSError as error:
        what = f"écrire {file}" if error.filename else f"écouter sur {smtp_port} ou {http_port}"
        typer.echo(f"impossible d’{what}", err=True)
        raise typer.Exit(2) from None


@app.command()
def show(
    file: Annotated[Path, typer.Option(help="Fichier à lire.")] = Path("boite.jsonl"),
    page: Annotated[int, typer.Option(min=1, help="Page, la plus récente d’abord.")] = 1,
    channel: Annotated[Literal["SMS", "EMAIL"] | None, typer.Option(help="Un seul canal.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Lignes JSON.")] = False,
) -> None:
    """Feuilleter ce qui a été reçu."""
    if not file.exists():
        typer.echo(f"{file} n’existe pas.", err=True)
        raise typer.Exit(1)
    rows = [row for row in read(file) if channel in (None, row["channel"])]
    shown = rows[::-1][(page - 1) * _PAGE : page * _PAGE]
    if as_json:
        for row in shown:
            typer.echo(json.dumps(row, ensure_ascii=False))
        return
    table = Table("Canal", "À", "Objet", "Texte", title=f"{len(rows)} messages, page {page}")
    for row in shown:
        to = row["to"] if isinstance(row["to"], str) else ", ".join(row["to"])
        table.add_row(row["channel"], to, row.get("subject", ""), row["text"])
    Console().print(table)


def _sms(body: bytes) -> dict[str, str] | None:
    """The SMS of a request, or None when it is not one."""
    try:
        document = json.loads(body)
    except ValueError:
        return None
    members = ("to", "from", "text", "reference")
    if not isinstance(document, dict) or not all(
        isinstance(document.get(name), str) and document[name] for name in members
    ):
        return None
    return {name: document[name] for name in members}


if __name__ == "__main__":
    app()
