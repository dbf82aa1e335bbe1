"""Zero-shot classification: a picture is of the class whose sentence is nearest to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skypairs.transforms.scores.clip_model import BATCH, ClipModel, Features, Picture

TEMPLATES = ("a satellite photo of {}.",)
"""RemoteCLIP's prompt (arXiv 2306.11029, section IV-B)."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Shares from 0 to 1."""

    top1: float
    top5: float
    """1 where there are five classes or fewer."""
    pictures: int
    classes: int

    def as_dict(self) -> dict[str, float | int]:
        return {"pictures": self.pictures, "classes": self.classes, "top1": self.top1, "top5": self.top5}


def classifier(model: ClipModel, classes: Sequence[str], templates: Sequence[str] = TEMPLATES) -> Features:
    """(D, classes), columns of length 1: of each class the mean over the templates, as open_clip builds it."""
    import open_clip
    import torch

    with torch.inference_mode(), model.autocast():
        found = open_clip.build_zero_shot_classifier(
            model.model, model.tokenizer, list(classes), list(templates), num_classes_per_batch=10, device=model.device
        )
    weights: Features = found.float().cpu().numpy()
    return weights


def classify(
    model: ClipModel,
    pictures: Iterable[Picture],
    labels: Sequence[int],
    classes: Sequence[str],
    templates: Sequence[str] = TEMPLATES,
    batch: int = BATCH,
) -> Accuracy:
    """Accuracy of pictures whose class is known. labels: of each picture, the row of its class."""
    weights = classifier(model, classes, templates)
    ranks = [label_ranks(features @ weights, labels, start) for start, features in _counted(model, pictures, batch)]
    found = np.concatenate(ranks)
    if len(found) != len(labels):
        raise ValueError(f"{len(labels)} labels for {len(found)} pictures")
    return Accuracy(float(np.mean(found < 1)), float(np.mean(found < 5)), len(found), len(classes))


def label_ranks(logits: Features, labels: Sequence[int], start: int = 0) -> npt.NDArray[np.int64]:
    """Of each picture (a row), how many classes are nearer than its own; equal ones by their order."""
    own = np.asarray(labels[start : start + len(logits)], np.int64)
    right = logits[np.arange(len(logits)), own][:, None]
    tied = (logits == right) & (np.arange(logits.shape[1])[None] < own[:, None])
    found: npt.NDArray[np.int64] = ((logits > right) | tied).sum(1)
    return found


def _counted(model: ClipModel, pictures: Iterable[Picture], batch: int) -> Iterable[tuple[int, Features]]:
    start = 0
    for features in model.picture_batches(pictures, batch):
        yield start, features
        start += len(features)
