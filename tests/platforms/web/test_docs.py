import re
from pathlib import Path

import msgspec

from cc_connect.platforms.web import wire

DOCUMENT = Path(__file__).parents[3] / "docs" / "web-protocol.md"
ROW = re.compile(r"^\| `(\w{2,})` \|([^|]*)\|", re.MULTILINE)


def frames() -> dict[str, set[str]]:
    structs = [one for one in vars(wire).values() if isinstance(one, type)]
    tagged = [
        one for one in structs if issubclass(one, msgspec.Struct) and one.__struct_config__.tag
    ]
    return {str(one.__struct_config__.tag): set(one.__struct_fields__) for one in tagged}


def test_the_document_names_every_frame_with_its_fields() -> None:
    rows = ROW.findall(DOCUMENT.read_text())
    assert {tag: set(re.findall(r"`(\w+)`", fields)) for tag, fields in rows} == frames()
