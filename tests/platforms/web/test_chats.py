import pytest

from cc_connect.platforms.web.chats import (
    LONGEST_TITLE,
    MOST_CHATS,
    NAME,
    Chat,
    Chats,
    dump,
    entitle,
    need,
    settle,
)


@pytest.mark.parametrize("name", ["a", "Umbau", "search-2", "x.y_z", "会话", "1"])
def test_names(name: str) -> None:
    assert NAME.match(name)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "-a", "a/b", "a b", "a\n", "x" * 65, "a?b", "a%2f"]
)
def test_what_is_no_name(name: str) -> None:
    assert not NAME.match(name)


def test_conversations_survive_as_single_values() -> None:
    chats = Chats(("site", "tools"))
    chat = chats.begin(chats.peek("1", "tools"))
    entitle(chat, "  First words ")
    need(chat, "k")
    again = Chats(("site", "tools"))
    for name in again.load_names(chats.dump_names()):
        again.load(name, dump(chat))
    assert again.find("1") == chat


def test_damaged_values_are_left_out() -> None:
    chats = Chats(("site",))
    assert chats.load_names("{") == []
    chats.load("a", None)
    chats.load("a", "[]")
    chats.load("a", dump(Chat("b", "site")))
    assert list(chats) == []


def test_a_conversation_named_like_a_project_belongs_to_it() -> None:
    chats = Chats(("site", "tools"))
    assert chats.peek("tools").project == "tools"
    assert chats.peek("other").project == "site"
    assert chats.peek("other", "tools").project == "tools"
    assert chats.peek("other", "unknown").project == "site"
    assert chats.find("other") is None


def test_the_latest_is_where_something_happened_last() -> None:
    chats = Chats(("site",))
    assert chats.latest().name == "site"
    chats.begin(Chat("a", "site", updated=1.0))
    chats.begin(Chat("b", "site", updated=2.0))
    assert chats.latest().name == "b"
    assert [chat.name for chat in chats] == ["b", "a"]
    assert Chats(("no/name",)).latest().name == "main"


def test_the_oldest_is_forgotten() -> None:
    chats = Chats(("site",))
    for number in range(MOST_CHATS + 1):
        chats.begin(Chat(f"c{number}", "site", updated=float(number)))
    assert chats.find("c0") is None
    assert chats.find("c1") is not None


def test_a_new_conversation_takes_the_lowest_free_number() -> None:
    chats = Chats(("site",))
    chats.begin(Chat("1", "site"))
    chats.begin(Chat("3", "site"))
    assert chats.fresh_name() == "2"


def test_a_title_is_the_first_words() -> None:
    chat = Chat("1", "site")
    entitle(chat, " \n ")
    assert chat.title == ""
    entitle(chat, "word " * 100)
    assert len(chat.title) == LONGEST_TITLE
    title = chat.title
    entitle(chat, "other")
    assert chat.title == title


def test_needs_are_noted_once_and_bounded() -> None:
    chat = Chat("1", "site")
    assert need(chat, "a")
    assert not need(chat, "a")
    assert settle(chat, "a")
    assert not settle(chat, "a")
    for number in range(80):
        need(chat, str(number))
    assert len(chat.needs) == 50
