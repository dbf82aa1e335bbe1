"""EXIF: pixels, boxes and masks turn together, and what an annotation states of sizes decides which pixels it means."""

import numpy as np
import pytest

from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.geometry import Rect
from skypairs.schemas.records import Annotation, Box
from skypairs.transforms.images import Header
from skypairs.transforms.pictures.turns import turn_array, turn_box
from skypairs.transforms.prepare_scene import upright_annotation

STORED = 30, 20


def box(x0: float, y0: float, x1: float, y1: float) -> Box:
    return Box("a", "a", x0, y0, x1, y1, polygon=(x0, y0, x1, y0, x1, y1))


def header(turn: int) -> Header:
    return Header("jpg", *(STORED[::-1] if turn >= 5 else STORED), False, turn=turn)


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_box_follows_its_pixels(turn: int) -> None:
    picture = np.zeros((20, 30), np.uint8)
    picture[4:9, 11:25] = 1
    rows, columns = np.nonzero(turn_array(picture, turn))
    found = turn_box(box(11, 4, 25, 9), turn, *STORED)
    assert found.rect == Rect(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert set(found.polygon[0::2]) == {found.x0, found.x1}
    assert set(found.polygon[1::2]) == {found.y0, found.y1}


@pytest.mark.parametrize("turn", range(1, 9))
def test_boxes_mean_the_picture_as_it_is_shown(turn: int) -> None:
    shown = (20, 30) if turn >= 5 else STORED
    for size in (None, shown):
        annotation = Annotation(boxes=(box(1, 2, 3, 4),), size=size)
        assert upright_annotation(annotation, header(turn)) == annotation


@pytest.mark.parametrize("turn", range(5, 9))
def test_boxes_of_the_stored_size_turn_with_the_picture(turn: int) -> None:
    found = upright_annotation(Annotation(boxes=(box(1, 2, 3, 4),), size=STORED), header(turn))
    assert found.size == (20, 30)
    assert found.boxes == (turn_box(box(1, 2, 3, 4), turn, *STORED),)


@pytest.mark.parametrize("turn", [1, 3, 6])
def test_another_size_is_a_fault(turn: int) -> None:
    with pytest.raises(AnnotationError, match="annotation of another size"):
        upright_annotation(Annotation(size=(31, 20)), header(turn))
