"""The class of a whole picture in a sentence: after the zero-shot prompts for satellite pictures that CLIP's authors published
(openai/CLIP, data/prompts.md, EuroSAT and RESISC45), in words that stay true of a turned or mirrored picture.
"""

from collections.abc import Iterator

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import ranked

TEMPLATES = (
    "A satellite photo of {scene}.",
    "A satellite image of {scene}.",
    "A satellite view of {scene}.",
    "A centered satellite photo of {scene}.",
    "Satellite imagery of {scene}.",
    "An aerial photo of {scene}.",
    "An aerial image of {scene}.",
    "An aerial view of {scene}.",
    "Aerial imagery of {scene}.",
    "An overhead view of {scene}.",
    "A remote sensing image of {scene}.",
)


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """The sentences in an order drawn by the picture's id: one picture has as many captions as there are templates."""
    if contents.scene:
        for template in ranked(TEMPLATES, contents.token("scene", 0)):
            yield Candidate(template, template.format(scene=contents.scene))


RULE = Rule("scene", "scene", 1, 1, TEMPLATES, write, draws=len(TEMPLATES))
