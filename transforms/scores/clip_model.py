"""A CLIP model of open_clip: found by name, published weights or files of one's own, and applied batch by batch."""

import contextlib
import io
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from skypairs.schemas.errors import PictureError, UserError
from skypairs.schemas.scores import LOCAL_MODEL
from skypairs.transforms import storage
from skypairs.transforms.scores.model_files import on_this_machine

Features = npt.NDArray[np.float32]
"""(N, D), each row of length 1."""

RGB = npt.NDArray[np.uint8]
"""(H, W, 3)"""
Picture = bytes | RGB | Callable[[], RGB]
"""Encoded, as pixels, or what gives the pixels when they are wanted."""

BATCH = 64
_THREADS = min(8, os.cpu_count() or 1)
_HOW = "install the extra: pip install 'skypairs[clip]'"


@dataclass(frozen=True)
class ClipModel:
    """What is needed to turn pictures and texts into features, on one device."""

    model: Any
    preprocess: Any
    """Of one PIL picture, as for evaluation."""
    tokenizer: Any
    device: str
    precision: str

    def pictures(self, pictures: Iterable[Picture], batch: int = BATCH) -> Features:
        """Features of pictures in their order; at most `batch` of them are open at a time. Raises PictureError."""
        return self._rows(self.picture_batches(pictures, batch))

    def texts(self, texts: Iterable[str], batch: int = BATCH) -> Features:
        """Features of texts in their order."""
        return self._rows(self._text_batches(texts, batch))

    def picture_batches(self, pictures: Iterable[Picture], batch: int = BATCH) -> Iterator[Features]:
        """The same as `pictures`, batch by batch. Pictures are decoded and resized by a few threads."""
        import torch

        with ThreadPoolExecutor(_THREADS) as pool:
            for some in _batches(pictures, batch):
                yield self.of_pictures(torch.stack(list(pool.map(self.ready, some))))

    def ready(self, picture: Picture) -> Any:
        """A picture as the model takes it, (3, S, S). Raises PictureError."""
        return self.preprocess(opened(picture() if callable(picture) else picture))

    def _text_batches(self, texts: Iterable[str], batch: int) -> Iterator[Features]:
        for some in _batches(texts, batch):
            yield self.of_texts(self.tokenizer(some))

    def of_pictures(self, pictures: Any) -> Features:
        """Features of pictures that are ready, (N, 3, S, S), by one call of the model."""
        return self._apply("encode_image", pictures)

    def of_texts(self, tokens: Any) -> Features:
        """Features of texts as the tokenizer gives them, (N, tokens), by one call of the model."""
        return self._apply("encode_text", tokens)

    def _apply(self, method: str, values: Any) -> Features:
        import open_clip
        import torch

        if values.is_floating_point():
            values = values.to(dtype=open_clip.get_input_dtype(self.precision))
        with torch.inference_mode(), self.autocast():
            found = getattr(self.model, method)(values.to(self.device), normalize=True)
        features: Features = found.float().cpu().numpy()
        return features

    def autocast(self) -> Any:
        """Mixed precision where it was asked for, as open_clip's trainer has it."""
        import torch

        if not self.precision.startswith("amp"):
            return contextlib.nullcontext()
        kind = torch.float16 if self.precision == "amp" and not self.device.startswith("cpu") else torch.bfloat16
        return torch.autocast(self.device.partition(":")[0], dtype=kind)

    def _rows(self, found: Iterator[Features]) -> Features:
        parts = list(found)
        return np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)


def load_model(name: str, weights: str = "", device: str = "", precision: str = "fp32") -> ClipModel:
    """Loads a model of open_clip for evaluation.

    Args:
        name: as open_clip knows it (`ViT-B-32`), `hf-hub:ORG/NAME`, or `local-dir:FOLDER` with its open_clip_config.json.
        weights: a published tag (`openai`), or a file, local, gs:// or s3://: a checkpoint of open_clip's trainer or a state
            dict. Empty only for the last two kinds of name, which bring their own.
        device: `cpu`, `cuda`, `cuda:1`, ...; empty: a GPU if there is one.
        precision: `fp32`, `amp`, `bf16`, ..., as open_clip's trainer names them.

    Raises UserError where the extra is not installed, or model or weights are not found or do not belong together.
    """
    try:
        import open_clip
        import torch
    except ImportError as error:
        raise UserError(f"this needs open_clip and torch ({error}): {_HOW}") from error
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    with on_this_machine(weights) as path:
        _check(open_clip, name, path)
        try:
            with _without_doubts() if os.path.isfile(path) else contextlib.nullcontext():
                model, _, preprocess = open_clip.create_model_and_transforms(
                    name, path if path and not os.path.isfile(path) else None, precision=precision, device=device
                )
            if os.path.isfile(path):
                open_clip.load_checkpoint(model, path)
            tokenizer = open_clip.get_tokenizer(name)
        except Exception as error:  # there is no end of what a file that is no checkpoint makes torch raise
            said = " ".join(str(error).split())[:300] or type(error).__name__
            raise UserError(f"{name} with weights {weights or 'of its own'} cannot be loaded: {said}") from error
    return ClipModel(model.eval(), preprocess, tokenizer, device, precision)


@contextlib.contextmanager
def _without_doubts() -> Iterator[None]:
    """open_clip warns that a model has chance weights, which it will not have for long."""
    root = logging.getLogger()
    root.addFilter(_errors_alone)
    try:
        yield
    finally:
        root.removeFilter(_errors_alone)


def _errors_alone(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR


def _check(open_clip: Any, name: str, weights: str) -> None:
    """What can be said before anything is loaded."""
    own = name.startswith((LOCAL_MODEL, "hf-hub:"))
    if not own and name not in open_clip.list_models():
        raise UserError(
            f"open_clip knows no model {name}: one of open_clip.list_models(), hf-hub:ORG/NAME or {LOCAL_MODEL}FOLDER"
        )
    if name.startswith(LOCAL_MODEL) and not weights and not _has_weights(name.removeprefix(LOCAL_MODEL)):
        raise UserError(f"{name} holds no weights: name a checkpoint")
    if own or os.path.isfile(weights):
        return
    tags = open_clip.list_pretrained_tags_by_model(name)
    if weights not in tags:
        known = f"one of {', '.join(tags)}, or " if tags else ""
        raise UserError(f"{name} needs weights: {known}the path of a checkpoint; {weights or 'none'} is neither")


def _has_weights(folder: str) -> bool:
    """By the endings that open_clip looks for."""
    return any(file.uri.endswith((".safetensors", ".bin", ".pt", ".pth")) for file in storage.files(folder))


def opened(data: bytes | RGB) -> Any:
    """A picture as PIL has it, RGB. Raises PictureError."""
    if isinstance(data, np.ndarray):
        return Image.fromarray(data)
    try:
        picture = Image.open(io.BytesIO(data))
        picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureError(f"no picture that Pillow reads: {error}") from error
    return picture.convert("RGB")


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    waiting = iter(items)
    while some := list(islice(waiting, size)):
        yield some


def similarity(pictures: Features, texts: Features) -> Features:
    """Cosine of each picture with the text of the same row, -1 to 1."""
    found: Features = np.einsum("nd,nd->n", pictures, texts, dtype=np.float32)
    return found


def captions_similarity(pictures: Features, texts: Features, owners: Sequence[int]) -> Features:
    """The greatest cosine of each picture with any of its texts; owners: row of the picture of each text."""
    best = np.full(len(pictures), -np.inf, np.float32)
    np.maximum.at(best, np.asarray(owners, np.int64), similarity(pictures[np.asarray(owners, np.int64)], texts))
    return best
