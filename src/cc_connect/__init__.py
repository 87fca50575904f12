"""cc-connect: drive the coding agents on your machine from the chat apps you already use."""

__version__ = "0.1.0"
