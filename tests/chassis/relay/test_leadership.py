"""Of several relays of one service, one publishes."""

from tests.chassis.processes import eventually


def test_one_leads_and_the_other_takes_over(compteur, outbox_of):
    first, second = outbox_of(compteur), outbox_of(compteur)
    assert first.lead()
    assert not second.lead()

    first.close()

    assert eventually(second.lead)
