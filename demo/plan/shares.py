"""How often life goes otherwise than planned, in hundredths. All *exemples*: none is published.

Nothing here changes a published count: what is cancelled, missed or refused comes on top.
"""

CANCELLED = 6
MISSED = 4
EXCUSED = 2
MOVED = 3
#: Two people for one slot: the second gets a 409 and takes an alternative.
CONTESTED = 1
#: The same request sent twice at once, with the same Idempotency-Key.
DOUBLE_CLICK = 2
#: Booked from a five-minute hold rather than directly.
HELD = 5
#: First receptions that follow a visite at the site; half of them with an orientation.
AFTER_VISITE = 20
#: Anonymous visites, and those who leave without being seen, beside every rendezvous.
ANONYMOUS = 3
LEFT = 1
#: First receptions of someone already received in the month (by telephone, then in person).
SEEN_AGAIN = 45
#: Interventions written after an accompaniment rendezvous by the référent.
INTERVENTION = 12
#: People whose rendezvous is told to a partner: consent, then partage; and who withdraw.
SHARED = 2
WITHDRAWN = 30
#: Demandes refused, withdrawn, and granted for less than asked.
REFUSED = 9
DROPPED = 3
PARTLY = 8
