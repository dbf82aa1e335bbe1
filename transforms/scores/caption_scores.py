"""Similarity of pictures with each of their captions: exact to repeat, and alike whatever runs beside it.

On a processor a batch goes through the model in one thread and several batches at once: how a library divides a product
among threads decides its last bits, and so would decide a score. Batches are consecutive items, never what came first.
Cosines are counted in steps of 1/STEPS. A batch of another size, or another machine, moves a cosine by some 1e-7: a whole step
where it lies just between two.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from skypairs.schemas.errors import BuildStopped
from skypairs.schemas.execution import Execution
from skypairs.schemas.scores import STEPS
from skypairs.transforms.pool import Pool
from skypairs.transforms.scores.clip_model import BATCH, ClipModel, Features, Picture

Item = tuple[Picture, Sequence[str]]
"""A picture and its captions."""

_T = TypeVar("_T")
_TOKENIZER = threading.Lock()
_DEVICE = threading.Lock()
_BATCH_BYTES = 64 << 20
"""About what a batch holds on its way: limits how many wait in the pool."""


def caption_steps(model: ClipModel, items: Sequence[Item], batch: int = BATCH, workers: int = 1) -> list[tuple[int, ...]]:
    """The cosine of each picture with each of its captions, -STEPS to STEPS, in the order of the items.

    Args:
        batch: pictures, or texts, that go through the model together. Each text is encoded once, however many have it.
        workers: batches at a time; they change no result.

    Raises PictureError.
    """
    texts = list(dict.fromkeys(text for _, captions in items for text in captions))
    rows = {text: row for row, text in enumerate(texts)}
    owners = np.array([at for at, (_, captions) in enumerate(items) for _ in captions], np.int64)
    spoken = np.array([rows[text] for _, captions in items for text in captions], np.int64)
    if not len(owners):
        return [() for _ in items]
    shown = sorted(set(owners.tolist()))  # a picture without a caption need not be opened
    place = np.zeros(len(items), np.int64)
    place[shown] = np.arange(len(shown))
    with _Batches(model, workers) as batches:
        of_texts = batches.run(_of_texts, texts, batch)
        of_pictures = batches.run(_of_pictures, [items[at][0] for at in shown], batch)
    found = iter(in_steps(of_pictures[place[owners]], of_texts[spoken]).tolist())
    return [tuple(next(found) for _ in captions) for _, captions in items]


def in_steps(pictures: Features, texts: Features) -> npt.NDArray[np.int16]:
    """Cosine of each picture with the text of its row, rounded to whole steps."""
    cosines = np.einsum("nd,nd->n", pictures, texts, dtype=np.float64)
    if not np.isfinite(cosines).all():
        raise BuildStopped("the CLIP model gives features that are no numbers: try another scores.precision")
    steps: npt.NDArray[np.int16] = np.clip(np.rint(cosines * STEPS), -STEPS, STEPS).astype(np.int16)
    return steps


class _Batches:
    """Batches through the model, several at a time, results in order."""

    def __init__(self, model: ClipModel, workers: int) -> None:
        self._model = model
        self._pool: Pool[list[Any], Features] = Pool(Execution(workers))

    def __enter__(self) -> "_Batches":
        import torch

        self._threads = torch.get_num_threads()
        return self

    def __exit__(self, *_: object) -> None:
        import torch

        self._pool.close()
        torch.set_num_threads(self._threads)

    def run(self, work: Callable[[ClipModel, list[_T]], Features], items: Sequence[_T], batch: int) -> Features:
        def alone(some: list[_T]) -> Features:
            import torch

            torch.set_num_threads(1)  # of the thread that this runs in
            return work(self._model, some)

        return np.concatenate(list(self._pool.map(alone, _cut(items, batch), lambda _: _BATCH_BYTES)))


def _of_pictures(model: ClipModel, pictures: list[Picture]) -> Features:
    import torch

    ready = torch.stack([model.ready(picture) for picture in pictures])
    with _turn(model):
        return model.of_pictures(ready)


def _of_texts(model: ClipModel, texts: list[str]) -> Features:
    with _TOKENIZER:  # some cannot be used by two threads
        tokens = model.tokenizer(texts)
    with _turn(model):
        return model.of_texts(tokens)


def _turn(model: ClipModel) -> AbstractContextManager[object]:
    """A device takes one batch at a time, while others are made ready."""
    return nullcontext() if model.device == "cpu" else _DEVICE


def _cut(items: Sequence[_T], size: int) -> Iterator[list[_T]]:
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
