"""The REST API of the twin, one module per resource."""
