"""RemoteCLIP, caption 2: the objects whose centre lies outside the middle of the picture."""

from collections.abc import Iterator

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import ranked
from skypairs.transforms.captions.wording import fill

TEMPLATES = (
    "{objects} at the edge of the picture .",
    "{objects} {are} at the edge of the picture .",
    "There {be} {objects} at the edge of the picture .",
)


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """Every class there, with its number."""
    if contents.edge:
        token = contents.token("edge", draw)
        for template in ranked(TEMPLATES, token):
            yield fill(template, contents.edge, token)


RULE = Rule("edge", "remoteclip", 2, 1, TEMPLATES, write)
