"""The measures of rendezvous and its load run from end to end, on very little: no figure is judged
here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.servers import postgresql_url

ROOT = Path(__file__).parents[2]


def report_of(module: str) -> tuple[int, Any]:
    """The exit code and the JSON of a quick run."""
    done = subprocess.run(
        [sys.executable, "-m", module, "--rapide", "--json"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": postgresql_url()},
        capture_output=True,
        text=True,
        timeout=380,
        check=False,
    )
    # A crash ends with 1 as well: it writes no report.
    assert done.returncode in (0, 1), done.stderr[-2000:]
    assert done.stdout, done.stderr[-2000:]
    return done.returncode, json.loads(done.stdout)


@pytest.mark.timeout(400)
def test_the_measures_of_rendezvous_run():
    code, report = report_of("benchmarks.rendezvous")

    measured = {row["title"] for row in report["measures"]}
    held = {row["title"] for row in report["measures"] if row["most"]}
    assert len(measured) == 7
    assert set(report["missed"]) <= held
    assert code == bool(report["missed"])
    assert all(row["lowest"] > 0 for row in report["measures"])
    assert report["pgbench_per_second"] is None or report["pgbench_per_second"] > 0


@pytest.mark.timeout(400)
def test_a_monday_morning_is_held_ten_and_a_hundred_times():
    code, report = report_of("tests.load.run")

    assert code == 0
    assert [stage["factor"] for stage in report["stages"]] == [10, 100]
    for stage in report["stages"]:
        total = stage["result"]["total"]
        assert total["requests"] > 0
        assert total["failures"] == 0, stage["result"]["errors"]
        assert stage["seen"]["cpu"], "nobody was watched"
        assert stage["gives"]
    assert {"créneaux", "prise", "agenda"} <= report["stages"][-1]["result"]["acts"].keys()
