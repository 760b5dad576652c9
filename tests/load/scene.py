"""What the secretaries of the load find: a platform in its first week, open agendas, people."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import urllib3

from chassis.clock import ClockDriver, instant_of
from demo.environment import LIFETIME, clock_file, open_issuer
from demo.plan.year import Plan
from demo.platform import Platform
from demo.state import known_ids
from demo.world import agent_id_of
from services import roles

MOTIF = "ACCOMPAGNEMENT"
_WEEKS = 6
_HOURS = (9, 10, 11)
#: Professions that hold the motif.
_RECEIVES = ("ASS", "CESF")


@dataclass
class Scene:
    """A platform that was replayed for a week, made ready for a Monday at noon."""

    platform: Platform
    plan: Plan
    monday: date

    def prepare(self, started: int) -> dict[str, Any]:
        """Open six weeks of agendas, book the morning, and let it pass; what locust is told."""
        issuer = open_issuer(self.platform.folder)
        mds = sorted({agent.mds for agent in self.plan.population.agents})
        claims = {"subject": "charge", "mds": mds, "lifetime_s": LIFETIME}
        self._token = issuer.token(roles=[roles.SECRETAIRE], **claims)
        self._admin = issuer.token(roles=[roles.ADMIN], **claims)
        self._pool = urllib3.PoolManager(maxsize=8, timeout=30, retries=False)
        sites: dict[str, list[str]] = {}
        for agent in self.plan.population.agents:
            if agent.profession in _RECEIVES and not agent.volant:
                agent_id = str(agent_id_of(self.plan.seed, agent.ref))
                sites.setdefault(agent.site, []).append(agent_id)
        known = known_ids(self.platform.folder)
        personnes = [value for name, value in known.items() if name.startswith("personne:")]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self._open, self._batches(sites)))
            mornings = self._mornings(sites, personnes)[:started]
            booked = list(pool.map(self._book, mornings))
        clock = ClockDriver(clock_file(self.platform.folder), instant_of(self.monday))
        clock.advance_to(instant_of(self.monday, time(13)))
        last = self.monday + timedelta(days=7 * _WEEKS - 1)
        weeks = [self.monday + timedelta(days=7 * n) for n in range(_WEEKS)]
        return {
            "url": self.platform.addresses.urls["rendezvous"],
            "token": self._token,
            "motif": MOTIF,
            "sites": sites,
            "personnes": personnes,
            "started": booked,
            "from": str(self.monday + timedelta(days=1)),
            "to": str(last),
            "weeks": [[str(day), str(day + timedelta(days=4))] for day in weeks],
        }

    def _batches(self, sites: dict[str, list[str]]) -> Iterator[list[dict[str, str]]]:
        days = [self.monday + timedelta(days=n) for n in range(7 * _WEEKS)]
        lines = [
            {"agent_id": agent, "site": site, "day": str(day), "from": start, "to": end}
            for site, agents in sites.items()
            for agent in agents
            for day in days
            if day.weekday() < 5
            for start, end in (("09:00", "12:00"), ("14:00", "17:00"))
        ]
        for at in range(0, len(lines), 200):
            yield lines[at : at + 200]

    def _open(self, openings: list[dict[str, str]]) -> None:
        self._post("/v1/openings", self._admin, {"openings": openings})

    def _mornings(self, sites: dict[str, list[str]], personnes: list[str]) -> list[dict[str, Any]]:
        """The first Monday morning, each agent's hours, a person each."""
        places = [
            (site, agent, instant_of(self.monday, time(hour)))
            for hour in _HOURS
            for site, agents in sites.items()
            for agent in agents
        ]
        return [
            _booking(site, agent, personne, starts)
            for (site, agent, starts), personne in zip(places, personnes, strict=False)
        ]

    def _book(self, body: dict[str, Any]) -> list[str]:
        answer = self._post("/v1/rendezvous", self._token, body)
        return [answer.json()["rendezvous_id"], answer.headers["ETag"]]

    def _post(self, path: str, token: str, body: Any) -> Any:
        url = self.platform.addresses.urls["rendezvous"] + path
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        answer = self._pool.request("POST", url, headers=headers, json=body)
        if answer.status not in (200, 201):
            raise RuntimeError(f"{path} : {answer.status} {answer.data[:300]!r}")
        return answer


def _booking(site: str, agent: str, personne: str, starts: datetime) -> dict[str, Any]:
    return {
        "motif": MOTIF,
        "site": site,
        "agent_ids": [agent],
        "personne_ids": [personne],
        "starts_at": starts.isoformat(),
    }
