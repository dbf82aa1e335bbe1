"""A recipe from YAML: every problem at once, each with its line, its key and the likely fix.

Pydantic checks types and limits as `schemas/recipe.py` states them; here its findings are put into words, and the rules that
hold between keys are added. A reference is one of four things, told apart by shape before any of them is checked.
"""

import dataclasses
import json
import os
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from skypairs.pipelines.resolve import default_name, name_taken, nearest, role_of, source_problem
from skypairs.pipelines.yaml_nodes import Document, KeyPath, Place, read_document
from skypairs.schemas.dataset import DatasetSpec
from skypairs.schemas.errors import RecipeError
from skypairs.schemas.recipe import Bands, Captions, FingerprintSource, OutputSource, Pictures, Recipe, Source
from skypairs.schemas.scores import LOCAL_MODEL, Scores
from skypairs.transforms import storage

_EXPECTED = {
    "dataclass": "keys",
    "tuple": "a list",
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
}
_LIMITS = {
    "greater_than_equal": "at least",
    "greater_than": "more than",
    "less_than_equal": "at most",
    "less_than": "less than",
}


def read_recipe(
    path: str, overrides: Sequence[str] = (), limit: int | None = None, catalog: Mapping[str, DatasetSpec] | None = None
) -> Recipe:
    """Reads a recipe. `overrides` are `key.key=value`, list entries by number (`sources.0.cap=5`), values as in YAML.

    `limit` sets the key of that name. Relative roots and fingerprint files are taken from the recipe's folder, `~` is the home
    folder. Raises RecipeError with a line a problem: `FILE:LINE: key.path: what is wrong; did you mean "nearest"?`.
    """
    return read_with_places(path, overrides, limit, catalog)[0]


def read_with_places(
    path: str, overrides: Sequence[str] = (), limit: int | None = None, catalog: Mapping[str, DatasetSpec] | None = None
) -> tuple[Recipe, dict[KeyPath, Place]]:
    """The recipe and the place of every key in it, so that what is missing on the disk can be said with its line."""
    if catalog is None:
        from skypairs.pipelines.catalog import load

        catalog = load()
    options = [(override, f"--set {override}") for override in overrides]
    if limit is not None:
        options.append((f"limit={limit}", f"--limit {limit}"))
    document = read_document(_text(path), path, options)
    recipe = None
    if isinstance(document.data, dict):
        recipe = _validated(document, document.data)
        _check_between(document, document.data, catalog)
    if document.problems or recipe is None:
        raise RecipeError("\n".join(f"{place}: {text}" for place, text in sorted(document.problems)))
    return recipe, document.places


def _text(path: str) -> str:
    try:
        return storage.read(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path}: not UTF-8 text (byte {error.start})") from None
    except FileNotFoundError:
        raise RecipeError(f"{path}: there is no such recipe (`skypairs init ROOT > recipe.yaml` writes one)") from None
    except (OSError, ValueError) as error:
        raise RecipeError(f"{path}: cannot be read: {error}") from None


def _validated(document: Document, data: dict[str, Any]) -> Recipe | None:
    recipe: Recipe | None = _parsed(Recipe, {key: value for key, value in data.items() if key != "references"}, (), document)
    references = tuple(_references(document, data["references"])) if "references" in data else ("auto",)
    if document.problems or recipe is None:
        return None
    recipe = dataclasses.replace(recipe, references=references)
    recipe = dataclasses.replace(
        recipe,
        captions=_rooted(recipe.captions, ("captions",), document),
        scores=recipe.scores and _rooted_model(recipe.scores, document),
        sources=tuple(_rooted(item, ("sources", at), document) for at, item in enumerate(recipe.sources)),
        references=tuple(_rooted(item, ("references", at), document) for at, item in enumerate(recipe.references)),
    )
    return None if document.problems else recipe


def _references(document: Document, items: object) -> list[Any]:
    """Each entry by its shape: the word auto, a file of fingerprints, an output, or a dataset."""
    if not isinstance(items, list):
        document.problem(("references",), "must be a list: [] for none, [auto] for the held-out splits beside the sources")
        return []
    found: list[Any] = []
    for at, item in enumerate(items):
        path: KeyPath = ("references", at)
        if item == "auto":
            found.append(item)
        elif isinstance(item, dict):
            kind = FingerprintSource if "fingerprints" in item else OutputSource if "output" in item else Source
            found.append(_parsed(kind, item, path, document))
        else:
            near = nearest(item, ["auto"]) if isinstance(item, str) else ""
            hint = near if "mean" in near else ""
            shapes = "auto, {dataset: ..., root: ...}, {fingerprints: FILE} or {output: FOLDER}"
            document.problem(path, f"must be {shapes}, is {_shown(item)}{hint}")
    return found


