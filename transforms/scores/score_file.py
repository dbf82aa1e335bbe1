"""The scores of a part as an Arrow file in staging, row by row beside its records."""

import io
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from skypairs.schemas.scores import Scores
from skypairs.transforms import parts
from skypairs.transforms.parts import PartRef
from skypairs.transforms.records_file import read_table

SCORES = pa.schema([("steps", pa.list_(pa.int16()))])
"""Of each caption of the picture's card, up to `per_picture`, the score in steps. Null: there is no card."""


def encode_scores(rows: Iterable[Sequence[int] | None]) -> bytes:
    """The file of these rows."""
    out = io.BytesIO()
    with pa.ipc.new_file(out, SCORES) as writer:
        writer.write_table(pa.table({"steps": pa.array(rows, SCORES.field("steps").type)}))
    return out.getvalue()


def read_scores(part: PartRef, scores: Scores, staging: str) -> list[list[int] | None]:
    """The rows of a part."""
    rows: list[list[int] | None] = read_table(parts.scores_uri(staging, part.cards, scores))["steps"].to_pylist()
    return rows


def best_steps(part: PartRef, scores: Scores, staging: str, rows: Iterable[int]) -> npt.NDArray[np.int16]:
    """The best score of each of these rows of a part, all of which have a card."""
    found = read_scores(part, scores, staging)
    return np.array([max(found[row] or ()) for row in rows], np.int16)
