"""Build hook: compiles the translations, and lets no wheel out without its front-end assets.

Hatchling runs it for a wheel and for an editable install; `tools/` uses its functions, too.
"""

import hashlib
from pathlib import Path
from typing import Any

from babel.messages.catalog import TranslationError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CATALOGUES = "hearing/translations/*/LC_MESSAGES/messages.po"
SUMS = "hearing/static/vendor.sha256"


def compile_catalogues(root: Path) -> list[Path]:
    """Compile every `.po` under ``root`` to the `.mo` beside it and return the `.mo` paths.

    A message whose placeholders differ from its source stops the build: it would break the page that shows it.
    Raises `SystemExit` with one line per faulty message.
    """
    written = []
    for source in sorted(root.glob(CATALOGUES)):
        locale = source.parent.parent.name
        with source.open("rb") as file:
            catalogue = read_po(file, locale=locale, abort_invalid=True)
        faults = [f"{source}: {message.id!r}: {error}" for message, error in _errors(catalogue)]
        if faults:
            raise SystemExit("\n".join(faults))
        target = source.with_suffix(".mo")
        with target.open("wb") as file:
            write_mo(file, catalogue)
        written.append(target)
    return written


def _errors(catalogue: Any) -> list[tuple[Any, TranslationError]]:
    return [(message, error) for message, errors in catalogue.check() for error in errors]


def recorded_sums(root: Path) -> dict[str, str]:
    """The SHA-256 sums in `hearing/static/vendor.sha256` (format of sha256sum), by path relative to ``root``."""
    lines = (root / SUMS).read_text(encoding="utf-8").splitlines() if (root / SUMS).exists() else []
    return {path: digest for digest, path in (line.split(maxsplit=1) for line in lines)}


def wrong_assets(root: Path) -> list[str]:
    """One line for every recorded file under ``root`` that is missing or has another sum; empty when all is right."""
    sums = recorded_sums(root)
    if not sums:
        return [f"{SUMS}: no sums recorded"]
    lines = []
    for path, digest in sums.items():
        file = root / path
        found = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "missing"
        if found != digest:
            lines.append(f"{path}: recorded {digest}, found {found}")
    return lines


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]  # the parameter is hatchling's own, unimportant here
    """Hatchling's entry point, named in `pyproject.toml`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Prepare the tree; ``version`` is "editable" for `pip install -e`, which may come before the assets."""
        root = Path(self.root)
        compile_catalogues(root)
        if version == "editable":
            return
        if wrong := wrong_assets(root):
            raise SystemExit("front-end assets are not as recorded, run `make assets` first:\n" + "\n".join(wrong))
        # An installed package can migrate its database, too.
        build_data["force_include"][str(root / "migrations")] = "hearing/migrations"
