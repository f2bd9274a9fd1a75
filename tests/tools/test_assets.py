"""Assets: the record is kept to, and the icon list makes a sprite that takes the text's colour."""

import hashlib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from hatch_build import SUMS, wrong_assets
from tools import assets


def test_the_tree_holds_what_is_recorded() -> None:
    assert wrong_assets(assets.ROOT) == []


def test_the_record_names_every_input_and_every_file_served() -> None:
    assert assets.sums(assets.VENDOR) == (assets.ROOT / SUMS).read_text(encoding="utf-8")


def test_a_changed_or_missing_file_is_named(tmp_path: Path) -> None:
    assert wrong_assets(tmp_path) == [f"{SUMS}: no sums recorded"]

    digest = hashlib.sha256(b"good").hexdigest()
    (tmp_path / SUMS).parent.mkdir(parents=True)
    (tmp_path / SUMS).write_text(f"{digest}  htmx.js\n{digest}  gone.js\n", encoding="utf-8")
    (tmp_path / "htmx.js").write_bytes(b"bad")
    found = hashlib.sha256(b"bad").hexdigest()
    assert wrong_assets(tmp_path) == [
        f"htmx.js: recorded {digest}, found {found}",
        f"gone.js: recorded {digest}, found missing",
    ]


def test_every_icon_of_the_list_is_a_symbol_of_the_sprite() -> None:
    sprite = ET.parse(assets.VENDOR / "icons.svg").getroot()
    names = assets.icon_names(assets.ICONS.read_text(encoding="utf-8"))
    assert [symbol.get("id") for symbol in sprite] == names
    assert {symbol.get("stroke") for symbol in sprite} == {"currentColor"}
    assert all(len(symbol) for symbol in sprite)


def test_icon_names_leave_comments_out_and_refuse_doubles() -> None:
    assert assets.icon_names("# list\ncheck\n\nx  # close\n") == ["check", "x"]
    with pytest.raises(SystemExit, match="given twice: check"):
        assets.icon_names("check\nx\ncheck\n")


def test_an_unknown_icon_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lucide-static/icons").mkdir(parents=True)
    (tmp_path / "lucide-static/icons/check.svg").touch()
    monkeypatch.setattr(assets, "MODULES", tmp_path)
    with pytest.raises(SystemExit, match="not in lucide-static: no-such-icon"):
        assets.sprite(["check", "no-such-icon"])


def test_scripts_leave_one_global_name_each_and_parse_on_old_browsers() -> None:
    for name, word in (("htmx", "window.htmx="), ("signature_pad", "window.SignaturePad=")):
        script = (assets.VENDOR / f"{name}.js").read_text(encoding="utf-8")
        assert script.startswith("(()=>{")
        assert script.rstrip().endswith("})();")
        assert word in script
        # Logical assignment and private methods are younger than Chrome 80 and Safari 13.1.
        assert "??=" not in script
        assert "this.#" not in script
