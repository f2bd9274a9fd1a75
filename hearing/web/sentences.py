"""Sentences: what a person reads when the law says no."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask_babel import gettext

from hearing.refusal import Refused

_sentences: dict[StrEnum, str] = {}


def learn(sentences: Mapping[Any, str]) -> None:
    """Take in a package's sentences, one for each of its refusals."""
    _sentences.update(sentences)


def known() -> Mapping[StrEnum, str]:
    """Every refusal that has a sentence."""
    return _sentences


def sentence_of(refused: Refused) -> str:
    """The sentence of a refusal in the reader's language."""
    return str(gettext(_sentences[refused.refusal], **refused.details))
