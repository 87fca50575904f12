"""Which variables of our environment a child process gets to see: only those named here.

The process of cc-connect may hold tokens of chat platforms in its environment. An agent runs shell
commands on the word of a model, so what is in its environment is as good as published.
"""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

ALLOWED: tuple[str, ...] = (
    *("HOME", "PATH", "LANG", "LC_*", "TERM", "TMPDIR", "TZ", "USER", "LOGNAME", "SHELL"),
    *("XDG_*", "SSH_AUTH_SOCK"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    *("ANTHROPIC_*", "CLAUDE_*", "AWS_*", "GOOGLE_*"),
    # Claude Code refuses its bypass mode to root unless this says that the machine is a sandbox.
    "IS_SANDBOX",
)
"""Glob patterns, matched with regard to case, of the variables that always pass."""

NEVER: frozenset[str] = frozenset(
    {
        # Claude Code sets these for the commands it runs. When cc-connect itself was started from
        # such a command they would tell our child that it is nested: it then refuses to start
        # (CLAUDECODE), accounts for the wrong front end (CLAUDE_CODE_ENTRYPOINT), or connects to
        # the editor of the outer session (CLAUDE_CODE_SSE_PORT).
        "CLAUDECODE",
        "CLAUDE_CODE_ENTRYPOINT",
        "CLAUDE_CODE_SSE_PORT",
    }
)
"""Variables that no pattern lets through, not even ``*``; only ``extra`` can set them."""


def child_environment(
    base: Mapping[str, str], extra: Mapping[str, str], passed: Sequence[str] = ()
) -> dict[str, str]:
    """Gives the whole environment for a child.

    Args:
        base: What to choose from, usually ``os.environ``.
        extra: Set as they are, over everything else.
        passed: Glob patterns of further variables of ``base`` that may pass (``GIT_*``).
    """
    patterns = (*ALLOWED, *passed)
    chosen = {
        name: value
        for name, value in base.items()
        if name not in NEVER and any(fnmatchcase(name, pattern) for pattern in patterns)
    }
    return chosen | dict(extra)
