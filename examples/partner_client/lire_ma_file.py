"""Lire sa file de partenaire : un programme indépendant, avec ses propres identifiants.

    python -m pip install -r requirements.txt
    AMQP_URI=amqp://partner.caf:MOT_DE_PASSE@courtier:5672// python lire_ma_file.py partner.caf

Chaque fait (CloudEvents 1.0, JSON) sort sur une ligne de la sortie standard. Un fait est acquitté
après avoir été écrit ; reçu deux fois (après une coupure), il n’est écrit qu’une fois, car son
« id » est gardé. Ctrl-C, SIGTERM ou `--au-plus` arrêtent proprement. Codes de sortie : 0 fin
normale, 1 courtier injoignable ou accès refusé, 2 mauvais usage.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections import OrderedDict
from types import FrameType
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp

#: Les derniers « id » retenus pour écarter une seconde livraison.
_REMEMBERED = 10_000
_PREFETCH = 20


class Reader:
    """Lit une file jusqu’à l’arrêt ; ne déclare, ne lie et ne publie rien."""

    def __init__(self, channel: amqp.Channel, queue: str, most: int | None) -> None:
        self._channel = channel
        self._queue = queue
        self._most = most
        self._seen: OrderedDict[str, None] = OrderedDict()
        self.written = 0
        self.stopping = False

    def run(self) -> None:
        """Consommer, écrire, acquitter."""
        self._channel.basic_qos(0, _PREFETCH, False)
        self._channel.basic_consume(self._queue, callback=self._receive)
        while not self.stopping:
            try:
                self._channel.connection.drain_events(timeout=0.5)
            except TimeoutError:
                self._channel.connection.heartbeat_tick()

    def _receive(self, message: Any) -> None:
        if self.stopping:
            return  # Non acquitté : ce que nous n’écrivons pas, nous ne disons pas l’avoir lu.
        fact = json.loads(message.body)
        if self._is_new(fact["id"]):
            print(json.dumps(fact, ensure_ascii=False), flush=True)
            self.written += 1
        self._channel.basic_ack(message.delivery_tag)
        self.stopping = self.stopping or self.written == self._most

    def _is_new(self, identifier: str) -> bool:
        if identifier in self._seen:
            return False
        self._seen[identifier] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return True


def connect(uri: str) -> amqp.Connection:
    """Se connecter avec les identifiants de l’adresse."""
    parts = urlsplit(uri)
    connection = amqp.Connection(
        host=f"{parts.hostname}:{parts.port or (5671 if parts.scheme == 'amqps' else 5672)}",
        userid=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        virtual_host=unquote(parts.path[1:]) or "/",
        ssl=parts.scheme == "amqps",
        heartbeat=10,
        connect_timeout=5,
    )
    connection.connect()
    return connection


def main() -> int:
    """Répond le code de sortie."""
    parser = argparse.ArgumentParser(description="Lire sa file de partenaire.")
    parser.add_argument("file", help="nom de la file, par exemple partner.caf")
    parser.add_argument("--au-plus", type=int, metavar="N", help="s’arrêter après N faits")
    options = parser.parse_args()
    uri = os.environ.get("AMQP_URI")
    if not uri:
        print(
            "AMQP_URI manque : l’adresse et les identifiants remis au partenaire.", file=sys.stderr
        )
        return 2
    try:
        connection = connect(uri)
        reader = Reader(connection.channel(), options.file, options.au_plus)

        def stop(_signal: int, _frame: FrameType | None) -> None:
            reader.stopping = True

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        reader.run()
        connection.close()
    except (amqp.AMQPError, OSError) as error:
        print(f"Le courtier refuse ou ne répond pas ({type(error).__name__}).", file=sys.stderr)
        return 1
    print(f"{reader.written} faits lus.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