def _parsed(kind: type[Any], data: object, path: KeyPath, document: Document) -> Any:
    """Strict JSON rules: no text for a number, no number for a text, lists for tuples. None where something is wrong."""
    try:
        return TypeAdapter(kind).validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        for item in error.errors():
            if item["type"] == "too_short" and len(item["input"]) >= item["ctx"]["min_length"]:
                continue  # pydantic does not count entries that are wrong themselves, and those are said already
            loc: KeyPath = (*path, *item["loc"])
            document.problem(loc, _worded(item, kind, item["loc"]))
        return None


def _worded(item: ErrorDetails, kind: type[Any], loc: KeyPath) -> str:
    """One finding of pydantic in plain words, with the likely fix."""
    what, value, context = item["type"], item.get("input"), item.get("ctx", {})
    if what in ("unexpected_keyword_argument", "extra_forbidden"):
        return _unknown_key(str(loc[-1]), kind, loc[:-1])
    if what.startswith("missing"):
        return "missing" if isinstance(loc[-1], str) else "missing: the list is too short"
    if what == "literal_error":
        valid = str(context["expected"]).replace("'", "")
        valid = valid.replace("False", "false").replace("True", "true").replace("None", "null").removeprefix(", ")
        near = nearest(value, re.split(", | or ", valid)) if isinstance(value, str) else ""
        return f"must be {valid}, is {_shown(value)}{near if 'mean' in near else ''}"
    if what in _LIMITS:
        limit = next(iter(context.values()))
        return f"must be {_LIMITS[what]} {limit:g}, is {_shown(value)}"
    if what == "too_short":
        return f"needs at least {context['min_length']}, has {context['actual_length']}"
    if what == "too_long":
        return f"takes at most {context['max_length']}, has {context['actual_length']}"
    if what == "string_pattern_mismatch":
        return f"must be 1 to 64 letters, digits, . _ or -, the first a letter or digit, is {_shown(value)}"
    if what == "none_required":
        return f"must be null, is {_shown(value)}"
    expected = _EXPECTED.get(what.split("_")[0])
    if expected and value is None:
        return f"has no value: give it {expected}, or remove the line"
    if expected == "text" and isinstance(value, bool | int | float):
        return f"must be text, is {_shown(value)}: put it in quotes"
    return f"must be {expected}, is {_shown(value)}" if expected else f"{item['msg'].lower()}, is {_shown(value)}"


def _unknown_key(key: str, kind: type[Any], parent: KeyPath) -> str:
    """The nearest key of the same section; failing that, the section that the key belongs to."""
    sections = {name: (typing.get_args(hint) or (hint,))[0] for name, hint in _hints(kind).items()}
    section = Bands if parent[-1:] == ("bands",) else sections.get(str(parent[0]), kind) if parent else kind
    hint = nearest(key, _hints(section))
    if "mean" not in hint:
        owners = [f"{name}.{key}" for name, inner in sections.items() if key in _hints(inner)]
        hint = f'; did you mean "{owners[0]}"?' if owners and owners[0] != f"sources.{key}" else hint
    return f"there is no such key{hint}"


def _hints(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind) if dataclasses.is_dataclass(kind) else {}
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)} if hints else {}


