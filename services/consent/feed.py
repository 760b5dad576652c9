"""Publishes to partners' queues so that a withdrawal, once committed, lets nothing more out.

A batch is one database transaction. It holds the partner's feed and, shared, the persons
concerned; decides; publishes while a reader is attached; waits for the partner to take; takes
back the rest; marks what was taken; commits, and only then lets the persons go. A withdrawal
holds the same persons alone: it waits for the batch, and the next batch sees it.

Limits, told in docs/guides/partenaires.md: what the partner took is out; if this process is
killed within a batch, its messages may still be taken until they expire (three seconds).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Semaphore, Thread
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from chassis.broker import BROKER_ERRORS, BrokerUnavailable, Link
from chassis.logs import get_logger
from chassis.relay.turns import Turns
from chassis.runtime import Runtime
from services.consent.domain.livraison import Outcome
from services.consent.domain.partenaire import Partenaire
from services.consent.file_partenaire import EXPIRATION_SECONDS, PartnerQueue, queue_name
from services.consent.settings import Settings
from services.consent.usecases import diffusion

#: Facts per transaction: small, so that a withdrawal never waits long.
BATCH = 20
_IDLE_SECONDS = 0.25
_LOOK_AGAIN_SECONDS = 2.0
_BACKOFF_SECONDS = 5.0
#: Batches at once over all partners: the relay's connections are few.
_AT_ONCE = 3
#: Waited beyond the expiration before persons are let go after a failure.
_MARGIN_SECONDS = 0.2

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
    with runtime.unit_of_work() as uow:
        batch = _Batch(uow=uow, queue=queue, code=code)
        try:
            decided = batch.run(limit)
            uow.commit()
        except BaseException:
            batch.outlive_messages()
            raise
        return decided


@dataclass
class _Batch:
    """One transaction. `sent_at`: when the last message left, in monotonic seconds."""

    uow: Any
    queue: PartnerQueue
    code: str
    sent_at: float | None = None

    def run(self, limit: int) -> int:
        if not self.uow.try_feed(self.code) or not self._has_reader():
            return 0
        partenaire = self.uow.partenaires.get(self.code)
        if partenaire.suspended_at is not None:
            return 0
        judged = diffusion.outcomes(self.uow, partenaire, limit)
        diffusion.suppress(self.uow, partenaire, [o for o in judged if not o.allowed])
        self._give(partenaire, [o for o in judged if o.allowed])
        return len(judged)

    def outlive_messages(self) -> None:
        """After a failure, keep the persons until nothing of the batch can be taken any more."""
        if self.sent_at is not None:
            left = self.sent_at + EXPIRATION_SECONDS + _MARGIN_SECONDS - time.monotonic()
            Event().wait(max(0.0, left))

    def _has_reader(self) -> bool:
        """Also takes back what a process that died left: its rows still wait here."""
        state = self.queue.state()
        if state.ready:
            self.queue.recall()
        return state.consumers > 0

    def _give(self, partenaire: Partenaire, allowed: Sequence[Outcome]) -> None:
        if not allowed:
            return
        numbered = diffusion.number(self.uow, partenaire, allowed)
        left_behind = self._publish(
            {
                outcome.livraison.id: diffusion.as_bytes(
                    diffusion.envelope(self.uow, self.code, outcome, sequence)
                )
                for outcome, sequence in numbered
            }
        )
        taken = [pair for pair in numbered if pair[0].livraison.id not in left_behind]
        diffusion.deliver(self.uow, partenaire, taken)

    def _publish(self, messages: Mapping[UUID, bytes]) -> set[UUID]:
        """Answers what the partner did not take; it is no longer in the queue."""
        for _ in self.queue.publish(messages):
            self.sent_at = time.monotonic()
        return set() if self.queue.wait_taken() else self.queue.recall()


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
