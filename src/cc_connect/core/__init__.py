"""The pure heart: no async, no input or output, no clock, no logging. A test enforces it."""
