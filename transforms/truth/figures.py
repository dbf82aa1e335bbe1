"""Figures of a set of captions: how many are true, how much they say, and how well they tell pictures apart."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from skypairs.schemas.identity import stable_hash
from skypairs.transforms.truth.ambiguity import BATCH, Pool
from skypairs.transforms.truth.claims import labels
from skypairs.transforms.truth.evaluate import evaluate, parse
from skypairs.transforms.truth.facts import Facts
from skypairs.transforms.truth.picture import Picture, lexicon_of

_TOKEN = re.compile(r"[^\W\d_]+|\d|[^\w\s]|_")
_WORD = re.compile(r"[^\W\d_]+")
_ENDS = 2
"""CLIP puts a token before and one after each text."""


@dataclass(frozen=True, slots=True)
class Captioned:
    """A picture with its captions."""

    id: str
    picture: Picture
    captions: tuple[str, ...]
    rules: tuple[bool, ...]
    """Of each caption, whether a rule wrote it: only those are held against the boxes."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of rule captions alone: from `true` to `classes`."""

    pictures: int
    captions: int
    rules: int
    """How many of them rules wrote."""
    true: int
    """How many of these the checker finds true of their picture."""
    unread: int
    """How many of these it cannot read."""
    others: int
    """Each caption was held against so many other pictures."""
    ambiguity: float | None
    """Of how many of them a caption is true, in the mean over captions."""
    best: float | None
    """The same of the caption of each picture that is true of the fewest, in the mean over pictures."""
    classes: float | None
    """Share of the classes of a picture that its captions name, in the mean over pictures with boxes."""
    distinct: int
    """Different texts among all captions."""
    same_texts: float
    """Pairs of captions of one text that a batch of 256 captions holds, as expected: wrong answers that are right."""
    tokens: float
    """Mean length in words, digits and marks, and two for the ends: CLIP's tokenizer makes at least so many."""
    longest: int
    """The greatest length."""
    words: int
    """Different words, upper and lower case alike."""

    def plain(self) -> dict[str, Any]:
        """For JSON; six decimals."""
        return {name: round(value, 6) if isinstance(value, float) else value for name, value in asdict(self).items()}


def figures(pictures: Iterable[Captioned]) -> Figures:
    """The figures of a set; the same whatever the order of its pictures."""
    ordered = sorted(pictures, key=lambda item: (stable_hash("ambiguity", item.id, size=8), item.id))
    facts = [Facts(item.picture) for item in ordered]
    pool = Pool(facts)
    verdicts: Counter[str] = Counter()
    ambiguous: list[int] = []
    best: list[int] = []
    covered: list[float] = []
    for index, item in enumerate(ordered):
        words = lexicon_of(item.picture)
        parsed = [parse(text, words) for text, rule in zip(item.captions, item.rules, strict=True) if rule]
        verdicts.update(evaluate(claims, facts[index]).verdict for claims in parsed)
        found = [pool.ambiguity(claims, index) for claims in parsed if claims]
        ambiguous += found
        best += [min(found)] if found else []
        if parsed and facts[index].labels:
            named = frozenset().union(*map(labels, parsed))
            covered.append(len(named & facts[index].labels) / len(facts[index].labels))
    texts = Counter(text for item in ordered for text in item.captions)
    lengths = [(len(_TOKEN.findall(text)) + _ENDS, times) for text, times in texts.items()]
    return Figures(
        pictures=len(ordered),
        captions=texts.total(),
        rules=verdicts.total(),
        true=verdicts["true"],
        unread=verdicts["not read"],
        others=pool.others,
        ambiguity=_mean(ambiguous),
        best=_mean(best),
        classes=_mean(covered),
        distinct=len(texts),
        same_texts=_same_texts(texts),
        tokens=sum(length * times for length, times in lengths) / max(texts.total(), 1),
        longest=max((length for length, _ in lengths), default=0),
        words=len({word for text in texts for word in _WORD.findall(text.lower())}),
    )


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _same_texts(texts: Counter[str]) -> float:
    """Expected number of pairs of one text among 256 captions drawn from all, none twice."""
    total = texts.total()
    same = sum(times * (times - 1) for times in texts.values())
    return math.comb(BATCH, 2) * same / (total * (total - 1)) if total > 1 else 0.0
