"""The rules that write captions from boxes: one a file, found by their place. A new file with a RULE is a new rule."""

import importlib
import pkgutil
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from skypairs.transforms.captions.contents import Contents


class Candidate(NamedTuple):
    """A text that a rule can give."""

    template: str
    """With its slots."""
    text: str
    claims: frozenset[Hashable] = frozenset()
    """What it says, where the rule tells: of two texts of a picture with the same claims only the first is taken."""
    tokens: int = 0
    """`token_bound` of the text, where the rule has counted them."""


Survives = Literal["flip", "quarter turn"]
""""flip": mirroring the picture in x or y leaves the text true, and would have given the same."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to say something about a picture."""

    name: str
    """Unique; stands with every caption the rule writes."""
    recipe: str
    """The caption recipe it belongs to."""
    order: int
    """Its turn among the rules of the recipe, the lowest first."""
    most: int
    """So many captions of it are wanted before the other rules are asked again."""
    templates: tuple[str, ...]
    """Sentences with their slots in braces."""
    write: Callable[[Contents, int], Iterator[Candidate]]
    """Texts for the n-th draw, the best first; the caption is the first that is new. None: the rule does not apply."""
    draws: int = 10
    """How often it is asked for one picture."""
    every: bool = False
    """All texts of a draw are captions, not the first new one alone."""
    survives: frozenset[Survives] = frozenset({"flip", "quarter turn"})
    """Augmentations of a trainer that leave the text as it is."""


def collect(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rules in order of recipe, turn and name. Raises ValueError where two share a name."""
    found: dict[str, Rule] = {}
    for rule in rules:
        if found.setdefault(rule.name, rule) is not rule:
            raise ValueError(f"two caption rules are named {rule.name!r}")
    return tuple(sorted(found.values(), key=lambda rule: (rule.recipe, rule.order, rule.name)))


@lru_cache(maxsize=1)
def all_rules() -> tuple[Rule, ...]:
    """The rules of all modules of this package."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return collect(module.RULE for module in modules if hasattr(module, "RULE"))


@lru_cache(maxsize=8)
def rules_of(recipe: str) -> tuple[Rule, ...]:
    """The rules of one recipe, in their turn."""
    return tuple(rule for rule in all_rules() if rule.recipe == recipe)
