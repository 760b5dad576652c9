"""Nothing falls due."""

from chassis.deadlines import Deadlines

deadlines = Deadlines()
