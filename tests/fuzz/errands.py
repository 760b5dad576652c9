"""A working day in which every write route of the six services is called, and accepted.

Bodies are made from the schemas: what is required takes its example, what is known its value, and
whatever people write in a free text carries the marks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chassis.testing import Answer
from chassis.web.route import endpoints
from services import roles
from tests.fuzz import marks
from tests.fuzz.town import Town

MDS, SITE = "MDS-MARQUEE", "SITE-MARQUE"
#: Who holds the roles that the annuaire does not know: direction, finance, dpo, admin.
OFFICE = UUID("01850000-0000-7000-8000-0000000000ff")
#: The `partenaire` claim of who reports on messages, by default.
SMS_PROVIDER = "FOURNISSEUR_SMS"


@dataclass
class Errands:
    """What was asked, of whom, and which marked texts were accepted."""

    town: Town
    #: (service, method, path) → pointers of the marked texts in accepted bodies.
    accepted: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)
    asked: int = 0

    def ask(
        self,
        service: str,
        operation: str,
        role: str,
        known: Mapping[str, Any] | None = None,
        *,
        on: Answer | None = None,
        **path: Any,
    ) -> Answer:
        """One marked request, which must be accepted. `on`: the answer whose version is edited."""
        endpoint = self.endpoint(service, operation)
        self.asked += 1
        body = marks.body(endpoint.body_schema, known or {}) if endpoint.body_schema else None
        answer = self.town.clients[service].request(
            endpoint.method,
            endpoint.path.format(**path),
            json=body,
            role=role,
            key=f"{marks.NAME}-{marks.NIR}-{self.asked}" if endpoint.idempotent else None,
            etag=on.etag if endpoint.if_match and on else None,
            headers={"X-Correlation-Id": marks.NAME, "traceparent": marks.NIR},
            **self.caller(role),
        )
        where = f"{endpoint.method} {endpoint.path}"
        assert answer.status == endpoint.success_status, f"{service} {where}: {answer.json}"
        texts = self.accepted.setdefault((service, endpoint.method, endpoint.path), set())
        texts.update(marks.marked(body))
        return answer

    def endpoint(self, service: str, operation: str) -> Any:
        """A route, by the name of its method."""
        return dict(endpoints(self.town.runtimes[service].service.api_class))[operation]

    def caller(self, role: str) -> dict[str, Any]:
        """Who holds this role in this town."""
        if role in (roles.PARTENAIRE, roles.PERSONNE, roles.SERVICE):
            own = {roles.PARTENAIRE: {"partenaire": SMS_PROVIDER}}
            return own.get(role, {})
        return {"agent_id": self.ids.get(role, OFFICE), "mds": [MDS]}
