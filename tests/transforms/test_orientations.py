import numpy as np
import pytest

from skypairs.transforms.orientations import ORIENTATIONS, turn


@pytest.mark.parametrize(
    ("g", "expected"),
    [
        (0, [[1, 2, 3], [4, 5, 6]]),
        (1, [[3, 2, 1], [6, 5, 4]]),  # mirrored left to right
        (2, [[4, 5, 6], [1, 2, 3]]),  # top to bottom
        (3, [[6, 5, 4], [3, 2, 1]]),  # half turn
        (4, [[1, 4], [2, 5], [3, 6]]),  # transposed
        (5, [[4, 1], [5, 2], [6, 3]]),  # clockwise
        (6, [[3, 6], [2, 5], [1, 4]]),  # anticlockwise
        (7, [[6, 3], [5, 2], [4, 1]]),  # about the other diagonal
    ],
)
def test_the_table(g: int, expected: list[list[int]]) -> None:
    array = np.array([[1, 2, 3], [4, 5, 6]])
    assert turn(array, g).tolist() == expected
    assert np.array_equal(turn(np.dstack([array, -array]), g)[:, :, 1], -np.array(expected))


def test_quarter_turns_are_those_of_numpy() -> None:
    array = np.arange(12).reshape(3, 4)
    assert np.array_equal(turn(array, 5), np.rot90(array, -1))
    assert np.array_equal(turn(array, 6), np.rot90(array))


@pytest.mark.parametrize("g", [-1, ORIENTATIONS])
def test_there_are_eight(g: int) -> None:
    with pytest.raises(ValueError, match="0 to 7"):
        turn(np.zeros((2, 2)), g)
