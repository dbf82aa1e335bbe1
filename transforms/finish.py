"""The end of a build: counts compared, then sizes.json and wids.json, dataset card, report and, last of all, the manifest.

Every file here depends on the finished output alone and may be written twice: the same bytes appear again.
"""

import importlib.metadata
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from skypairs.schemas.dataset import Input
from skypairs.schemas.files import WrittenFile, WrittenShard
from skypairs.schemas.packed import FATES
from skypairs.schemas.recipe import Recipe
from skypairs.schemas.recipe_identity import canonical, recipe_digest
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms import storage
from skypairs.transforms.captions.human import DROPPED
from skypairs.transforms.hashing import sha256
from skypairs.transforms.imported import import_file
from skypairs.transforms.previous_output import PreviousOutput, extended_manifest
from skypairs.transforms.report import dataset_card, render
from skypairs.transforms.scores.ledger_figures import ledger_figures
from skypairs.transforms.scores.ranks import Figures
from skypairs.transforms.shard_names import shard_index, split_sizes
from skypairs.transforms.truth.sampled import caption_figures

LIBRARIES = (
    "skypairs",
    "apache-beam",
    "imagecodecs",
    "ImageHash",
    "numpy",
    "opencv-python-headless",
    "pillow",
    "pyarrow",
    "pycocotools",
    "scipy",
    "shapely",
    "simplejpeg",
    "tifffile",
)
"""What can change a byte of the output."""
SCORING = ("open_clip_torch", "torch", "torchvision")
"""The same, where captions are scored."""
FOLDERS = ("train", "val", "ledger", "duplicates", "references", "captions", "tsv", "report")


@dataclass(frozen=True, slots=True)
class Totals:
    """What the manifest says besides counts."""

    recipe: Recipe
    inputs: tuple[Input, ...]
    previous: PreviousOutput | None = None
    """The output that is extended."""


def finish(
    out: str,
    totals: Totals,
    shards: Iterable[WrittenShard],
    tables: Iterable[WrittenFile],
    counts: Mapping[tuple[str, ...], int],
    unread: Iterable[tuple[str, str]],
) -> dict[str, Any]:
    """Writes what is left to write and returns the manifest. AssertionError where the accounts differ."""
    shards = sorted(shards, key=lambda shard: shard.file.path)
    compare_accounts(counts, [item.source.name for item in totals.inputs if not item.reference])
    files = [shard.file for shard in shards] + list(tables)
    plain = manifest_of(totals, sorted(files, key=lambda file: file.path), counts, sorted(unread))
    if totals.previous is not None:
        files += totals.previous.files
    files.sort(key=lambda file: file.path)
    for split, sizes in split_sizes(files).items():
        files.append(_write(out, f"{split}/sizes.json", json.dumps(sizes, indent=0) + "\n", len(sizes)))
        files.append(_write(out, f"{split}/wids.json", json.dumps(shard_index(split, files), indent=0) + "\n", len(sizes)))
    files.sort(key=lambda file: file.path)
    _sweep(out, {file.path for file in files})
    plain |= {"files": [file_entry(file) for file in files]}
    if totals.previous is not None:
        plain = extended_manifest(totals.previous, plain)
        if totals.recipe.scores is not None:
            plain["scores"] = ledger_figures(out, plain, totals.recipe.scores)
    plain["captions"] = caption_figures(out, plain).plain()
    text = json.dumps(plain, indent=1) + "\n"
    manifest: dict[str, Any] = json.loads(text)  # as `skypairs report` will find it
    _write(out, "README.md", dataset_card(manifest), 0)
    _write(out, "report.html", render(out, manifest), 0)
    _write(out, "manifest.json", text, 0)
    return manifest


def compare_accounts(counts: Mapping[tuple[str, ...], int], sources: Iterable[str]) -> None:
    """The ledger against what was counted where it happened: scenes listed, failures, captions by people, decisions, samples
    written."""
    names = list(sources)
    for name in names:
        taken = {what: counts.get(("taken", name, what), 0) for what in ("scenes", "failed", "human")}
        ledger = {what: counts.get(("ledger", name, what), 0) for what in ("scenes", "failed", "human")}
        assert taken == ledger, f"{name}: {taken} on the way, {ledger} in the ledger"
        written, owed = counts.get(("written", name), 0), counts.get(("ledger", name, "samples"), 0)
        assert written == owed, f"{name}: {written} samples written, {owed} in the ledger"
    for fate in ("duplicate", "leak", "capped", "flat", "filtered"):
        decided, told = counts.get(("decided", fate), 0), "left out" if fate == "filtered" else fate
        ledger_fate = sum(counts.get(("ledger", name, told), 0) for name in names)
        assert decided == ledger_fate, f"{decided} decided to be {fate}, {ledger_fate} in the ledger"


