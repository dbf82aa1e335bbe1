"""rich: every class with its number."""

from collections.abc import Iterator

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.choice import land, with_land
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import ranked
from skypairs.transforms.captions.phrases import ARRANGED, FRAMES, fitting, varied

FULL = FRAMES[1:]


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """All classes that fit into what CLIP reads, the most frequent first, each with its number and up to two sizes."""
    view = contents.view
    if not view.classes:
        return
    first, second, *_ = ranked(FULL, contents.token("counts of all", draw))
    groups = [kind.whole for kind in view.classes]
    found = land(view)
    sized = varied(groups, 2 if len(groups) <= 3 else 1, draw, below=ARRANGED)
    if len(groups) > 1 or sized[0].told:
        yield fitting(first, with_land(view.classes, sized, found))
    others = varied(groups, 1, draw)
    if len(groups) > 1 or others[0].told or (found and (found.crossing or found.little)):
        yield fitting(second, with_land(view.classes, others, found))


RULE = Rule("counts of all", "rich", 2, 1, FULL, write, draws=2)
