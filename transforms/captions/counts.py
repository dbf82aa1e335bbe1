"""RemoteCLIP, captions 3 to 5: how many there are of one to three classes that are picked by hash."""

from collections.abc import Iterator

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.contents import Contents, Group
from skypairs.transforms.captions.draw import derive, ranked, share
from skypairs.transforms.captions.wording import fill, is_one

MOST_CLASSES = 3
TEMPLATES = (
    "There {be} {objects} in the picture .",
    "There {be} {objects} in this remote sensing picture .",
    "{objects} {are} located in the picture .",
    "{objects} {are} located in this remote sensing picture .",
    "There are both {first} and {second} in the picture .",
)


def pick(groups: tuple[Group, ...], token: int) -> tuple[Group, ...]:
    """One to three classes, every number and every class as likely, in listing order. Templates have no say in it."""
    number = 1 + int(share(token) * min(MOST_CLASSES, len(groups)))
    if number == len(groups):
        return groups
    by_hash = sorted(groups, key=lambda group: derive(token, group.singular, int(group.place)))
    return tuple(group for group in groups if group in by_hash[:number])


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """A frame around the picked classes; "both" only for two classes that each have several objects."""
    if contents.everywhere:
        token = contents.token("counts", draw)
        groups = pick(contents.everywhere, token)
        both = len(groups) == 2 and not any(group.place or is_one(group) for group in groups)
        templates = TEMPLATES if both else TEMPLATES[:-1]
        for template in ranked(templates, token):
            yield fill(template, groups, token)


RULE = Rule("counts", "remoteclip", 3, 16, TEMPLATES, write)
