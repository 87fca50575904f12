"""cc-connect as a service of the person who runs it: a systemd user unit, or a launchd agent."""
