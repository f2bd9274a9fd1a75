"""What most tests of the trail ask for: an installation's settings, and its publisher."""

from __future__ import annotations

import pytest
from flask import Flask

from hearing.audit.publisher import Publisher
from hearing.config import Settings


@pytest.fixture
def settings(app: Flask) -> Settings:
    """The settings of the application."""
    found: Settings = app.extensions["settings"]
    return found


@pytest.fixture
def publisher(settings: Settings) -> Publisher:
    """Its publisher."""
    return Publisher.of(settings)
