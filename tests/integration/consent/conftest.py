"""The scene of every test here."""

from __future__ import annotations

import pytest

from tests.integration.consent.scene import LATER, Scene


@pytest.fixture
def scene(service_runtime, http) -> Scene:
    runtime = service_runtime("consent")
    made = Scene(runtime, http(runtime))
    assert made.partner().status == 201
    return made


@pytest.fixture
def after(scene):
    """Move to the middle of the day, after what was signed in the morning."""
    scene.runtime.clock.set(LATER)
    return LATER
