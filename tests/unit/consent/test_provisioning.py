"""A partner's user may read one queue and nothing else."""

from __future__ import annotations

import re

import pytest

from chassis.settings import SettingsError
from services.consent.provisioning import NOTHING, access, steps
from services.consent.settings import Settings


@pytest.mark.parametrize("own_vhost", [False, True])
def test_the_partner_configures_and_writes_nothing_and_reads_its_queue(own_vhost):
    wanted = access("caf", prefix="essai", own_vhost=own_vhost)

    bodies = [s.body for s in steps(wanted, "x", publisher="plateforme", own_vhost=own_vhost)]

    rights = next(b for b in bodies if b.get("configure") == NOTHING)
    assert rights["write"] == NOTHING
    assert re.match(rights["read"], "essai.partner.caf")
    for other in ("essai.partner.cafx", "essaiXpartner.caf", "essai.consent.inbox", ""):
        assert not re.match(rights["read"], other)
    assert not re.match(NOTHING, "amq.default")


def test_in_its_own_vhost_only_the_platform_feeds_the_queue():
    wanted = access("caf", own_vhost=True)

    commands = [str(s) for s in steps(wanted, "x", publisher="plateforme", own_vhost=True)]

    assert commands[0] == "rabbitmqctl add_vhost partner.caf"
    assert any("partner.caf plateforme" in command for command in commands)


def test_the_publisher_joins_the_vhost_of_the_partner_when_told_to():
    uri = "amqp://u:p@broker:5672//"

    shared = Settings.from_env({}).partner_uri(uri, "partner.caf")
    own = Settings.from_env({"PARTNER_VHOSTS": "true"}).partner_uri(uri, "partner.caf")

    assert shared == uri
    assert own == "amqp://u:p@broker:5672/partner.caf"
    with pytest.raises(SettingsError):
        Settings.from_env({"PARTNER_VHOSTS": "oui"})
