"""The measures of rendezvous run from end to end, on very little data: no figure is judged here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.servers import postgresql_url

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(400)
def test_the_measures_of_rendezvous_run():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.rendezvous", "--rapide", "--json"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": postgresql_url()},
        capture_output=True,
        text=True,
        timeout=380,
        check=False,
    )

    assert done.returncode in (0, 1), done.stderr[-2000:]
    report = json.loads(done.stdout)
    measured = {row["title"] for row in report["measures"]}
    held = {row["title"] for row in report["measures"] if row["most"]}
    assert len(measured) == 7
    assert set(report["missed"]) <= held
    assert done.returncode == bool(report["missed"])
    assert all(row["lowest"] > 0 for row in report["measures"])
    assert report["pgbench_per_second"] is None or report["pgbench_per_second"] > 0
