"""What a command is called with and answers with."""

from cc_connect.contract.content import Text
from cc_connect.core.desk import Call, Screen, screen


def test_an_argument_that_was_not_given_is_empty() -> None:
    call = Call("mode", "plan", {"mode": " plan "})
    assert call.get("mode") == "plan"
    assert call.get("model") == ""
    assert Call("mode").get("mode") == ""


def test_a_screen_of_prose() -> None:
    assert screen("Hello") == Screen((Text("Hello"),))
    assert not screen("Hello").private
