"""Translations: keeps the English catalogue level with the Chinese source strings in code and templates.

`python -m tools.translations check`: complete, nothing left over, placeholders equal? Prints each fault, exits with 1.
`python -m tools.translations update` adds new messages (empty) and drops those that no page uses any more.
`python -m tools.translations compile` writes the .mo files that the application reads.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from hatch_build import compile_catalogues

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "hearing/translations/en/LC_MESSAGES/messages.po"

SOURCES = [("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2"), ("**.py", "python")]
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "_l": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "lazy_npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|%(?!\()")


def extracted() -> Catalog:
    """Every message of the code, with the files it stands in. A template that does not parse raises."""
    found = Catalog(project="hearing", charset="utf-8")
    messages = extract_from_dir(
        ROOT / "hearing",
        method_map=SOURCES,
        options_map={"templates/**": {"silent": "false"}},
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for file, line, message, comments, context in messages:
        found.add(message, None, [(f"hearing/{file}", line)], auto_comments=comments, context=context)
    return found


def stored() -> Catalog:
    """The English catalogue as it is in the tree; a new one if there is none yet."""
    if not CATALOGUE.exists():
        return Catalog(locale="en", project="hearing", creation_date=datetime(2026, 1, 1, tzinfo=UTC), fuzzy=False)
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def forms(value: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """A message's texts: one, or one per plural form."""
    return (value,) if isinstance(value, str) else tuple(value or ())


def placeholders(text: str) -> list[str]:
    """The places a text leaves for values, such as `%(name)s`, sorted; a lone percent sign counts as one."""
    return sorted(PLACEHOLDER.findall(text))


def message_faults(source: Message, english: Message | None) -> Iterator[str]:
    """What is wrong with the translation of one message of the code."""
    if english is None:
        yield "is not in the catalogue; run `make translations`"
        return
    texts = forms(english.string)
    if not texts or not all(text.strip() for text in texts):
        yield "has no English text"
    elif english.fuzzy:
        yield "is marked fuzzy: look at it and remove the mark"
    else:
        wanted = placeholders(forms(source.id)[-1])
        # The singular may say "one" in words instead of repeating the number.
        wrong = placeholders(texts[-1]) != wanted or any(set(placeholders(text)) - set(wanted) for text in texts)
        if wrong:
            yield f"has other placeholders in English: {' / '.join(texts)!r}"


def faults() -> list[str]:
    """One line per message that is missing, empty, left over or inconsistent."""
    code, catalogue = extracted(), stored()
    lines = []
    for message in code:
        if message.id:
            places = ", ".join(sorted({file for file, _ in message.locations}))
            english = catalogue.get(message.id, message.context)
            lines += [f"{places}: {message.id!r} {fault}" for fault in message_faults(message, english)]
    unused = [message.id for message in catalogue if message.id and code.get(message.id, message.context) is None]
    return lines + [f"{text!r} is translated but used nowhere; run `make translations`" for text in unused]


def update() -> None:
    """Rewrite the catalogue: what the code says now, with the English texts there are."""
    catalogue = stored()
    catalogue.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, width=120, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    empty = sum(not any(forms(message.string)) for message in catalogue if message.id)
    print(f"{CATALOGUE.relative_to(ROOT)}: {len(catalogue)} messages, {empty} without English text")


def main() -> None:
    """Do the one thing asked for."""
    parser = argparse.ArgumentParser(prog="python -m tools.translations", description=__doc__.partition("\n")[0])
    parser.add_argument("command", choices=["check", "update", "compile"])
    match parser.parse_args().command:
        case "check":
            lines = faults()
            print("\n".join(lines))
            sys.exit(bool(lines))
        case "update":
            update()
        case "compile":
            compile_catalogues(ROOT)


if __name__ == "__main__":
    main()
