"""Build hook: a wheel carries all that an installed product needs, and none is built without its assets."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.assets import ROOT


def build(tree: Path, target: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(target)]
    return subprocess.run(command, cwd=tree, check=False, capture_output=True, encoding="utf-8")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What a wheel is built from, in a folder of its own."""
    copy = tmp_path / "tree"
    unneeded = shutil.ignore_patterns("__pycache__", "*.mo")
    for name in ("hearing", "migrations", "tools"):
        shutil.copytree(ROOT / name, copy / name, ignore=unneeded)
    for name in (".gitignore", "LICENSE", "README.md", "hatch_build.py", "package-lock.json", "pyproject.toml"):
        shutil.copy(ROOT / name, copy / name)
    return copy


def test_a_wheel_is_whole(tree: Path, tmp_path: Path) -> None:
    run = build(tree, tmp_path / "dist")
    assert run.returncode == 0, run.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())

    inside = {path.relative_to(tree).as_posix() for path in (tree / "hearing").rglob("*") if path.is_file()}
    sources = {name for name in inside if "__pycache__" not in name}
    assert sources <= names
    assert "hearing/static/vendor/htmx.js" in names
    assert "hearing/migrations/env.py" in names
    catalogues = {name for name in sources if name.endswith(".po")}
    assert {name.replace(".po", ".mo") for name in catalogues} <= names
    assert not [name for name in names if name.startswith(("tests/", "tools/", "node_modules/"))]


def test_no_wheel_without_the_recorded_assets(tree: Path, tmp_path: Path) -> None:
    (tree / "hearing/static/vendor/htmx.js").write_text("alert(1)", encoding="utf-8")
    run = build(tree, tmp_path / "dist")
    assert run.returncode != 0
    assert "hearing/static/vendor/htmx.js: recorded" in run.stderr
