"""RemoteCLIP, caption 1: the objects whose centre lies in the middle of the picture."""

from collections.abc import Iterator

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import ranked
from skypairs.transforms.captions.wording import fill

TEMPLATES = (
    "{objects} in the middle of the picture .",
    "{objects} {are} in the middle of the picture .",
    "There {be} {objects} in the middle of the picture .",
)


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """Every class there, with its number."""
    if contents.middle:
        token = contents.token("middle", draw)
        for template in ranked(TEMPLATES, token):
            yield fill(template, contents.middle, token)


RULE = Rule("middle", "remoteclip", 1, 1, TEMPLATES, write)
