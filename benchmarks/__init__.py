"""Measures of the chassis on its two sample services, which have no trade to blur the figures."""

import os
import warnings

os.environ["SERVICES_PACKAGE"] = "tests.chassis.sample"
# eventlet announces its own end of life at import: answered in docs/decisions/0001.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
