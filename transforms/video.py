"""Clips: which frames of one are taken, and the pixels of a frame of a video file.

Frames are reached by decoding from the nearest position before them and never by seeking, which OpenCV and FFmpeg do not
promise to be exact for every container. Each thread keeps one video open, so that frames asked for in order cost one
decode each; a frame before the position starts the video again. A video on an object store is copied once a thread and
video to a temporary file, in pieces, since decoders need a file that they can seek in.
"""

import contextlib
import math
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import cv2
import numpy as np

from skypairs.schemas.errors import PictureError
from skypairs.schemas.identity import stable_hash
from skypairs.schemas.recipe import Video
from skypairs.schemas.records import MIDDLE, FileStamp, Scene
from skypairs.transforms import images, storage

_PIECE = 8 << 20
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # a broken video is a row of the ledger, not words on the terminal
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def take_frames(scenes: Iterable[Scene], video: Video, seed: int) -> Iterator[Scene]:
    """The scenes with every clip reduced to its share; what belongs to no clip stays, wherever it stands.

    Of a clip of n frames ceil(keep * n) are taken, `keep` as the decimal number that was written. Annotations without a
    picture are no frames and stay. One clip is held in memory at a time; a reader must yield its frames together:
    ValueError where a clip comes twice.
    """
    if video.keep == 1:
        yield from scenes
        return
    seen: set[str] = set()
    held: list[Scene] = []
    for scene in scenes:
        if not scene.clip:
            yield scene
            continue
        if not held or scene.clip != held[0].clip:
            yield from _reduced(held, video, seed)
            held = []
            if scene.clip in seen:
                raise ValueError(f"the frames of {scene.clip} do not come together")
            seen.add(scene.clip)
        held.append(scene)
    yield from _reduced(held, video, seed)


def _reduced(clip: list[Scene], video: Video, seed: int) -> Iterator[Scene]:
    taken = choose_frames([scene.id for scene in clip if not scene.problem], video, seed)
    return (scene for scene in clip if scene.problem or scene.id in taken)


def choose_frames(ids: list[str], video: Video, seed: int) -> set[str]:
    """The ids of a clip's frames that are taken: ceil(keep * n) of n."""
    count = math.ceil(Fraction(str(video.keep)) * len(ids))
    if video.by == "stride":
        ordered = sorted(ids)
        return {ordered[(2 * at + 1) * len(ids) // (2 * count)] for at in range(count)}
    return set(sorted(ids, key=lambda name: (stable_hash("frame", seed, name), name))[:count])


def read_frame(file: FileStamp, number: int, max_pixels: int) -> images.RGB:
    """(H, W, 3) uint8 of frame `number` from 0, or MIDDLE. Raises PictureError: the video is missing, cannot be opened,
    is too large, or ends before the frame."""
    opened = _opened(file)
    width, height = (int(opened.capture.get(item)) for item in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    images.check_size(images.Header("jpg", width, height, False), max_pixels)
    if number == MIDDLE:
        number = max(0, int(opened.capture.get(cv2.CAP_PROP_FRAME_COUNT))) // 2
    return opened.read(number)


def frame_size(file: FileStamp) -> tuple[int, int]:
    """Width and height that a local video claims; no frame is decoded. Raises PictureError."""
    with contextlib.closing(_open(file)) as opened:
        width, height = (opened.capture.get(item) for item in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    return int(width), int(height)


def _opened(file: FileStamp) -> "_Opened":
    """The thread's open video, opened if it was another one. A video that could not be opened is not tried again at once."""
    opened: _Opened | PictureError | None = getattr(_OPEN, "video", None)
    if getattr(_OPEN, "file", None) != file:
        close_video()
        try:
            opened = _open(file)
        except PictureError as error:
            opened = error
        _OPEN.file, _OPEN.video = file, opened
    if isinstance(opened, PictureError):
        raise PictureError(opened.code, opened.detail)
    assert opened is not None
    return opened


def close_video() -> None:
    """Closes what the calling thread has open and removes its copy."""
    opened: _Opened | PictureError | None = getattr(_OPEN, "video", None)
    _OPEN.file = _OPEN.video = None
    if isinstance(opened, _Opened):
        opened.close()


@dataclass(slots=True)
class _Opened:
    """An open video and where its decoder stands."""

    path: str
    copy: tempfile.TemporaryDirectory[str] | None
    """The folder of a temporary copy, removed when the video is closed."""
    capture: cv2.VideoCapture
    next: int = 0
    """Number of the frame that the decoder gives next."""
    ended: int | None = None
    """How many frames there are, once the decoder has come to the end."""
    last: tuple[int, images.RGB] | None = None
    """The frame that was read last."""

    def read(self, number: int) -> images.RGB:
        if self.last is not None and self.last[0] == number:
            return self.last[1]
        if number < self.next:
            self.capture.release()
            self.capture, self.next = _capture(self.path), 0
        while self.next <= number:
            if self.ended == self.next or not self.capture.grab():
                self.ended = self.next
                raise PictureError("video ends early", f"frame {number} of {self.ended}")
            self.next += 1
        good, bgr = self.capture.retrieve()
        if not good or bgr is None:
            raise PictureError("unreadable frame", f"frame {number}")
        if bgr.ndim != 3 or bgr.shape[2] != 3 or bgr.dtype != np.uint8:
            raise PictureError("unreadable frame", f"frame {number} of shape {bgr.shape} and kind {bgr.dtype}")
        rgb = cast(images.RGB, cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
        rgb.setflags(write=False)
        self.last = number, rgb
        return rgb

    def close(self) -> None:
        self.capture.release()
        if self.copy is not None:
            self.copy.cleanup()


_OPEN = threading.local()


def _open(file: FileStamp) -> _Opened:
    if storage.is_local(file.uri):
        if not os.path.isfile(file.uri):
            raise PictureError("missing picture")
        return _Opened(file.uri, None, _capture(file.uri))
    copy = tempfile.TemporaryDirectory(prefix="skypairs-")
    path = Path(copy.name, "video")
    try:
        with path.open("wb") as out:
            for offset in range(0, file.size, _PIECE):
                out.write(storage.read(file.uri, offset, min(_PIECE, file.size - offset)))
        return _Opened(str(path), copy, _capture(str(path)))
    except FileNotFoundError:
        copy.cleanup()
        raise PictureError("missing picture") from None
    except BaseException:
        copy.cleanup()
        raise


def _capture(path: str) -> cv2.VideoCapture:
    """An open video at its first frame. One thread decodes: the pool brings the parallelism."""
    capture = cv2.VideoCapture(path, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    if not capture.isOpened():
        capture.release()
        raise PictureError("unreadable video", "it cannot be opened")
    return capture
