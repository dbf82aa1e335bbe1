"""A finished output that is being extended: what it holds, which recipes may follow it, and the manifest of both together."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skypairs.schemas import arrow
from skypairs.schemas.dataset import Input
from skypairs.schemas.files import WrittenFile
from skypairs.schemas.recipe import Recipe
from skypairs.schemas.recipe_identity import canonical
from skypairs.schemas.records import Scene
from skypairs.transforms import storage
from skypairs.transforms.sinks.read_tables import each_table

ADDED = ("sources", "references")
"""Keys of a recipe to which an extension may add."""
FREE = ("max_failed", "allow_unread_references", "grown")
"""Keys that decide whether a build goes on, and nothing of what it makes. `dedup.max_pairs` is another; `grown` only counts."""
_TOOK_PART = ("kept", "duplicate", "leak")
_SCENES = pa.schema([arrow.LEDGER.field(name) for name in ("id", "source", "parent")])


@dataclass(frozen=True)
class PreviousOutput:
    """What an extension knows of the output before it."""

    out: str
    text: str
    """Its manifest."""

    @cached_property
    def manifest(self) -> dict[str, Any]:
        plain: dict[str, Any] = json.loads(self.text)
        return plain

    @cached_property
    def files(self) -> tuple[WrittenFile, ...]:
        """Its files, but for the lists of shards that are written anew."""
        listed = (WrittenFile(**file) for file in self.manifest["files"])
        return tuple(file for file in listed if not file.path.endswith(("/sizes.json", "/wids.json")))

    @property
    def references(self) -> tuple[str, ...]:
        """Uris of the fingerprints of its references."""
        return tuple(storage.join(self.out, file.path) for file in self.files if file.path.startswith("references/"))

    def problems(self, recipe: Recipe) -> list[str]:
        """Why a recipe cannot follow: the keys that differ and may not, by name. Empty: it can."""
        old, new = self.manifest["recipe"], json.loads(json.dumps(canonical(recipe)))
        found = [f"{key} must stay as it was" for key in _differing(old, new) if key not in (*ADDED, *FREE, "dedup.max_pairs")]
        for key in ADDED:
            found += [f"{key}: {_named(item)} is not there any more, or differs" for item in old[key] if item not in new[key]]
        if not found and new["sources"][: len(old["sources"])] != old["sources"]:
            found.append("sources: new ones must follow the old ones, in their order")
        return found

    def is_new(self, reference: dict[str, Any]) -> bool:
        """Whether a reference, as the canonical recipe states it, was not compared with before."""
        return reference not in self.manifest["recipe"]["references"]

    def with_room(self, recipe: Recipe) -> Recipe:
        """The recipe with each cap less the pictures that the old output holds or has compared of the source."""
        funnel = self.manifest["funnel"]

        def room(name: str, cap: int | None) -> int | None:
            return None if cap is None else max(0, cap - sum(funnel.get(name, {}).get(fate, 0) for fate in _TOOK_PART))

        return replace(recipe, sources=tuple(replace(item, cap=room(item.name, item.cap)) for item in recipe.sources))

    def scenes_of(self, source: str) -> set[str]:
        """Ids of the scenes of a source that have a row in its ledger."""
        found: set[str] = set()
        for table in each_table(self.out, self.manifest, "ledger", _SCENES):
            chosen = pc.and_(pc.equal(table["source"], source), pc.is_null(table["parent"]))
            found.update(table.filter(chosen)["id"].to_pylist())
        return found

    def only_new(self, source: Input, scenes: list[Scene]) -> list[Scene]:
        """The scenes that the old output does not know. References are taken whole."""
        known = set[str]() if source.reference else self.scenes_of(source.source.name)
        return [scene for scene in scenes if scene.id not in known]

    def only_known(self, source: Input, scenes: list[Scene]) -> list[Scene]:
        """The scenes that it does know."""
        known = self.scenes_of(source.source.name)
        return [scene for scene in scenes if scene.id in known]


Take = Callable[[Input, list[Scene]], list[Scene]]


def extended_manifest(previous: PreviousOutput, new: dict[str, Any]) -> dict[str, Any]:
    """The manifest of old and new, builds before under `earlier`. `new`: counts of the new pictures alone, files of both."""
    old = previous.manifest
    before = {source["name"]: source for source in old["sources"]}
    shards = [file.path for file in previous.files if file.path.endswith(".tar")]
    named = [path for build in old.get("earlier", ()) for path in build["shards"]]
    build = {key: old[key] for key in ("digest", "recipe", "skypairs", "versions")}
    build["shards"] = [path for path in shards if path not in named]
    funnel = {
        name: {what: counts[what] + old["funnel"].get(name, {}).get(what, 0) for what in counts}
        for name, counts in new["funnel"].items()
    }
    references = {what: old["references"][what] + new["references"][what] for what in ("listed", "hashed", "pictures")}
    return new | {
        "sources": [_both(before.get(source["name"], {}), source) for source in new["sources"]],
        "funnel": funnel,
        "references": references | {"unread": sorted([*old["references"]["unread"], *new["references"]["unread"]])},
        "samples": {split: count + old["samples"].get(split, 0) for split, count in new["samples"].items()},
        "imported": _imported(old.get("imported"), new["imported"]),
        "earlier": [*old.get("earlier", ()), build],
    }


def _imported(old: dict[str, int] | None, new: dict[str, int] | None) -> dict[str, int] | None:
    """What became of one file of captions in both: what is unknown to one may be known to the other."""
    if old is None or new is None:
        return new
    both = {what: old[what] + new[what] for what in ("false", "taken")}
    return {"lines": new["lines"], "unknown": old["unknown"] + new["unknown"] - new["lines"]} | both


def _both(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """A source with the words and classes of its old pictures and its new ones."""
    words = dict(sorted((old.get("words", {}) | new["words"]).items()))
    return new | {"words": words, "scenes": sorted({*old.get("scenes", ()), *new["scenes"]})}


def _differing(old: dict[str, Any], new: dict[str, Any], prefix: str = "") -> list[str]:
    """Dotted keys whose values differ; those of one side only among them."""
    found: list[str] = []
    for key in sorted(old.keys() | new.keys()):
        one, other = old.get(key), new.get(key)
        if isinstance(one, dict) and isinstance(other, dict):
            found += _differing(one, other, f"{prefix}{key}.")
        elif one != other or (key in old) != (key in new):
            found.append(f"{prefix}{key}")
    return found


def _named(item: Any) -> str:
    return str(item if isinstance(item, str) else item.get("name") or item.get("fingerprints") or item.get("output"))
