"""The relay process: carries facts out of the outbox and events into the inbox.

Plain threads; imports neither nameko nor eventlet, so that a busy or stuck api never delays a
message, and a broker that hangs never delays a request. It writes through psycopg2 alone: the
SQLAlchemy it loads comes with the services' subscriptions and with consent's feed.
"""
