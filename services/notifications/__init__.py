"""Notifications: tells a person about their rendezvous or an answer, once, in time, or not at all.

Owns the messages and what became of them. Publishes `notification_sent`, `notification_delivered`,
`notification_failed` and `notification_dropped`. Listens to rendezvous, aides and accueil. Contact
details are read from accueil at the moment of sending and never kept.
"""
