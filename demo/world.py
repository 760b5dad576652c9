"""What an act needs: the plan, the services, whoever acts, and the memory of ids."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

from chassis.web.tokens import DevelopmentIssuer
from demo.client import Answer, Client, Request
from demo.environment import LIFETIME
from demo.plan.year import Plan
from demo.population import Agent, Mds, Personne
from demo.state import State
from demo.streams import key
from services import roles

_NAMESPACE = UUID("6f0d3d4a-6a8f-5b0a-9c53-3b4f0a5f2023")
#: The role of each profession in a token.
ROLES = {
    "ASS": roles.TRAVAILLEUR_SOCIAL,
    "CESF": roles.TRAVAILLEUR_SOCIAL,
    "SECRETAIRE": roles.SECRETAIRE,
    "RESPONSABLE": roles.RESPONSABLE,
}


_TALLY = "imprévus"
#: What tells that an act was done: a state reached, or something seen in the thing.
Done = tuple[str, ...] | Callable[[Mapping[str, Any]], bool]


@dataclass
class World:
    """Shared by every thread of the driver."""

    plan: Plan
    client: Client
    state: State
    issuer: DevelopmentIssuer
    pool: Executor
    #: What happened of the unhappy life, earlier lives of the driver included.
    tally: Counter[str] = field(init=False)
    _tokens: dict[str, str] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self.tally = Counter(json.loads(self.state.get(_TALLY) or "{}"))

    def keep_tally(self) -> None:
        """Keep what was counted with the step being finished."""
        self.state[_TALLY] = json.dumps(self.tally)

    @cached_property
    def agents(self) -> dict[str, Agent]:
        """Agents by reference."""
        return {agent.ref: agent for agent in self.plan.population.agents}

    @cached_property
    def people(self) -> dict[str, Personne]:
        """People by reference."""
        return {p.ref: p for p in (*self.plan.population.stock, *self.plan.newcomers)}

    @cached_property
    def places(self) -> dict[str, Mds]:
        """MDS by code."""
        return {place.code: place for place in self.plan.population.mds}

    @cached_property
    def _desks(self) -> dict[tuple[str, str], list[str]]:
        desks: dict[tuple[str, str], list[str]] = {}
        for agent in self.plan.population.agents:
            desks.setdefault((agent.profession, agent.mds), []).append(agent.ref)
        return desks

    def agent_id(self, ref: str) -> UUID:
        """The annuaire's id of an agent: chosen by the driver, the same in each of its lives."""
        return agent_id_of(self.plan.seed, ref)

    def secretaire(self, mds: str, site: str | None = None) -> str:
        """The secretary of a site, or of the MDS."""
        desks = self._desks["SECRETAIRE", mds]
        return next((ref for ref in desks if self.agents[ref].site == site), desks[0])

    def responsable(self, mds: str) -> str:
        """Who runs an MDS."""
        return self._desks["RESPONSABLE", mds][0]

    def token_of(self, who: str) -> str:
        """A token for an agent's reference, or for a role taken without an agent."""
        with self._lock:
            if who not in self._tokens:
                self._tokens[who] = self._sign(who)
            return self._tokens[who]

    def _sign(self, who: str) -> str:
        agent = self.agents.get(who)
        if who.startswith("partenaire:"):
            code = who.partition(":")[2]
            return self.issuer.token(roles=[roles.PARTENAIRE], partenaire=code, lifetime_s=LIFETIME)
        if agent is None:
            return self.issuer.token(roles=[who], subject=f"rejeu-{who}", lifetime_s=LIFETIME)
        return self.issuer.token(
            roles=[ROLES[agent.profession]],
            agent_id=self.agent_id(who),
            mds=[agent.mds],
            lifetime_s=LIFETIME,
        )

    def ask(
        self,
        who: str,
        route: str,
        body: Any = None,
        *,
        act: str,
        etag: str | None = None,
        may: tuple[int, ...] = (),
    ) -> Answer:
        """One request, `route` being "service METHOD /path". Raises Refused unless 2xx or `may`.

        The idempotency key is that of the act: the seed and what is done to whom.
        """
        request = self.request(who, route, body, act=act, etag=etag)
        return self.client.expect(request, 200, 201, 202, 204, *may)

    def ask_twice(self, who: str, route: str, body: Any, *, act: str) -> Answer:
        """A double click: the same request twice at once. Raises AssertionError if they differ."""
        request = self.request(who, route, body, act=act)
        answers: list[Any] = []
        other = threading.Thread(target=self._click, args=(request, answers))
        other.start()
        first = self.client.expect(request)
        other.join()
        if answers != [first.json]:
            raise DoubleClickTwice(f"{request.method} {request.path}")
        self.count("doubles clics absorbés")
        return first

    def _click(self, request: Request, answers: list[Any]) -> None:
        answers.append(self.client.send(request).json)

    def transition(
        self,
        who: str,
        service: str,
        path: str,
        action: str,
        body: Any = None,
        *,
        done: Done,
        version: int | None = None,
    ) -> None:
        """An act on a thing that has states, repeated safely: if it is refused because it was
        already done in an earlier life, the thing itself says so. Raises Refused otherwise."""
        etag = f'"{version}"' if version else None
        act = f"{path}/{action}"
        route = f"{service} POST {path}/{action}"
        answer = self.ask(who, route, body, act=act, etag=etag, may=(409, 412))
        if answer.status < 300:
            return
        shown = self.ask(who, f"{service} GET {path}", act=act)
        if _is_done(shown.json, done):
            return
        retried = shown.etag if answer.status == 412 else etag
        self.ask(who, route, body, act=act, etag=retried)

    def request(
        self, who: str, route: str, body: Any = None, *, act: str, etag: str | None = None
    ) -> Request:
        """The request itself, not sent."""
        service, method, path = route.split(" ", 2)
        once = key(self.plan.seed, act) if method in ("POST", "PUT", "PATCH", "DELETE") else None
        return Request(service, method, path, self.token_of(who), body, once, etag)

    def count(self, what: str) -> None:
        """Note that something of the unhappy life happened."""
        with self._lock:
            self.tally[what] += 1


def _is_done(shown: Mapping[str, Any], done: Done) -> bool:
    return done(shown) if callable(done) else shown["status"] in done


class DoubleClickTwice(Exception):
    """The two answers to one double click are not the same."""


def agent_id_of(seed: int, ref: str) -> UUID:
    """An agent's id in the annuaire, derived from the seed."""
    return uuid5(_NAMESPACE, f"{seed}/{ref}")


def next_days(day: date, count: int) -> date:
    """A calendar day later."""
    return day + timedelta(days=count)
