"""Captions against pictures: parse, then hold every claim against the boxes. docs/captions.md defines when one is true."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from skypairs.transforms.truth.claims import Claim
from skypairs.transforms.truth.facts import Facts
from skypairs.transforms.truth.grammar_remoteclip import read_remoteclip
from skypairs.transforms.truth.grammar_rich import read_rich
from skypairs.transforms.truth.grammar_scene import read_scene
from skypairs.transforms.truth.judges import failing
from skypairs.transforms.truth.picture import Lexicon, Picture, lexicon_of


@dataclass(frozen=True, slots=True)
class Truth:
    """What the checker makes of one caption."""

    verdict: Literal["true", "false", "not read"]
    """not read: the grammar does not know the sentence, or a class in it. Never to be taken for true."""
    claim: Claim | None = None
    """The first claim that fails."""
    why: str = ""
    """What is the case instead."""

    def __bool__(self) -> bool:
        return self.verdict == "true"


def check(caption: str, picture: Picture) -> Truth:
    """Whether a caption is true of a picture."""
    claims = parse(caption, lexicon_of(picture))
    return evaluate(claims, Facts(picture)) if claims else Truth("not read")


def check_sentences(caption: str, picture: Picture) -> Truth:
    """The same for captions that a person or a model wrote: sentence by sentence.

    False if a sentence that can be read is false; else not read if there is one that cannot be.
    """
    words, facts = lexicon_of(picture), Facts(picture)
    sentences = [caption] if parse(caption, words) else [f"{part.removesuffix('.')}." for part in caption.split(". ")]
    found = [evaluate(parse(sentence, words), facts) for sentence in sentences]
    return next((truth for verdict in ("false", "not read") for truth in found if truth.verdict == verdict), Truth("true"))


@lru_cache(maxsize=1 << 17)
def parse(caption: str, words: Lexicon) -> tuple[Claim, ...]:
    """The claims of a caption by the grammar that knows its sentences; empty: it cannot be read. A blank before the last
    full stop is RemoteCLIP's. Texts come back often, so the last 131,072 are kept."""
    if caption.endswith(" ."):
        return read_remoteclip(caption, words)
    return read_rich(caption, words) or read_scene(caption, words)


def evaluate(claims: tuple[Claim, ...], facts: Facts) -> Truth:
    """The first claim that fails decides; no claims at all are not read."""
    for claim in claims:
        if why := failing(claim, facts):
            return Truth("false", claim, why)
    return Truth("true") if claims else Truth("not read")
