"""Every refusal of the law has one sentence of its own, and every place that refuses fills its blanks."""

import ast
import importlib.util
import pkgutil
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from types import ModuleType

import pytest

import hearing
from hearing.refusal import Refused

ROOT = Path(hearing.__file__).parent
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def rules_of_all_packages() -> list[ModuleType]:
    """The rules of each package that refuses anything."""
    names = [f"hearing.{package.name}.rules" for package in pkgutil.iter_modules([str(ROOT)]) if package.ispkg]
    found = [importlib.import_module(name) for name in names if importlib.util.find_spec(name)]
    return [module for module in found if hasattr(module, "Refusal")]


RULES = rules_of_all_packages()
SENTENCES: dict[str, tuple[StrEnum, str]] = {
    refusal.name: (refusal, sentence) for rules in RULES for refusal, sentence in rules.SENTENCES.items()
}


def calls_of_refused() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Where `Refused(Refusal.X, a=…)` is written: the place, X, and the names of its details."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="Refused"),
                    args=[ast.Attribute(value=ast.Name(id="Refusal") | ast.Attribute(attr="Refusal"), attr=name)],
                ):
                    details = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", name, details


@pytest.mark.parametrize("rules", RULES, ids=lambda rules: rules.__name__)
def test_every_refusal_has_a_sentence(rules: ModuleType) -> None:
    assert set(rules.SENTENCES) == set(rules.Refusal)


def test_no_two_packages_use_one_name() -> None:
    # Sentences of all packages are kept in one mapping, and members of two StrEnums with equal text are equal.
    assert len(SENTENCES) == sum(len(rules.Refusal) for rules in RULES)


@pytest.mark.parametrize("sentence", [sentence for _, sentence in SENTENCES.values()])
def test_a_sentence_says_what_happened_and_what_to_do(sentence: str) -> None:
    assert sentence.endswith("。")
    assert re.search(r"[请可要]", sentence), "no word on what to do next"
    assert not re.search(r"不可篡改|区块链|错误|失败|非法", sentence)
    assert sentence.replace("%(", "").count("%") == 0, "every percent sign begins a placeholder"


CALLS = list(calls_of_refused())


@pytest.mark.parametrize(("place", "name", "details"), CALLS, ids=[f"{place} {name}" for place, name, _ in CALLS])
def test_who_refuses_gives_every_detail_the_sentence_names(place: str, name: str, details: frozenset[str]) -> None:
    assert name in SENTENCES, f"{place} refuses with a {name} that has no sentence"
    missing = set(PLACEHOLDER.findall(SENTENCES[name][1])) - details
    assert not missing, f"{place} leaves {missing} blank"


def test_a_refusal_tells_a_programmer_what_it_is() -> None:
    refusal, _ = SENTENCES["NOT_ON_ROLL"]
    assert str(Refused(refusal, unit="u1", n=2)) == "NOT_ON_ROLL(unit=u1, n=2)"
