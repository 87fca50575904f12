"""Files made to hurt: each gets a short, clear answer."""

import subprocess
import sys
from pathlib import Path

import pytest

from cc_connect.app.config import Loaded, load
from cc_connect.app.config.load import MAX_BYTES
from cc_connect.app.config.problems import MAX_KEPT


def load_bytes(folder: Path, raw: bytes) -> Loaded:
    path = folder / "config.toml"
    path.write_bytes(raw)
    return load(path, {})


def test_a_file_of_a_hundred_megabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    loaded = load(path, {})
    assert loaded.config is None
    assert [one.message for one in loaded.problems] == [
        "the file is larger than 1 MiB: it is not read"
    ]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("a = " + "[" * 100_000, 45),
        ("a = " + "{a=" * 100_000, 123),
        ("a." * 100_000 + "b = 1", 81),
        ("[" + "a." * 100_000 + "b]", 82),
        ("a = { " + "a." * 100_000 + "b = 1 }", 85),
    ],
)
def test_deep_nesting(tmp_path: Path, text: str, column: int) -> None:
    loaded = load_bytes(tmp_path, text.encode())
    assert loaded.config is None
    (problem,) = loaded.problems
    assert problem.message == "nested too deeply: at most 40 levels are read"
    assert (problem.line, problem.column) == (1, column)


@pytest.mark.parametrize(
    "line",
    [
        "{}k = 1\n",
        "[[projects]]\n",
        "[[projects.platforms]]\n",
        "[t{}]\n",
        'x = "${{A{}}}"\n',
        "a{} = oops\n",
        "[[hooks]]\nevent = 3\n",
        '"\\u0000{}" = 1\n',
    ],
)
def test_a_great_many_mistakes(tmp_path: Path, line: str) -> None:
    text = "".join(line.format(index) for index in range(4_000))
    loaded = load_bytes(tmp_path, text[:MAX_BYTES].encode())
    assert len(loaded.problems) <= MAX_KEPT + 1
    assert loaded.errors


def test_the_rest_is_counted(tmp_path: Path) -> None:
    loaded = load_bytes(tmp_path, "".join(f"k{i} = 1\n" for i in range(2_000)).encode())
    assert loaded.config is None
    assert str(loaded.problems[-1]).endswith("and 1500 more problems")


def test_a_great_list(tmp_path: Path) -> None:
    numbers = "1," * 100_000
    loaded = load_bytes(tmp_path, f"x = [{numbers}]\nbanned_words = [{numbers[:4_000]}]".encode())
    assert loaded.config is None
    assert [one.path for one in loaded.problems][:2] == ["x", "banned_words[0]"]
    assert len(loaded.problems) == 11


@pytest.mark.parametrize(
    ("raw", "line", "column"),
    [
        (b"a = 1\nb = '\xff'\n", 2, 6),
        ("x = 'ü'".encode() + b"\x80", 1, 8),
        ("a = 1".encode("utf-16"), 1, 1),
    ],
)
def test_bytes_that_are_no_text(tmp_path: Path, raw: bytes, line: int, column: int) -> None:
    (problem,) = load_bytes(tmp_path, raw).problems
    assert problem.message == "the file is not UTF-8"
    assert (problem.line, problem.column) == (line, column)


def test_windows_files_are_read(tmp_path: Path) -> None:
    text = '\ufeff[[projects]]\r\nname = "a"\r\nagent = { type = "demo" }\r\nbusy = 1\r\n'
    text += 'platforms = [{ type = "web" }]\r\n'
    loaded = load_bytes(tmp_path, text.encode())
    assert [(one.line, one.column, one.path) for one in loaded.problems] == [
        (4, 1, "projects[0].busy")
    ]


def test_importing_takes_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; import cc_connect.app.config;"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} - "
        "set(sys.stdlib_module_names) - set(sys.argv[1:])))"
    )
    plain = subprocess.run(
        [sys.executable, "-c", "import sys; print(*{n.partition('.')[0] for n in sys.modules})"],
        check=True,
        capture_output=True,
        text=True,
    )
    found = subprocess.run(
        [sys.executable, "-c", code, *plain.stdout.split()],
        check=True,
        capture_output=True,
        text=True,
    )
    assert found.stdout.split() == ["cc_connect"]
