"""The public plug-in API: frozen values and protocols. Imports only the standard library."""
