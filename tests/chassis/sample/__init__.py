"""Two services without a trade, to test the chassis alone: one counts, the other mirrors."""

SERVICES = ("compteur", "miroir")
