"""The connection of the scripted agent: JSON-RPC on stdin and stdout, methods of the protocol."""

import json
import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from cc_connect.testing.scripted_acp.player import Cancelled, Player, Refused
from cc_connect.testing.scripted_acp.shelf import Shelf

Frame = dict[str, Any]
MODES = ("default", "acceptEdits", "plan", "yolo")
MODELS = ("small", "large")
EFFORTS = ("low", "high")
_AUTH_REQUIRED = -32000
_UNKNOWN_METHOD = -32601
_INVALID = -32602
_ABILITIES = ("load", "resume", "list", "fork", "delete")


class Failed(Exception):
    """A request is answered with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Seat:
    """Serves one client.

    Args:
        wishes: What `CC_SCRIPTED_ACP` says.
        shelf: Where sessions are kept.
    """

    def __init__(self, wishes: Mapping[str, Any], shelf: Shelf) -> None:
        self.shelf = shelf
        self.session = ""
        self.cancelled = threading.Event()
        self._wishes = wishes
        self._can = tuple(wishes.get("can", _ABILITIES))
        self._writing = threading.Lock()
        self._numbers = 0
        self._answers: dict[int, queue.Queue[Frame]] = {}
        self._signed_in = not wishes.get("auth")
        self._set = {"mode": "default", "model": "small", "thought_level": "low"}
        self._methods: dict[str, Callable[[Frame], Frame]] = {
            "initialize": self._greet,
            "authenticate": self._sign_in,
            "session/new": self._new,
            "session/load": self._load,
            "session/resume": self._resume,
            "session/fork": self._fork,
            "session/list": lambda _: {"sessions": shelf.listed()},
            "session/delete": self._delete,
            "session/set_mode": self._set_mode,
            "session/set_model": self._set_model,
            "session/set_config_option": self._configure,
        }

    def serve(self) -> None:
        """Take in frames until stdin ends."""
        for line in sys.stdin:
            frame = json.loads(line)
            if "method" not in frame:
                self._answers.pop(frame["id"], queue.Queue()).put(frame)
            elif frame["method"] == "session/cancel":
                self.cancelled.set()
            elif frame["method"] == "session/prompt":
                self.cancelled.clear()
                threading.Thread(target=self._prompted, args=(frame,), daemon=True).start()
            elif "id" in frame:
                self._answered(frame)

    # --- writing -----------------------------------------------------------------------------

    def write(self, line: str) -> None:
        """Print a line."""
        with self._writing:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()

    def send(self, frame: Frame) -> None:
        """Send a frame."""
        self.write(json.dumps({"jsonrpc": "2.0", **frame}))

    def update(self, kind: str, /, *, kept: bool = True, **more: object) -> None:
        """Send an update, and keep it for a replay."""
        update = {"sessionUpdate": kind, **more}
        if kept:
            self.shelf.add(self.session, update)
        self._sent(update)

    def _sent(self, update: Frame) -> None:
        params = {"sessionId": self.session, "update": update}
        self.send({"method": "session/update", "params": params})

    def begin(self, method: str, params: Frame) -> queue.Queue[Frame]:
        """Ask the client something; the answer comes into the queue. Ids start at 0."""
        with self._writing:
            number, self._numbers = self._numbers, self._numbers + 1
        answer: queue.Queue[Frame] = queue.Queue()
        self._answers[number] = answer
        self.send({"id": number, "method": method, "params": params})
        return answer

    # --- methods -----------------------------------------------------------------------------

    def _answered(self, frame: Frame) -> None:
        if frame["method"] == "initialize" and self._wishes.get("silent"):
            return
        try:
            method = self._method(frame["method"])
            self.send({"id": frame["id"], "result": method(frame.get("params") or {})})
        except Failed as error:
            told = {"code": error.code, "message": str(error)}
            self.send({"id": frame["id"], "error": told})
            return
        if frame["method"] == "session/load" and self._wishes.get("late"):
            time.sleep(float(self._wishes["late"]))
            self._replay()

    def _method(self, name: str) -> Callable[[Frame], Frame]:
        if name not in self._methods or name in self._wishes.get("lacks", ()):
            raise Failed(_UNKNOWN_METHOD, f'"Method not found": {name}')
        if name.startswith("session/") and not self._signed_in:
            raise Failed(_AUTH_REQUIRED, "Authentication required")
        return self._methods[name]

    def _prompted(self, frame: Frame) -> None:
        player = Player(self)
        try:
            result = player.play(frame["params"]["prompt"])
            self.send({"id": frame["id"], "result": result})
        except Cancelled:
            self.send({"id": frame["id"], "result": {"stopReason": "cancelled"}})
        except Refused as error:
            self.send({"id": frame["id"], "error": error.told})
        player.afterwards()

    def _greet(self, _: Frame) -> Frame:
        sessions: Frame = {name: {} for name in self._can if name != "load"}
        return {
            "protocolVersion": self._wishes.get("protocol", 1),
            "agentInfo": {"name": "scripted", "version": "1"},
            "authMethods": [{"id": self._wishes.get("auth") or "none", "name": "Sign in"}],
            "agentCapabilities": {
                "loadSession": "load" in self._can,
                "promptCapabilities": {"image": True},
                "sessionCapabilities": sessions,
            },
        }

    def _sign_in(self, params: Frame) -> Frame:
        if params.get("methodId") != self._wishes.get("auth"):
            raise Failed(_INVALID, f"no way of signing in: {params.get('methodId')}")
        self._signed_in = True
        return {}

    def _new(self, params: Frame) -> Frame:
        self.session = self.shelf.new(params["cwd"])
        if self._wishes.get("nameless"):
            return {}
        return {"sessionId": self.session, **self._settings()}

    def _found(self, params: Frame) -> str:
        session = str(params["sessionId"])
        if not self.shelf.has(session):
            raise Failed(-32002, f"Resource not found: {session}")
        return session

    def _load(self, params: Frame) -> Frame:
        self.session = self._found(params)
        if not self._wishes.get("late"):
            self._replay()
        return self._settings()

    def _replay(self) -> None:
        for update in self.shelf.updates(self.session):
            self._sent(update)

    def _resume(self, params: Frame) -> Frame:
        self.session = self._found(params)
        return self._settings()

    def _fork(self, params: Frame) -> Frame:
        self.session = self.shelf.copy(self._found(params))
        return {"sessionId": self.session, **self._settings()}

    def _delete(self, params: Frame) -> Frame:
        self.shelf.delete(self._found(params))
        return {}

    # --- settings ----------------------------------------------------------------------------

    def _settings(self) -> Frame:
        if self._wishes.get("config"):
            return {"configOptions": self._options()}
        modes = [{"id": name, "name": name.capitalize()} for name in MODES]
        models = [{"modelId": name, "name": name} for name in MODELS]
        return {
            "modes": {"currentModeId": self._set["mode"], "availableModes": modes},
            "models": {"currentModelId": self._set["model"], "availableModels": models},
        }

    def _options(self) -> list[Frame]:
        every = {"mode": MODES, "model": MODELS, "thought_level": EFFORTS}
        return [
            {
                "id": f"the-{name}",
                "category": name,
                "type": "select",
                "currentValue": self._set[name],
                "options": [{"value": value, "name": value.upper()} for value in values],
            }
            for name, values in every.items()
        ]

    def change_mode(self, mode: str) -> None:
        """Work in another mode from now on, and say so."""
        self._set["mode"] = mode
        self.update("current_mode_update", kept=False, currentModeId=mode)

    @property
    def settings(self) -> str:
        """All settings in words."""
        return " ".join(f"{name}={value}" for name, value in self._set.items())

    def _set_mode(self, params: Frame) -> Frame:
        if params["modeId"] not in MODES:
            raise Failed(_INVALID, f"no mode {params['modeId']}")
        self.change_mode(params["modeId"])
        return {}

    def _set_model(self, params: Frame) -> Frame:
        self._set["model"] = params["modelId"]
        return {}

    def _configure(self, params: Frame) -> Frame:
        self._set[str(params["configId"]).removeprefix("the-")] = str(params["value"])
        self.update("config_option_update", kept=False, configOptions=self._options())
        return {"configOptions": self._options()}
