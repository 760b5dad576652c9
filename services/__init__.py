"""The six services of the platform. None imports another; they share facts, never code.

The order gives the default ports: accueil 8001, dsu 8002, and so on.
"""

SERVICES = ("accueil", "dsu", "aides", "rendezvous", "consent", "notifications")
