"""Gates: the checks that need no database, run one after the other; every failing one is shown in full."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

GATES: dict[str, list[str]] = {
    "layout": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "layers": ["lint-imports", "--no-logo"],
    "templates, general": ["djlint", "--lint", "--quiet", "hearing/templates"],
    "templates, ours": ["python", "-m", "tools.templates"],
    "translations": ["python", "-m", "tools.translations", "check"],
    "types": ["mypy", "."],
}


def passes(name: str, command: list[str]) -> bool:
    """Run one gate; print its name and seconds, and its output if it fails."""
    start = time.monotonic()
    run = subprocess.run(
        [BIN / command[0], *command[1:]],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    good = run.returncode == 0
    print(f"{'pass' if good else 'FAIL'}  {name} ({time.monotonic() - start:.1f} s)", flush=True)
    if not good:
        print(run.stdout.rstrip(), flush=True)
    return good


if __name__ == "__main__":
    results = [passes(name, command) for name, command in GATES.items()]
    sys.exit(not all(results))
