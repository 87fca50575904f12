"""Child processes: started, spoken to in lines, and ended with everything they started.

Start at `Child` and `Launch`; the errors are drawn as a tree in `cc_connect.procs.errors`.
"""

from cc_connect.procs.child import Child, Launch
from cc_connect.procs.ending import Ended, Grace, Stage
from cc_connect.procs.environment import child_environment
from cc_connect.procs.errors import (
    CommandNotFound,
    FolderNotFound,
    ProcessError,
    StartFailed,
    StillRunning,
    WriteFailed,
    WriteTimedOut,
)
from cc_connect.procs.family import MARKER
from cc_connect.procs.identity import Identity
from cc_connect.procs.lines import MAX_LINE, Frame, Line, LineReader, LineStream, Oversized
from cc_connect.procs.memory import resident_memory
from cc_connect.procs.survivors import end_survivors, find_marked, identity_of

__all__ = [
    "MARKER",
    "MAX_LINE",
    "Child",
    "CommandNotFound",
    "Ended",
    "FolderNotFound",
    "Frame",
    "Grace",
    "Identity",
    "Launch",
    "Line",
    "LineReader",
    "LineStream",
    "Oversized",
    "ProcessError",
    "Stage",
    "StartFailed",
    "StillRunning",
    "WriteFailed",
    "WriteTimedOut",
    "child_environment",
    "end_survivors",
    "find_marked",
    "identity_of",
    "resident_memory",
]
