"""Waiting messages of a person that become one turn."""

from dataclasses import replace

from cc_connect.contract.agent import PromptFile
from cc_connect.core.turn.effects import Begin, Submit
from cc_connect.core.turn.mail import Edited
from cc_connect.core.turn.moves import advance
from cc_connect.core.turn.state import Item, Part, joined_items
from cc_connect.core.turn.step import step
from tests.core.turn.build import ALICE, BOB, idle, item, running

ONE, TWO, THREE = (replace(item(number), author=ALICE) for number in (1, 2, 3))


def test_an_item_alone_stays_as_it_is() -> None:
    assert joined_items((ONE,)) == ONE
    assert ONE.parts == (Part(ONE.id, ONE.inbox, ONE.message),)


def test_texts_and_files_are_joined_in_order() -> None:
    photo = PromptFile("/p", "p")
    silent = Item("4", 4, "m4", ALICE, " ", (photo,))
    both = joined_items((silent, joined_items((TWO, THREE))))
    assert both.text == f"{TWO.text}\n\n{THREE.text}"
    assert both.files == (photo,)
    assert both.parts == (*silent.parts, *TWO.parts, *THREE.parts)


def test_what_a_person_has_waiting_begins_as_one() -> None:
    other = replace(item(4), author=BOB)
    command = replace(item(5), author=ALICE, text="/compact")
    c = replace(idle(), queue=(ONE, other, TWO, command), merge=True)
    after, effects = advance(c)
    assert after.queue == (other, command)
    (begun,) = (effect for effect in effects if isinstance(effect, Begin))
    assert begun.turn.item == joined_items((ONE, TWO))
    assert any(isinstance(effect, Submit) for effect in effects)


def test_a_command_of_the_agent_begins_alone() -> None:
    command = replace(ONE, text="/compact")
    after, _ = advance(replace(idle(), queue=(command, TWO), merge=True))
    assert after.queue == (TWO,)


def test_any_message_of_an_item_can_be_edited() -> None:
    c = replace(running(), queue=(joined_items((ONE, TWO)),))
    c, _ = step(c, Edited(TWO.message, "better"))
    assert c.queue[0].text == "better"
