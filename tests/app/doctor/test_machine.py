"""What the doctor says of folders, ports and clocks."""

import socket
from pathlib import Path

from cc_connect.app.config.models_shared import Management
from cc_connect.app.doctor import machine
from cc_connect.app.doctor.findings import Finding, Grade, failed, packed, unpacked
from cc_connect.core.texts import Language

EN = Language.ENGLISH


def grades(findings: list[Finding]) -> list[Grade]:
    return [one.grade for one in findings]


def test_a_private_folder_is_well(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    found = list(machine.data_folder(tmp_path, EN))
    assert found[0].text == f"data folder: {tmp_path}"
    assert Grade.BAD not in grades(found)


def test_what_others_can_read_is_told_with_what_to_type(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.touch()
    path.chmod(0o644)
    texts = [str(one) for one in machine.data_folder(tmp_path, EN)]
    assert f"! {path} is open to others (mode 644); close it: chmod 600 {path}" in texts


def test_a_folder_that_is_a_file_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.touch()
    assert failed(machine.data_folder(path, EN))
    (missing,) = machine.data_folder(tmp_path / "later", EN)
    assert missing.grade is Grade.GOOD


def test_a_port_that_is_taken() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        management = Management(port=other.getsockname()[1])
        (found,) = machine.port(management, EN)
        assert found.grade is Grade.BAD
        assert "set another port in [management]" in found.text
    assert grades(list(machine.port(management, EN))) == [Grade.GOOD]
    assert not list(machine.port(Management(enabled=False), EN))


def test_a_clock_that_is_off() -> None:
    assert machine.clock(1000.0, 1030.0, EN).grade is Grade.GOOD
    assert machine.clock(1000.0, 1100.0, EN).text == "the clock is 100 s off; set it by the network"


def test_findings_travel() -> None:
    found = [Finding("a"), Finding("你", Grade.BAD)]
    assert unpacked(packed(found)) == found
