"""The log as people read it: one line an event, in a fixed order, without secrets."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from cc_connect.app.logs import configure


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    before = list(logging.getLogger().handlers)
    written = io.StringIO()
    configure("info", written)
    yield written
    logging.getLogger().handlers[:] = before
    structlog.reset_defaults()


def test_the_order_of_the_keys(stream: io.StringIO) -> None:
    structlog.get_logger().info("platform started", platform="web", zebra=1, project="my-project")
    line = 'level=INFO msg="platform started" project=my-project platform=web zebra=1\n'
    assert stream.getvalue() == line


@pytest.mark.parametrize(
    "secret",
    [
        "Bearer abcdefghijk",
        "sk-ant-REDACTED12345678",
        "https://chat/webhooks/1234/abc-DEF/messages",
        "http://127.0.0.1/login?code=abcdef",
        "wss://chat/stream?app_id=1&token=abcdef",
    ],
)
def test_what_looks_like_a_secret_is_blanked(stream: io.StringIO, secret: str) -> None:
    structlog.get_logger().warning("something", detail=f"it said {secret} and went")
    assert "abcdef" not in stream.getvalue().replace("REDACTED", "abcdef")
    assert "abc-DEF" not in stream.getvalue()
    assert "***" in stream.getvalue()


def test_a_field_with_the_name_of_a_secret_is_blanked(stream: io.StringIO) -> None:
    structlog.get_logger().info("signed in", bot_token="plain", password="plain")
    assert "plain" not in stream.getvalue()


def test_what_libraries_log_comes_in_the_same_form(stream: io.StringIO) -> None:
    logging.getLogger("discord.http").warning("too fast")
    logging.getLogger("discord.http").info("chatter")
    assert stream.getvalue() == 'level=WARN msg="too fast" library=discord.http\n'


def test_quotes_and_lines_stay_on_one_line(stream: io.StringIO) -> None:
    structlog.get_logger().info("hello", text='a "b"\nc')
    assert stream.getvalue().count("\n") == 1


def test_debug_is_left_out(stream: io.StringIO) -> None:
    structlog.get_logger().debug("prompt")
    assert not stream.getvalue()
