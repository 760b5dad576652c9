"""nameko at the rim: HTTP server, timers and the inbox worker of the api process."""
