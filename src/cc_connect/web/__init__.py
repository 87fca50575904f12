"""The local server: login, Host and Origin checks, history; mounts the routes of the page."""
