"""Three hundred random operations at once; `storm.py` sends ten thousand from a command line."""

from __future__ import annotations

from tests.integration.rendezvous.storm import Storm, crowded


def test_a_storm_leaves_no_overlap_no_deadlock_and_no_refusal_without_alternatives(world):
    with crowded(world, 20) as crowd:
        storm = Storm.over(crowd)
        storm.run(operations=300, workers=20, seed=2023)

    assert storm.faults == []
    seen = {name.partition(" ")[0] for name in storm.answers}
    clerks = {"book", "binome", "office", "visit", "hold", "confirm", "release", "move", "cancel"}
    assert seen == clerks | {"close", "lift", "leave", "come_back", "wait", "answer"}
    refused = sum(count for name, count in storm.answers.items() if " 409 " in name)
    assert refused > 30, storm.answers
