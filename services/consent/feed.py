"""Publishes to partners' queues so that a withdrawal, once committed, lets nothing more out.

A batch is one database transaction. It holds the partner's feed and, shared, the persons
concerned; decides; publishes while a reader is attached; waits for the partner to take; takes
back the rest; marks what was taken; commits, and only then lets the persons go. A withdrawal
holds the same persons alone: it waits for the batch, and the next batch sees it.

Locks die with their session, so they prove nothing about one that died. Before anything leaves,
another transaction therefore *announces* it: until an instant of the database's clock these facts
may be in the queue. The session that holds the persons is then asked whether it still lives. If
so, whoever gets the persons later reads the announcement, and refuses until it was settled or its
time is over; the batch stops sending early enough for every message to have died by then.

Limits, told in docs/guides/partenaires.md: what the partner took is out; a message a broker
accepts after we gave it up, or a process stopped just before sending it, escapes the count.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event, Semaphore, Thread
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from chassis.broker import BROKER_ERRORS, BrokerUnavailable, Link
from chassis.errors import Unavailable
from chassis.logs import get_logger
from chassis.relay.turns import Turns
from chassis.runtime import Runtime
from services.consent.domain.livraison import Outcome
from services.consent.domain.partenaire import Partenaire
from services.consent.file_partenaire import (
    CONFIRM_SECONDS,
    EXPIRATION_SECONDS,
    PartnerQueue,
    queue_name,
)
from services.consent.settings import Settings
from services.consent.usecases import diffusion
from services.consent.usecases.diffusion import Announcement, Fate

#: Facts per transaction: small, so that a withdrawal never waits long.
BATCH = 20
#: No message is sent later than this after its batch was announced.
PUBLISH_SECONDS = 1.0
_MARGIN_SECONDS = 0.5
#: By then each was confirmed or given up, and has died in the queue.
IN_QUEUE_SECONDS = PUBLISH_SECONDS + CONFIRM_SECONDS + EXPIRATION_SECONDS + _MARGIN_SECONDS
_IDLE_SECONDS = 0.25
_LOOK_AGAIN_SECONDS = 2.0
_BACKOFF_SECONDS = 5.0
#: Batches at once over all partners: the relay's connections are few.
_AT_ONCE = 3

log = get_logger(__name__)


def run(runtime: Runtime, stop: Event, turns: Turns) -> None:
    """Serve every partner that reads a queue, until `stop`. Without a broker there is none."""
    threads: dict[str, Thread] = {}
    places = Semaphore(_AT_ONCE)
    while runtime.settings.amqp_uri and not stop.is_set():
        turns.mark("feed")
        for code in _partners(runtime):
            if code not in threads or not threads[code].is_alive():
                threads[code] = _Server(runtime, code, places, stop, turns).start()
        stop.wait(_LOOK_AGAIN_SECONDS)
    turns.end("feed")
    stop.wait()
    for thread in threads.values():
        thread.join(timeout=EXPIRATION_SECONDS + 2)


def publish_batch(runtime: Runtime, code: str, queue: PartnerQueue, limit: int = BATCH) -> int:
    """Give one batch. Answers how many facts were decided; 0 when there is nothing to do."""
    batch = _Batch(runtime=runtime, queue=queue, code=code)
    with runtime.unit_of_work() as uow:
        try:
            decided = batch.run(uow, limit)
            uow.commit()
        except (*BROKER_ERRORS, SQLAlchemyError):
            batch.settle_late()
            raise
        return decided


@dataclass
class _Batch:
    """One transaction. `fate`: what became of each fact announced; of some, nothing is known."""

    runtime: Runtime
    queue: PartnerQueue
    code: str
    announced: Announcement | None = None
    fate: dict[UUID, Fate] = field(default_factory=dict)

    def run(self, uow: Any, limit: int) -> int:
        if not uow.try_feed(self.code) or not self._has_reader():
            return 0
        partenaire = uow.partenaires.get(self.code)
        if partenaire.suspended_at is not None:
            return 0
        judged = diffusion.outcomes(uow, partenaire, limit)
        diffusion.suppress(uow, partenaire, [o for o in judged if not o.allowed])
        allowed = [o for o in judged if o.allowed]
        if allowed:
            self._give(uow, partenaire, allowed)
        return len(judged)

    def settle_late(self) -> None:
        """After a failure: what is known of the batch is written, so that the log is not wrong."""
        announced = self.announced
        if announced is None:
            return
        try:
            self.runtime.transaction(
                lambda uow: diffusion.settle_late(uow, self.code, announced, self.fate)
            )
        except (SQLAlchemyError, Unavailable) as error:
            log.warning("feed_unsettled", partner=self.code, error_class=type(error).__name__)

    def _has_reader(self) -> bool:
        """Also takes back what a process that died left: its rows still wait here."""
        state = self.queue.state()
        if state.ready:
            self.queue.recall()
        return state.consumers > 0

    def _give(self, uow: Any, partenaire: Partenaire, allowed: Sequence[Outcome]) -> None:
        started = time.monotonic()
        announced = self._announce(partenaire, allowed)
        uow.ping()
        messages = {
            outcome.livraison.id: diffusion.as_bytes(
                diffusion.envelope(uow, self.code, outcome, sequence)
            )
            for outcome, sequence in announced.numbered
        }
        self._publish(messages, started)
        diffusion.settle(uow, partenaire, announced, self.fate)

    def _announce(self, partenaire: Partenaire, allowed: Sequence[Outcome]) -> Announcement:
        """In a transaction of its own, committed."""
        with self.runtime.unit_of_work() as uow:
            announced = diffusion.announce(uow, partenaire, allowed, IN_QUEUE_SECONDS)  # type: ignore[arg-type]  # ours
            uow.commit()
        self.announced = announced
        self.fate = {outcome.livraison.id: Fate.LEFT for outcome in allowed}
        return announced

    def _publish(self, messages: Mapping[UUID, bytes], started: float) -> None:
        """Send, wait, take back what was not taken; what was sent has no fate until then."""
        sent: set[UUID] = set()
        for identifier in self.queue.publish(messages):
            if time.monotonic() > started + PUBLISH_SECONDS:
                break
            sent.add(identifier)
            del self.fate[identifier]
        back = {} if self.queue.wait_taken() else self.queue.recall()
        for identifier in sent & back.keys():
            self.fate[identifier] = Fate.SEEN if back[identifier] else Fate.LEFT
        gone = sent - back.keys()
        if gone and time.monotonic() > started + EXPIRATION_SECONDS:
            raise TimeoutError  # taken, or dead in the queue
        self.fate |= dict.fromkeys(gone, Fate.TAKEN)


def _partners(runtime: Runtime, *known: str) -> Sequence[str]:
    """Codes of the partners that read a queue; those already known when we cannot tell."""
    try:
        with runtime.unit_of_work() as uow:
            codes: list[str] = uow.partenaires.on_amqp()  # type: ignore[attr-defined]  # ours
            return codes
    except SQLAlchemyError as error:
        log.warning("feed_database_away", error_class=type(error).__name__)
        return known


@dataclass
class _Server:
    """Serves one partner, in a thread of its own that marks its turns."""

    runtime: Runtime
    code: str
    places: Semaphore
    stop: Event
    turns: Turns

    def start(self) -> Thread:
        thread = Thread(target=self._run, name=f"feed-{self.code}", daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        try:
            self._serve()
        finally:
            self.turns.end(self._name)

    def _serve(self) -> None:
        """Until `stop`, the partner's suspension, or its move to HTTP."""
        while not self.stop.is_set() and self._is_served():
            self.turns.mark(self._name)
            try:
                link = Link(_uri(self.runtime, self.code), f"feed {self.code}")
            except BrokerUnavailable:
                log.warning("feed_broker_away", partner=self.code)
                self.stop.wait(_BACKOFF_SECONDS)
                continue
            try:
                self._pump(link)
            except (*BROKER_ERRORS, SQLAlchemyError) as error:
                log.warning("feed_interrupted", partner=self.code, error_class=type(error).__name__)
                self.stop.wait(_IDLE_SECONDS)
            finally:
                link.close()

    def _pump(self, link: Link) -> None:
        queue = PartnerQueue(link, queue_name(self.runtime.settings.bus_prefix, self.code))
        queue.open()
        while not self.stop.is_set() and self._take_place():
            try:
                done = publish_batch(self.runtime, self.code, queue)
            finally:
                self.places.release()
            link.beat()
            if not done:
                # A partner that is suspended or went over to HTTP gives nothing to do either.
                if not self._is_served():
                    return
                self.stop.wait(_IDLE_SECONDS)

    def _take_place(self) -> bool:
        """One of the few places; False when we stop meanwhile.

        Waiting for one is not hanging: those that hold them show, if they hang.
        """
        while not self.places.acquire(timeout=_LOOK_AGAIN_SECONDS):
            self.turns.mark(self._name)
            if self.stop.is_set():
                return False
        self.turns.mark(self._name)
        return True

    def _is_served(self) -> bool:
        return self.code in _partners(self.runtime, self.code)

    @property
    def _name(self) -> str:
        return f"feed {self.code}"


def _uri(runtime: Runtime, code: str) -> str:
    settings = runtime.settings
    queue = queue_name(settings.bus_prefix, code)
    return runtime.settings_of(Settings).partner_uri(settings.amqp_uri or "", queue)
