"""Bare words that answer a prompt; everything else is prose."""

import pytest

from cc_connect.core.words import Word, meaning

ALLOW = ["allow", "yes", "y", "ok", "approve", "允许", "同意", "可以", "好", "好的", "是", "确认"]
DENY = ["deny", "no", "n", "reject", "cancel", "拒绝", "不允许", "不行", "不", "否", "取消"]
ALLOW_ALL = [
    "allow all",
    "approve all",
    "yes all",
    "allowall",
    *["允许所有", "允许全部", "全部允许", "所有允许", "都允许", "全部同意"],
]
EVERY = [
    *((word, Word.ALLOW) for word in ALLOW),
    *((word, Word.DENY) for word in DENY),
    *((word, Word.ALLOW_ALL) for word in ALLOW_ALL),
]


@pytest.mark.parametrize(("text", "word"), EVERY)
def test_every_word_of_the_vocabulary_is_an_answer(text: str, word: Word) -> None:
    assert meaning(text) is word


@pytest.mark.parametrize(("text", "word"), EVERY)
def test_case_blanks_and_a_full_stop_do_not_matter(text: str, word: Word) -> None:
    assert meaning(f"  {text.upper()} \n") is word
    assert meaning(f"{text}.") is word
    assert meaning(f"{text}!") is word
    assert meaning(f"{text} !!") is word
    assert meaning(f"{text}。") is word
    assert meaning(f"{text}！") is word  # noqa: RUF001 - what people type


def test_blanks_within_a_phrase_do_not_matter() -> None:
    assert meaning("allow \n  all") is Word.ALLOW_ALL


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "don't allow",
        "do not allow",
        "don't allow all",
        "not ok",
        "allow it",
        "yes please",
        "yes, but only once",
        "no way",
        "ok?",
        "allow all files",
        "allow allow",
        "/allow",
        "allowed",
        "yesterday",
        "nope",
        "不可以",
        "不好",
        "不是",
        "不同意",
        "可以吗",
        "好吗",
        "允许吗？",  # noqa: RUF001 - what people type
        '"allow"',
        "`allow`",
        "@bot allow",
        "y/n",
        "1",
        "👍",
        "okay",
    ],
)
def test_anything_else_is_prose(text: str) -> None:
    assert meaning(text) is None


def test_a_word_after_a_page_of_blanks_is_not_looked_for() -> None:
    assert meaning(" " * 44 + "allow") is None
    assert meaning("allow" * 1000) is None


def test_the_longest_phrase_may_stand_among_some_blanks() -> None:
    assert meaning("approve" + " " * 20 + "all") is Word.ALLOW_ALL


def test_no_word_means_two_things() -> None:
    words = [*ALLOW, *DENY, *ALLOW_ALL]
    assert len(set(words)) == len(words)
