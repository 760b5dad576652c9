"""Dossiers and their following."""

from __future__ import annotations

from tests.fuzz import marks
from tests.fuzz.day.place import ADMIN, TODAY, WORKER, read
from tests.fuzz.errands import MDS, SITE, Errands


def follow(day: Errands) -> None:
    place = {"mds": MDS, "site": SITE, "referent_agent_id": day.ids[WORKER]}
    known = place | {"personne_ids": [day.ids["person"]], "orientation_id": day.ids["orientation"]}
    day.ids["dossier"] = day.ask("dsu", "open_dossier", WORKER, known).json["dossier_id"]
    row = place | {"personne_ids": [day.ids["silent"]], "opened_on": "2022-06-01"}
    taken = day.ask("dsu", "import_dossiers", ADMIN, {"dossiers": [row | {"reference": marks.NIR}]})
    day.ids["taken over"] = taken.json["outcomes"][0]["dossier_id"]
    known = {
        "nomenclature": "LOGEMENT.EXPULSIONS.NOTE_CCAPEX",
        "occurred_on": TODAY,
        "personne_ids": [day.ids["person"]],
        "note_scope": "DOSSIER",
    }
    day.ask("dsu", "record_intervention", WORKER, known, dossier_id=day.ids["dossier"])
    known = {"agent_id": day.ids["associate"], "mission": "BUDGET"}
    made = day.ask("dsu", "associate", WORKER, known, dossier_id=day.ids["dossier"])
    association = made.json["association_id"]
    where = {"dossier_id": day.ids["dossier"], "association_id": association}
    day.ask("dsu", "end_association", WORKER, **where)
    other = day.ids["taken over"]
    seen = read(day, "dsu", f"/v1/dossiers/{other}", WORKER)
    closed = day.ask("dsu", "close_dossier", WORKER, {}, on=seen, dossier_id=other)
    reopened = day.ask("dsu", "reopen_dossier", WORKER, {}, on=closed, dossier_id=other)
    change = {"agent_id": day.ids["colleague"]}
    day.ask("dsu", "change_referent", WORKER, change, on=reopened, dossier_id=other)
    day.town.settle()
