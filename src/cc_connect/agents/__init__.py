"""Drivers of coding agents, one folder each; siblings never import each other."""
