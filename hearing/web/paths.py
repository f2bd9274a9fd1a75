"""Paths: where a person may be sent on to: pages of our own, never another site."""

from __future__ import annotations

LONGEST = 500


def own_path(path: str | None, otherwise: str = "/") -> str:
    """`path` if it is one of this site's own, otherwise `otherwise`.

    Browsers read backslashes, control characters and a second slash as the start of a host, so those are refused.
    """
    if not path or len(path) > LONGEST or not path.startswith("/") or path.startswith("//"):
        return otherwise
    return path if "\\" not in path and path.isprintable() else otherwise
