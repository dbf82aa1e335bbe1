"""Tiny real videos in which each frame shows its own number, in blocks that survive encoding."""

from pathlib import Path

import cv2
import numpy as np

from tests.fakes.pictures import paint

BITS = 8
_BLOCK = 8
_CODECS = {".avi": "MJPG", ".mov": "jpeg", ".mp4": "mp4v"}


def number_frame(pixels, number):
    """(H, W, 3) with the number drawn at the bottom as eight blocks, black for 0 and white for 1, lowest bit first."""
    pixels = pixels.copy()
    for bit in range(BITS):
        pixels[-_BLOCK:, bit * _BLOCK : (bit + 1) * _BLOCK] = 255 * (number >> bit & 1)
    return pixels


def read_number(pixels):
    """The number that `number_frame` drew, from the middle of each block."""
    blocks = [pixels[-_BLOCK // 2 - 1, bit * _BLOCK + _BLOCK // 2].mean() for bit in range(BITS)]
    assert all(value < 80 or value > 175 for value in blocks), f"blocks are neither black nor white: {blocks}"
    return sum(int(value > 127) << bit for bit, value in enumerate(blocks))


def paint_frames(rng, width, height, count):
    """Pictures far apart from each other, each with its number drawn in."""
    return [number_frame(np.asarray(paint(rng, width, height)), number) for number in range(count)]


def save_video(frames, path):
    """Writes (H, W, 3) RGB frames at ten a second. Motion JPEG, or MPEG-4 in mp4."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = frames[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*_CODECS[path.suffix]), 10, (width, height))
    assert writer.isOpened(), f"no codec for {path.suffix}"
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
