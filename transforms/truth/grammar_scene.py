"""Sentences on the class of a whole picture back into a claim: "A satellite photo of an airport."."""

import re

from skypairs.transforms.truth.claims import Claim, Shows
from skypairs.transforms.truth.picture import Lexicon

_SENTENCE = re.compile(
    r"(?:(?:a|an) (?:centered )?(?:satellite|aerial|overhead|remote sensing) (?:photo|image|view|picture)|"
    r"(?:satellite|aerial) imagery) of ((?:an? )?(.+?))\.",
    re.IGNORECASE,
)


def read_scene(text: str, words: Lexicon) -> tuple[Claim, ...]:
    """The claim of a caption, empty where it is no such sentence or names no class of the dataset."""
    found = _SENTENCE.fullmatch(text)
    names = found.groups() if found else ()  # some names have an article of their own: "a river or lake"
    return next(((Shows(name),) for name in names if name in words.scenes), ())
