"""The HTTP face of a service: routes, problems, tokens, idempotency, cursors, OpenAPI."""