def manifest_of(
    totals: Totals,
    files: list[WrittenFile],
    counts: Mapping[tuple[str, ...], int],
    unread: list[tuple[str, str]],
) -> dict[str, Any]:
    """The manifest, which defines the dataset: what is not in `files` is not part of it."""
    recipe = totals.recipe
    sources = [item for item in totals.inputs if not item.reference]
    columns = ("scenes", "tiles", "regions", *(fate for fate in FATES if fate != "kept"), "kept", "captions", "short")
    columns += tuple(f"{reason}_captions" for reason in DROPPED)
    splits = {
        name: [file for file in files if file.path.startswith(f"{name}/") and file.path.endswith(".tar")]
        for name in ("train", "val")
    }
    reference = {what: _sum(counts, "reference", what) for what in ("scenes", "hashed")}
    published = sum(file.rows for file in files if file.path.startswith("references/published-"))
    return {
        "skypairs": importlib.metadata.version("skypairs"),
        "name": recipe.name,
        "digest": recipe_digest(recipe),
        "recipe": canonical(recipe),
        "versions": {name: importlib.metadata.version(name) for name in (*LIBRARIES, *(SCORING if recipe.scores else ()))},
        "sources": [
            {
                "name": item.source.name,
                "dataset": item.spec.name,
                "licence": item.licence,
                "redistributable": item.spec.redistributable,
                "weight": item.source.weight,
                "words": words_of(item, (key[2] for key in counts if key[:2] == ("native", item.source.name))),
                "scenes": sorted(key[2] for key in counts if key[:2] == ("scene", item.source.name)),
            }
            for item in sources
        ],
        "funnel": {
            item.source.name: {what: counts.get(("ledger", item.source.name, what), 0) for what in columns} for item in sources
        },
        "references": {
            "listed": reference["scenes"] + published,
            "hashed": reference["scenes"] - len(unread) + published,
            "pictures": reference["hashed"] + published,
            "unread": [list(item) for item in unread],
        },
        "samples": {name: sum(file.rows for file in shards) for name, shards in splits.items()},
        "max_same": {key[1]: count for key, count in sorted(counts.items()) if key[0] == "max_same"} or None,
        "imported": imported_counts(recipe, counts),
        "scores": score_figures(counts) if recipe.scores else None,
        "files": [file_entry(file) for file in files],
    }


def imported_counts(recipe: Recipe, counts: Mapping[tuple[str, ...], int]) -> dict[str, int] | None:
    """What became of the captions of the imported file, before duplicates were dropped; None where there is none."""
    if not recipe.captions.imported:
        return None
    lines = import_file(recipe.captions.imported, recipe.captions.imported_sha256).captions
    found = {what: counts.get(("imported", what), 0) for what in ("found", "false", "taken")}
    return {"lines": lines, "unknown": lines - found["found"], "false": found["false"], "taken": found["taken"]}


def score_figures(counts: Mapping[tuple[str, ...], int]) -> dict[str, dict[str, float]]:
    """By source: pictures `scored` and `kept` after that, their `median` score and the `least` that was asked for."""
    found: dict[str, dict[str, int]] = {}
    for (kind, source, *what), number in sorted(counts.items()):
        if kind == "scores":
            found.setdefault(source, {})[what[0]] = number
    return {source: Figures(**figures).plain() for source, figures in found.items()}


def words_of(item: Input, natives: Iterable[str]) -> dict[str, str]:
    """Singular -> plural of the classes of a source's boxes, as captions say them, by name."""
    vocabulary = Vocabulary(item.spec.classes)
    found = {vocabulary[native].singular: vocabulary[native].plural for native in sorted(natives)}
    return {one: found[one] for one in sorted(found) if one}


def file_entry(file: WrittenFile) -> dict[str, Any]:
    """A file as the manifest lists it."""
    return {"path": file.path, "bytes": file.bytes, "sha256": file.sha256, "rows": file.rows}


def _sum(counts: Mapping[tuple[str, ...], int], kind: str, what: str) -> int:
    return sum(count for key, count in counts.items() if key[0] == kind and key[-1] == what)


def _write(out: str, path: str, text: str, rows: int) -> WrittenFile:
    data = text.encode()
    storage.publish_bytes(data, storage.join(out, path))
    return WrittenFile(path, len(data), sha256(data).hex(), rows)


def _sweep(out: str, known: set[str]) -> None:
    """Removes what an interrupted build with other data left behind."""
    for folder in FOLDERS:
        for file in storage.list_files(storage.join(out, folder)):
            if storage.relative(file.uri, out) not in known:
                storage.delete(file.uri)
