"""Suites that say what a plug-in must do, as code; see `contracts.platform`."""
