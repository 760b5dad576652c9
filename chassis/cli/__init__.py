"""The operator's commands: doctor, trace, parked, replay, discard, republish, token, rotate.

Exit codes: 0 all is well, 1 something is wrong (said on screen), 2 bad command or configuration,
3 messages are parked.
"""

from __future__ import annotations

import warnings

# The catalogue loads services whose HTTP face imports eventlet; its notice is not for operators.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

from chassis.cli import doctor, keys, parked, republish, token, trace
from chassis.terminal import Terminal

application = Terminal(help="Commandes d’exploitation de la plateforme.", no_args_is_help=True)
application.command("doctor")(doctor.doctor)
application.command("trace")(trace.trace)
application.command("parked")(parked.list_parked)
application.command("replay")(parked.replay)
application.command("discard")(parked.discard)
application.command("republish")(republish.republish)
application.command("token")(token.token)
application.command("rotate")(keys.rotate_keys)
