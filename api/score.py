"""score: how well pictures and captions fit, by any CLIP model of open_clip, as a build with `scores` says it. Needs the extra
`clip`."""

from collections.abc import Iterable

from skypairs.schemas.scores import STEPS
from skypairs.transforms.scores.caption_scores import Item, caption_steps
from skypairs.transforms.scores.clip_model import BATCH, ClipModel, load_model

__all__ = ["ClipModel", "load_model", "scores"]


def scores(items: Iterable[Item], model: ClipModel, *, batch: int = BATCH, workers: int = 1) -> list[tuple[float, ...]]:
    """The cosine of each picture with each of its captions, -1 to 1, to four decimals.

    Args:
        items: pictures, encoded or as (H, W, 3) pixels, each with its captions.
        model: of `load_model(name, weights)`.
        batch: pictures, or texts, that go through the model together.
        workers: batches at a time; they change no figure.

    Pictures are held as they are given, so a long list is better given in pieces. Raises PictureError.
    """
    return [tuple(steps / STEPS for steps in found) for found in caption_steps(model, list(items), batch, workers)]
