"""Composition root: configuration, plug-in discovery, command line. May import everything."""
