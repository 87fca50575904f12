"""What can keep the local server from starting."""

from cc_connect.contract.errors import CcConnectError


class ServerFailed(CcConnectError):
    """The local server could not start."""


class PortInUse(ServerFailed):
    """Somebody else listens on the port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"port {port} on {host} is in use; another cc-connect may be running, "
            "start with another --port, or set `port` under [management]"
        )
        self.host = host
        self.port = port
