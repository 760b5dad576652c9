"""What a process measures of itself, in Prometheus terms. Labels are codes, never ids."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

HTTP_SECONDS = Histogram(
    "http_request_seconds",
    "Time to answer a request",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
HTTP_IN_FLIGHT = Gauge("http_requests_in_flight", "Requests being answered")
POOL_IN_USE = Gauge("database_pool_in_use", "Database connections checked out")
POOL_SIZE = Gauge("database_pool_size", "Database connections at most")
HUB_STALL_SECONDS = Gauge("hub_stall_seconds", "Longest stall of the event loop in the last minute")

OUTBOX_PENDING = Gauge("outbox_pending", "Facts written and not yet published", ["service"])
OUTBOX_OLDEST_SECONDS = Gauge(
    "outbox_oldest_unpublished_seconds", "Age of the oldest fact not yet published", ["service"]
)
RELAY_LEADER = Gauge("relay_leader", "1 when this process publishes the outbox", ["service"])
RELAY_BLOCKED = Gauge("relay_blocked", "1 when the broker accepts nothing")
PUBLISHED = Counter("relay_published_total", "Facts confirmed by the broker")
CONFIRM_SECONDS = Histogram(
    "relay_confirm_seconds",
    "Time for the broker to confirm a batch",
    buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10),
)
RETURNED = Counter("relay_returned_total", "Facts the broker could route nowhere; kept, retried")
RELAY_FAILURES = Counter("relay_failures_total", "Publishing attempts that failed", ["error"])
RECEIVED = Counter("inbox_received_total", "Events stored in the inbox")
DUPLICATES = Counter("inbox_duplicates_total", "Events received again and absorbed")
INBOX_REFUSED = Counter(
    "inbox_refused_total", "Times the database took no event; what came is kept, and retried"
)
UNREADABLE = Counter("inbox_unreadable_total", "Messages parked because they could not be read")

INBOX_APPLIED = Counter("inbox_applied_total", "Events applied")
INBOX_WAITING = Gauge("inbox_waiting", "Events received and not yet applied")
INBOX_DEFERRED = Gauge("inbox_deferred", "Events waiting for a retry")
INBOX_OLDEST_SECONDS = Gauge("inbox_oldest_waiting_seconds", "Age of the oldest waiting event")
PARKED = Gauge("parked", "Messages a person must replay or discard")
DUE_LATE_SECONDS = Gauge("due_oldest_late_seconds", "How late the oldest due work is")
