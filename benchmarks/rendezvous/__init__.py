"""Speed of the rendezvous service: `python -m benchmarks.rendezvous` (`--help` says the rest)."""

import os

os.environ["SERVICES_PACKAGE"] = "services"
