"""Locks: writes requirements.lock (run the product) and requirements-dev.lock (work on it) with uv.

Both hold every platform and a hash per file, and no address: any package index that serves the same files will do.
The smaller one is constrained by the larger, so that a package has one version in both.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = ("--extra=postgres", "--extra=sqlite")


def compile_lock(name: str, *options: str) -> None:
    """Resolve pyproject.toml into the lock file ``name``; what it holds already stays unless `--upgrade` is given."""
    kind = ["--universal", "--generate-hashes", "--python-version=3.11", "--custom-compile-command=make lock"]
    command = ["uv", "pip", "compile", "--quiet", *kind, *EXTRAS, *options, *sys.argv[1:]]
    command += [f"--output-file={name}", "pyproject.toml"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PATH": path})


if __name__ == "__main__":
    compile_lock("requirements-dev.lock", "--extra=seal", "--group=dev")
    compile_lock("requirements.lock", "--group=build", "--group=assets", "--constraint=requirements-dev.lock")
