"""Figures of scores from the ledger of an output that was extended: a median of two builds cannot be had from those of each."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow.compute as pc

from skypairs.schemas import arrow
from skypairs.schemas.scores import STEPS, Scores
from skypairs.transforms.scores.ranks import count_steps, cut_of
from skypairs.transforms.sinks.read_tables import read_folder

_COLUMNS = ["source", "fate", "region", "score"]


def ledger_figures(out: str, manifest: Mapping[str, Any], scores: Scores) -> dict[str, dict[str, float]]:
    """By source, as the manifest has them, of the pictures that were ranked or held against the limit."""
    table = read_folder(out, manifest, "ledger", arrow.LEDGER, _COLUMNS)
    judged = pc.and_(pc.is_valid(table["score"]), pc.and_(pc.is_null(table["region"]), pc.not_equal(table["fate"], "flat")))
    table = table.filter(judged)
    found = {}
    for source in sorted(set(table["source"].to_pylist())):
        best = np.rint(table.filter(pc.equal(table["source"], source))["score"].to_numpy() * STEPS).astype(np.int16)
        found[source] = cut_of(count_steps(best), scores)[1].plain()
    return found
