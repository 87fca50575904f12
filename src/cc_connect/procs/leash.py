"""Ties a program to the life of its parent, then becomes that program. Linux only.

Run as a script, never imported by the running program: ``leash.py PARENT REPORT PROGRAM ARGV...``.

``PARENT`` is the process id of the one that started this, ``REPORT`` an inherited descriptor. The
kernel is asked to send SIGKILL when the parent dies, then ``PROGRAM`` takes this process over with
``ARGV``: same process id, same pipes, same environment. When that worked, ``REPORT`` closes by
itself; when not, the number of the error is written to it in decimal.

Why a script. The request (``PR_SET_PDEATHSIG``) must be made in the child, between fork and exec.
``preexec_fn`` is the short way, but it runs Python in a fork of a process with threads (there is
always one here: the store, name look-ups, on Python 3.11 one per child), where any lock held by
another thread at that moment stays held for ever. The parent then waits for the exec inside
``Popen``, on the event loop, without a time limit: one bad fork would freeze every conversation. It
also rules out vfork, which is the cheaper and safer way to start. ``setpriv --pdeathsig`` of
util-linux does the same as this file, but is not everywhere (Alpine) and cannot report a failed
exec. The price of this way is one start of an isolated interpreter, some 8 ms off the event loop,
where the agents themselves need hundreds.
"""

import ctypes
import os
import sys

# Numbers of Linux on x86, ARM, POWER and RISC-V. Importing signal and pathlib for them would
# double the time this takes.
_PR_SET_PDEATHSIG = 1
_SIGKILL = 9
_IGNORED_BY_PYTHON = (13, 25)  # SIGPIPE, SIGXFSZ
_SIG_DFL = None  # a null pointer


def _given_environment() -> dict[bytes, bytes]:
    """Reads the environment as it was given to us.

    In the C locale Python adds LC_CTYPE to its own copy (PEP 538), and the program must not see it.
    """
    with open("/proc/self/environ", "rb") as file:  # noqa: PTH123  # pathlib: see above
        block = file.read()
    pairs = (entry.partition(b"=") for entry in block.split(b"\0") if entry)
    return {name: value for name, _, value in pairs}


def main() -> None:
    """Reads the arguments and does what the top of this file says; returns only on failure."""
    parent, report, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    os.set_inheritable(report, False)  # noqa: FBT003  # it has no keyword
    try:
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            return  # it died before the request was made: no signal would ever come
        for number in _IGNORED_BY_PYTHON:  # exec would hand that on to the program
            libc.signal(number, _SIG_DFL)
        os.execve(program, sys.argv[4:], _given_environment())  # noqa: S606  # its purpose
    except OSError as error:
        os.write(report, str(error.errno or 0).encode())


if __name__ == "__main__":
    main()
    sys.exit(127)
