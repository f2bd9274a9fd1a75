"""Translations: an incomplete, inconsistent or left-over English text is found."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from hatch_build import compile_catalogues
from tools import translations
from tools.translations import message_faults, placeholders


@pytest.mark.parametrize(
    ("source", "english", "fault"),
    [
        ("同意", "", "has no English text"),
        ("同意", " ", "has no English text"),
        ("%(n)s 户", "%(m)s households", "has other placeholders in English: '%(m)s households'"),
        ("%(n)s 户", "households", "has other placeholders in English: 'households'"),
        ("超过一半", "more than 50%", "has other placeholders in English: 'more than 50%'"),
        (("%(n)s 户", "%(n)s 户"), ("one household", ""), "has no English text"),
        (
            ("%(n)s 户", "%(n)s 户"),
            ("%(x)s household", "%(n)s households"),
            "has other placeholders in English: '%(x)s household / %(n)s households'",
        ),
    ],
)
def test_a_fault_is_named(source: str | tuple[str, ...], english: str | tuple[str, ...], fault: str) -> None:
    assert list(message_faults(Message(source), Message(source, english))) == [fault]


def test_a_missing_and_a_fuzzy_message_are_named() -> None:
    assert list(message_faults(Message("同意"), None)) == ["is not in the catalogue; run `make translations`"]
    fuzzy = Message("同意", "agree", flags=["fuzzy"])
    assert list(message_faults(Message("同意"), fuzzy)) == ["is marked fuzzy: look at it and remove the mark"]


@pytest.mark.parametrize(
    ("source", "english"),
    [
        ("同意", "agree"),
        ("%(name)s 已签 %(n)s 份", "%(n)s signed by %(name)s"),
        (("%(n)s 户", "%(n)s 户"), ("one household", "%(n)s households")),
        ("超过 %(n)s%%", "more than %(n)s%%"),
    ],
)
def test_a_good_translation_passes(source: str | tuple[str, ...], english: str | tuple[str, ...]) -> None:
    assert list(message_faults(Message(source), Message(source, english))) == []


def test_placeholders_include_percent_signs() -> None:
    assert placeholders("%(a)s 与 %(b)d，50%% 或 5%") == sorted(["%(a)s", "%(b)d", "%%", "%"])


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small product in a folder of its own: one module, one template."""
    (tmp_path / "hearing/templates").mkdir(parents=True)
    (tmp_path / "hearing/forms.py").write_text('LABEL = lazy_gettext("同意")\n', encoding="utf-8")
    (tmp_path / "hearing/templates/case.html").write_text("<p>{{ _('还差 %(n)s 户', n=n) }}</p>", encoding="utf-8")
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "CATALOGUE", tmp_path / "hearing/translations/en/LC_MESSAGES/messages.po")
    return tmp_path


def fill_in(path: Path, texts: dict[str, str]) -> None:
    for source, english in texts.items():
        old = path.read_text(encoding="utf-8")
        new = old.replace(f'msgid "{source}"\nmsgstr ""', f'msgid "{source}"\nmsgstr "{english}"')
        assert new != old
        path.write_text(new, encoding="utf-8")


def test_update_then_fill_in_then_compile(tree: Path) -> None:
    assert len(translations.faults()) == 2
    translations.update()
    assert [fault.rpartition("'")[2] for fault in translations.faults()] == [" has no English text"] * 2

    fill_in(translations.CATALOGUE, {"同意": "agree", "还差 %(n)s 户": "%(n)s to go"})
    assert translations.faults() == []
    assert compile_catalogues(tree) == [translations.CATALOGUE.with_suffix(".mo")]


def test_update_keeps_texts_and_drops_what_no_page_uses(tree: Path) -> None:
    translations.update()
    fill_in(translations.CATALOGUE, {"同意": "agree", "还差 %(n)s 户": "%(n)s to go"})
    (tree / "hearing/templates/case.html").write_text("<p></p>", encoding="utf-8")
    assert translations.faults() == ["'还差 %(n)s 户' is translated but used nowhere; run `make translations`"]

    translations.update()
    assert translations.faults() == []
    catalogue: Catalog = translations.stored()
    assert [(message.id, message.string) for message in catalogue if message.id] == [("同意", "agree")]


def test_a_template_that_does_not_parse_stops_the_extraction(tree: Path) -> None:
    (tree / "hearing/templates/case.html").write_text("{% if %}", encoding="utf-8")
    with pytest.raises(Exception, match="Expected an expression"):
        translations.faults()


def test_a_placeholder_that_would_break_a_page_stops_the_build(tree: Path) -> None:
    translations.update()
    fill_in(translations.CATALOGUE, {"同意": "agree", "还差 %(n)s 户": "%(n)d to go"})
    with pytest.raises(SystemExit, match=r"messages\.po"):
        compile_catalogues(tree)
