"""The secretaries of the département at work on the rendezvous service, for `make load`.

`run.py` writes the scene (addresses, tokens, agents, people) and starts locust on this file, once
per rate. A refusal that offers other places is followed: it is no error. One that offers none is.
"""

from __future__ import annotations

import json
import os
import random
import uuid
from pathlib import Path
from typing import Any

from locust import HttpUser, constant_throughput, events, task

SCENE: dict[str, Any] = json.loads(Path(os.environ["LOAD_SCENE"]).read_text())
#: Acts a second of each user.
RATE = float(os.environ["LOAD_RATE"])
#: Places tried one after the other before giving up.
_TRIES = 5
_SEARCH, _BOOK, _MOVE = "créneaux", "prise", "déplacement"
#: Rendezvous whose hour has come, and those booked meanwhile: one process, one list of each.
STARTED: list[list[str]] = list(SCENE["started"])
BOOKED: list[dict[str, Any]] = []


class Secretaire(HttpUser):
    """One of them. The shares of the acts are *exemples*."""

    host = SCENE["url"]
    wait_time = constant_throughput(RATE)

    def on_start(self) -> None:
        self.client.headers["Authorization"] = f"Bearer {SCENE['token']}"

    @task(35)
    def search(self) -> None:
        self._search(random.choice(list(SCENE["sites"])))

    @task(20)
    def agenda(self) -> None:
        agent = random.choice(random.choice(list(SCENE["sites"].values())))
        day = random.choice(SCENE["weeks"])
        self.client.get(
            f"/v1/agents/{agent}/agenda", params={"from": day[0], "to": day[1]}, name="agenda"
        )

    @task(20)
    def book(self) -> None:
        site = random.choice(list(SCENE["sites"]))
        found = self._search(site)
        if not found:
            return
        place = random.choice(found)
        for _ in range(_TRIES):
            body = {
                "motif": SCENE["motif"],
                "site": place["site"],
                "agent_ids": place["agent_ids"],
                "personne_ids": [random.choice(SCENE["personnes"])],
                "starts_at": place["starts_at"],
            }
            made, others = self._place("/v1/rendezvous", body, name=_BOOK)
            if made is not None:
                BOOKED.append(made)
                return
            if not others:
                return
            place = others[0]

    @task(7)
    def move(self) -> None:
        kept = self._drawn(BOOKED)
        if kept is None:
            return self.book()
        found = self._search(kept["site"])
        for place in found[-1:]:
            body = {"starts_at": place["starts_at"], "agent_ids": place["agent_ids"]}
            path = f"/v1/rendezvous/{kept['rendezvous_id']}/move"
            made, _ = self._place(path, body, name=_MOVE, etag=kept["etag"])
            BOOKED.append(made or kept)
        return None

    @task(6)
    def cancel(self) -> None:
        kept = self._drawn(BOOKED)
        if kept is None:
            return self.agenda()
        path = f"/v1/rendezvous/{kept['rendezvous_id']}/cancel"
        self.client.post(path, json={}, headers={"If-Match": kept["etag"]}, name="annulation")
        return None

    @task(12)
    def honour(self) -> None:
        started = self._drawn(STARTED)
        if started is None:
            return self.agenda()
        path = f"/v1/rendezvous/{started[0]}/honour"
        self.client.post(path, headers={"If-Match": started[1]}, name="honoré")
        return None

    def _search(self, site: str) -> list[dict[str, Any]]:
        query = {
            "motif": SCENE["motif"],
            "site": site,
            "from": SCENE["from"],
            "to": SCENE["to"],
            "limit": 50,
        }
        answer = self.client.get("/v1/creneaux", params=query, name=_SEARCH)
        found: list[dict[str, Any]] = answer.json()["creneaux"] if answer.ok else []
        return found

    def _place(
        self, path: str, body: dict[str, Any], *, name: str, etag: str | None = None
    ) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
        """The rendezvous, or the other places offered; a refusal that offers none is an error."""
        headers = {"If-Match": etag} if etag else {"Idempotency-Key": str(uuid.uuid4())}
        with self.client.post(
            path, json=body, headers=headers, name=name, catch_response=True
        ) as answer:
            if answer.ok:
                return answer.json() | {"etag": answer.headers["ETag"]}, []
            others = answer.json().get("alternatives", []) if answer.status_code == 409 else []
            if others:
                answer.success()
            return None, others

    @staticmethod
    def _drawn(kept: list[Any]) -> Any:
        return kept.pop(random.randrange(len(kept))) if kept else None


@events.quitting.add_listener
def _tell(environment: Any, **_: Any) -> None:
    """Write what was measured where `run.py` reads it."""
    stats = environment.stats
    rows = {entry.name: _row(entry) for entry in stats.entries.values()}
    errors = [
        {"act": error.name, "what": str(error.error)[:200], "count": error.occurrences}
        for error in stats.errors.values()
    ]
    document = {"acts": rows, "total": _row(stats.total), "errors": errors, "started": STARTED}
    Path(os.environ["LOAD_RESULT"]).write_text(json.dumps(document))
    environment.process_exit_code = 0


def _row(entry: Any) -> dict[str, float]:
    return {
        "requests": entry.num_requests,
        "failures": entry.num_failures,
        "per_second": entry.total_rps,
        **{f"p{p}": entry.get_response_time_percentile(p / 100) or 0 for p in (50, 95, 99)},
    }
