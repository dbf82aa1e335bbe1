"""Sentences on the class of a whole picture back into a claim: "A satellite photo of an airport."."""

import re

from skypairs.transforms.truth.claims import Claim, Shows
from skypairs.transforms.truth.picture import Lexicon

_SENTENCE = re.compile(
    r"(?:(?:a|an) (?:centered )?(?:satellite|aerial|overhead|remote sensing) (?:photo|image|view|picture)|"
    r"(?:satellite|aerial) imagery) of (?:an? )?(.+?)\.",
    re.IGNORECASE,
)


def read_scene(text: str, words: Lexicon) -> tuple[Claim, ...]:
    """The claim of a caption, empty where it is no such sentence or names no class of the dataset."""
    found = _SENTENCE.fullmatch(text)
    return (Shows(found[1]),) if found and found[1] in words.scenes else ()
