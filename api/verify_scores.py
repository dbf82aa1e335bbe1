"""Checks of scores in the ledger: who stays is found again from the scores of all, by sorting them."""

import math
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from skypairs.api.manifest import Manifest
from skypairs.api.verify_ledger import Ledger
from skypairs.api.verify_problems import Problem
from skypairs.schemas.identity import order_hash
from skypairs.schemas.packed import LOW_SCORE

_NEED = ("kept", "duplicate", "leak", "capped")


def check_scores(ledger: Ledger, manifest: Manifest) -> Iterator[Problem]:
    """Each score is the best of its captions; of each source those of a low score are the ones that the recipe leaves out, and
    the manifest's figures are right. Crops of objects are scored and not ranked."""
    wanted = manifest.recipe.get("scores")
    columns = [ledger.column(name) for name in ("source", "reason", "region", "score", "caption_scores")]
    judged: dict[str, list[tuple[float, bytes, str, bool]]] = defaultdict(list)
    for identifier, fate, source, reason, region, score, each in zip(ledger.ids, ledger.fates, *columns, strict=True):
        low = reason == LOW_SCORE
        if (score is None) != (not each) or (each and (score != max(each) or not all(-1 <= item <= 1 for item in each))):
            yield Problem("odd score", f"ledger: {identifier} has the score {score}, its captions {each}")
        elif wanted is None and (score is not None or low):
            yield Problem("odd score", f"ledger: {identifier} is scored, which the recipe does not ask for")
        elif score is None and wanted is not None and (fate in _NEED or low):
            yield Problem("odd score", f"ledger: {identifier} is {fate} and has no score")
        elif low and fate != "filtered":
            yield Problem("odd score", f"ledger: {identifier} is {fate} for a low score")
        elif score is not None and fate != "flat" and region is None:
            judged[source].append((-score, order_hash(manifest.recipe["seed"], identifier), identifier, low))
    if wanted is not None:
        for source in sorted({*judged, *(manifest.scores or {})}):
            yield from _check_source(source, judged.get(source, []), wanted, (manifest.scores or {}).get(source, {}))


def _check_source(
    source: str, judged: list[tuple[float, bytes, str, bool]], wanted: dict[str, Any], stated: dict[str, float]
) -> Iterator[Problem]:
    ranked = sorted(judged)
    count = len(ranked)
    if wanted["keep"] is not None:
        count = math.ceil(Fraction(str(wanted["keep"])) * len(ranked))
    elif wanted["above"] is not None:
        count = sum(-score > wanted["above"] for score, *_ in ranked)
    for place, (score, _, identifier, low) in enumerate(ranked):
        if low != (place >= count):
            told = "left out" if low else "not left out"
            yield Problem("wrong score cut", f"ledger: {identifier} of {source} is {told}, at a score of {-score:.4f}")
    found: dict[str, float] = {"scored": len(ranked), "kept": count}
    if ranked:
        found["median"] = -ranked[len(ranked) // 2][0]
    for what, value in found.items():
        if stated.get(what) != value:
            yield Problem(
                "wrong scores", f"manifest.json: {source}: {what} is {stated.get(what)} of scores, {value} in the ledger"
            )
    if ranked and count and not stated.get("least", 2.0) <= -ranked[count - 1][0]:
        yield Problem("wrong scores", f"manifest.json: {source}: a picture stays that scores less than {stated.get('least')}")
