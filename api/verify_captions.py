"""Checks of captions: every one that a rule wrote is parsed back and held against the boxes of its own sample; and of all
together, that no text is shared by more pictures than the recipe allows."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skypairs.api.manifest import Manifest, RecipeView
from skypairs.api.verify_problems import Problem
from skypairs.schemas.arrow import CAPTIONS
from skypairs.schemas.errors import OutputError
from skypairs.transforms.sinks.read_tables import each_table
from skypairs.transforms.truth.evaluate import check_sentences, evaluate, parse
from skypairs.transforms.truth.facts import Facts
from skypairs.transforms.truth.picture import lexicon_of, picture_of


class Captions:
    """The checker, with the words of every source."""

    def __init__(self, manifest: Manifest, recipe: RecipeView) -> None:
        self._words = {source.name: (tuple(sorted(source.words.items())), source.scenes) for source in manifest.sources}
        self._centre = recipe.captions.centre

    def check(self, place: str, card: dict[str, Any]) -> Iterator[Problem]:
        """`card` is a sample's json. Whether its captions are those of the ledger, and their form, are the business of
        other checks."""
        try:
            texts = [str(card[f"caption_{index}"]) for index in by_rules(card)]
            others = [str(card[f"caption_{at}"]) for at, about in enumerate(card["captions"]) if about.get("checked") == "true"]
            picture = picture_of(card, *self._words.get(card["source"], ((), ())), self._centre)
        except (KeyError, TypeError, ValueError) as error:
            yield Problem("unchecked captions", f"{place}: its json does not hold what captions are checked by: {error!r}")
            return
        facts, words = Facts(picture), lexicon_of(picture)
        for text in texts:
            truth = evaluate(parse(text, words), facts)
            if truth.verdict == "not read":
                yield Problem("unread caption", f"{place}: {text!r} is no sentence that a rule writes, or names another class")
            elif not truth:
                yield Problem("false caption", f"{place}: {text!r} is false: {truth.claim}, but {truth.why}")
        for name in sorted(name for name in card if name.startswith("negative_")):
            if (verdict := evaluate(parse(str(card[name]), words), facts).verdict) != "false":
                yield Problem("wrong negative", f"{place}: {name}, {card[name]!r}, should be false and is {verdict}")
        for text in others:
            if (truth := check_sentences(text, picture)).verdict == "false":
                yield Problem("false caption", f"{place}: {text!r} is stated to be true: {truth.claim}, but {truth.why}")


def by_rules(card: dict[str, Any]) -> list[int]:
    """Numbers of the captions that rules wrote."""
    return [index for index, about in enumerate(card["captions"]) if about["kind"] == "rule"]


def check_shared(out: str, plain: dict[str, Any], limit: int | None) -> Iterator[Problem]:
    """No text by rule stands with more than `limit` pictures. `plain`: the manifest. Tables are read one after the other."""
    if limit is None:
        return
    times: Counter[str] = Counter()
    try:
        for table in each_table(out, plain, "captions", pa.schema([CAPTIONS.field(name) for name in ("caption", "kind")])):
            found = pc.value_counts(table.filter(pc.equal(table["kind"], "rule"))["caption"])
            times.update({entry["values"].as_py(): entry["counts"].as_py() for entry in found})
    except OutputError as error:
        yield Problem("unreadable table", str(error))
    for text, count in times.most_common():
        if count <= limit:
            break
        yield Problem("shared caption", f"captions/: {count} pictures share {text!r}, captions.max_same is {limit}")
