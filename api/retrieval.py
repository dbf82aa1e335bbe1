"""Retrieval between pictures and captions: R@k both ways and their mean, as papers on remote sensing report it.

A picture has one or more captions. Picture to text: any of its captions among the k nearest texts. Text to picture: its
picture among the k nearest. Equal similarities go to the smaller row, so that figures do not depend on a sort.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skypairs.transforms.scores.clip_model import Features

CUTS = (1, 5, 10)
_BLOCK = 1 << 24
"""Similarities held at a time."""


@dataclass(frozen=True, slots=True)
class Recalls:
    """Shares from 0 to 1."""

    image_to_text: tuple[float, ...]
    """R@1, R@5, R@10."""
    text_to_image: tuple[float, ...]
    pictures: int
    texts: int

    @property
    def mean(self) -> float:
        """Mean recall: of the six."""
        return float(np.mean([*self.image_to_text, *self.text_to_image]))

    def as_dict(self) -> dict[str, float | int]:
        ways = (("image_to_text", self.image_to_text), ("text_to_image", self.text_to_image))
        named = {f"{way}_R@{k}": value for way, values in ways for k, value in zip(CUTS, values, strict=True)}
        return {"pictures": self.pictures, "texts": self.texts, **named, "mean_recall": self.mean}


def recalls(pictures: Features, texts: Features, owners: npt.ArrayLike) -> Recalls:
    """Recalls of features of length 1.

    Args:
        pictures: (N, D)
        texts: (M, D)
        owners: of each text, the row of its picture. Every picture has at least one.
    """
    rows = np.asarray(owners, np.int64)
    if len(rows) != len(texts) or set(rows.tolist()) != set(range(len(pictures))):
        raise ValueError("every text needs the row of its picture, and every picture a text")
    forward = picture_ranks(pictures, texts, rows)
    backward = text_ranks(pictures, texts, rows)
    return Recalls(_shares(forward), _shares(backward), len(pictures), len(texts))


def picture_ranks(pictures: Features, texts: Features, owners: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Of each picture, how many texts are nearer than the nearest of its own."""
    ranks = np.empty(len(pictures), np.int64)
    step = max(1, _BLOCK // max(1, len(texts)))
    for start in range(0, len(pictures), step):
        scores = pictures[start : start + step] @ texts.T
        own = owners[None] == np.arange(start, start + len(scores))[:, None]
        best = np.where(own, scores, -np.inf).argmax(1)
        ranks[start : start + step] = _before(scores, best)
    return ranks


def text_ranks(pictures: Features, texts: Features, owners: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Of each text, how many pictures are nearer than its own."""
    ranks = np.empty(len(texts), np.int64)
    step = max(1, _BLOCK // max(1, len(pictures)))
    for start in range(0, len(texts), step):
        scores = texts[start : start + step] @ pictures.T
        ranks[start : start + step] = _before(scores, owners[start : start + step])
    return ranks


def _before(scores: Features, columns: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many of each row come before the named column in descending order, equal ones by column."""
    own = scores[np.arange(len(scores)), columns][:, None]
    tied = (scores == own) & (np.arange(scores.shape[1])[None] < columns[:, None])
    found: npt.NDArray[np.int64] = ((scores > own) | tied).sum(1)
    return found


def _shares(ranks: npt.NDArray[np.int64]) -> tuple[float, ...]:
    return tuple(float(np.mean(ranks < k)) for k in CUTS)


def chance(pictures: int, texts: int) -> float:
    """Mean recall that is expected of features that know nothing, where every picture has equally many of the texts."""
    each = texts // pictures
    forward = [1 - float(np.prod([1 - each / (texts - at) for at in range(k)])) for k in CUTS]
    return float(np.mean([*forward, *(min(1.0, k / pictures) for k in CUTS)]))