def _check_between(document: Document, data: dict[str, Any], catalog: Mapping[str, DatasetSpec]) -> None:
    """Rules between keys, on plain data: they are checked even where other keys are wrong."""
    pictures = _section(data, "pictures")
    overlap, tile = pictures.get("overlap", Pictures().overlap), pictures.get("tile", Pictures().tile)
    if isinstance(overlap, int) and isinstance(tile, int) and overlap >= tile:
        key = "overlap" if "overlap" in pictures else "tile"
        document.problem(("pictures", key), f"overlap ({overlap}) must be less than tile ({tile})")
    match _section(data, "captions").get("centre"):
        case [int() | float() as low, int() | float() as high] if low >= high:
            document.problem(("captions", "centre"), f"the first share ({low:g}) must be less than the second ({high:g})")
    if {"keep", "above"} <= {key for key, value in _section(data, "scores").items() if value is not None}:
        document.problem(("scores", "above"), "a share (keep) or a limit (above), not both: remove one")

    seen: dict[str, KeyPath] = {}
    roles = []
    for list_name in ("sources", "references"):
        items = data.get(list_name)
        for at, item in enumerate(items if isinstance(items, list) else []):
            if not isinstance(item, dict) or not isinstance(item.get("dataset"), str):
                continue
            path: KeyPath = (list_name, at)
            text = {key: value for key in ("dataset", "split", "name") if isinstance(value := item.get(key, ""), str)}
            emitted = list_name == "sources" and role_of(item["dataset"], str(item.get("role") or ""), catalog) == "train"
            roles += [item.get("role") != "reference"] * (list_name == "sources")  # by default: known when it is resolved
            if "split" in text and (problem := source_problem(text["dataset"], text["split"], catalog)):
                document.problem((*path, problem[0]), problem[1])
            for key in ("cap", "weight"):
                if not emitted and item.get(key) is not None:
                    document.problem((*path, key), f"a reference is never emitted and has no {key}: remove the key")
            if emitted and item.get("weight") is not None and _section(data, "shards").get("group_by") != "source":
                document.problem((*path, "weight"), "shards of one source each can be weighed: set shards.group_by to source")
            if isinstance(bands := item.get("bands"), dict):
                for key, text_of in _band_problems(bands):
                    document.problem((*path, "bands", key), text_of)
            name = default_name(Source(text["dataset"], "", text.get("name", ""), text.get("split", "")))
            if name in seen:
                document.problem((*path, "name"), name_taken(name, seen[name]))
            seen.setdefault(name, path)
    if roles and not any(roles):
        document.problem(("sources",), "every source has the role reference: nothing would be emitted")


def _band_problems(bands: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong between the keys of one `bands`."""
    choose, stretch, limits = (bands.get(key) for key in ("choose", "stretch", "range"))
    if isinstance(choose, list) and len(choose) == 2:
        yield "choose", "takes one band or three, has 2"
    match bands.get("percentiles"):
        case [int() | float() as low, int() | float() as high] if low >= high:
            yield "percentiles", f"the first ({low:g}) must be less than the second ({high:g})"
    if stretch == "fixed" and not limits:
        yield "stretch", "fixed needs range: [low, high], the values that become black and white"
    if limits and stretch != "fixed":
        yield "range", "is for stretch: fixed alone"
    if isinstance(limits, list) and limits and isinstance(limits[0], list):
        bad = next((pair for pair in limits if not isinstance(pair, list) or len(pair) != 2), None)
        if bad is None and len(limits) not in (1, len(choose) if isinstance(choose, list) and choose else 3):
            yield "range", f"takes one pair, or one a band, has {len(limits)}"


def _section(data: dict[str, Any], name: str) -> dict[str, Any]:
    section = data.get(name)
    return section if isinstance(section, dict) else {}


def _rooted(item: Any, path: KeyPath, document: Document) -> Any:
    """A source, fingerprint file, output or file of captions with its path made whole."""
    key = {Source: "root", FingerprintSource: "fingerprints", OutputSource: "output", Captions: "imported"}.get(type(item), "")
    if not key:
        return item
    uri: str | None = getattr(item, key)
    return item if uri is None else dataclasses.replace(item, **{key: _whole(uri, (*path, key), document)})


def _rooted_model(scores: Scores, document: Document) -> Scores:
    """With the paths of model and weights made whole, where they are paths."""
    if scores.model.startswith(LOCAL_MODEL):
        folder = _whole(scores.folder, ("scores", "model"), document)
        scores = dataclasses.replace(scores, model=f"{LOCAL_MODEL}{folder}")
    if scores.checkpoint:
        scores = dataclasses.replace(scores, weights=_whole(scores.weights, ("scores", "weights"), document))
    return scores


def _whole(uri: str, path: KeyPath, document: Document) -> str:
    """A path as it is taken from the recipe's folder; what is wrong with it is noted."""
    if not uri:
        document.problem(path, "must not be empty")
    elif not storage.is_local(uri):
        return uri.rstrip("/")
    elif storage.is_local(document.file) or uri.startswith(("/", "~")):
        try:
            return os.path.abspath(Path(document.file).parent / Path(uri).expanduser())
        except RuntimeError as error:
            document.problem(path, f"{uri}: {error}")
    else:
        document.problem(path, f"{uri}: a recipe on an object store needs whole paths")
    return uri


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
