"""What a recipe is called: its canonical form, its digest, and the policy that its fingerprints stand for."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from skypairs.schemas.identity import stable_hash
from skypairs.schemas.recipe import Recipe


def canonical(recipe: Recipe) -> dict[str, Any]:
    """The recipe as plain data for manifest and digest. Where the data lie is not part of it: the same pictures under
    another folder make the same output."""
    plain: dict[str, Any] = dataclasses.asdict(recipe)
    if not recipe.grown:
        del plain["grown"]
    if recipe.scores is None:
        del plain["scores"]
    else:
        plain["scores"] = recipe.scores.plain()
    for source in plain["sources"]:
        del source["root"]
    if recipe.captions.imported:
        plain["captions"]["imported"] = recipe.captions.imported.rpartition("/")[2]
    for reference in plain["references"]:
        if isinstance(reference, dict):
            reference.pop("root", None)
            for place in {"fingerprints", "output"} & reference.keys():
                reference[place] = reference[place].rstrip("/").rpartition("/")[2]
    return plain


def grown_as(recipe: Recipe, manifest: Mapping[str, Any]) -> Recipe:
    """The recipe with the count of a manifest, so that their digests can be compared."""
    return dataclasses.replace(recipe, grown=manifest["recipe"].get("grown", 0))


def recipe_digest(recipe: Recipe) -> str:
    """32 hex digits that name the recipe; the first six are part of every shard's name."""
    return stable_hash("recipe", json.dumps(canonical(recipe), sort_keys=True)).hex()


def picture_policy(recipe: Recipe) -> str:
    """How pictures were made before they were hashed, as canonical JSON: fingerprints compare only under one policy."""
    return policy_of(recipe.dedup.hash, dataclasses.asdict(recipe.pictures))


def policy_of(hash_name: str, pictures: Mapping[str, Any]) -> str:
    """The policy by the name of the hash and the recipe's `pictures`. Which pictures were made is no part of it."""
    how = {name: value for name, value in pictures.items() if name not in ("max_tiles", "empty")}
    return json.dumps({"hash": hash_name, **how}, sort_keys=True)
