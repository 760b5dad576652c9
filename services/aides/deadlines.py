"""Work that falls due in aides: none yet, nothing here waits for a date to happen by itself."""

from chassis.deadlines import Deadlines

deadlines = Deadlines()
