"""Which datasets of the catalogue lie under a folder, by their layout: for `skypairs init`."""

import re
from collections.abc import Iterator
from dataclasses import replace

from skypairs.pipelines import catalog
from skypairs.schemas.dataset import DatasetSpec
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.transforms import storage
from skypairs.transforms.readers import layout

GENERIC = ("karpathy", "coco", "voc", "masks", "folders")
"""Formats that anyone may use, tried in this order, and only where no dataset of the catalogue was found."""
_DEPTH = 2


def recognise(root: str) -> list[Source]:
    """The sources found in `root` and up to two levels of folders below it, one a split, in order of place and name.

    Held-out splits have the role `reference`. Names are given only where two sources would otherwise share one.
    """
    specs = catalog.load()
    found = list(_search(root.rstrip("/") or "/", specs, _DEPTH))
    defaults = [_default_name(source) for source in found]
    return [
        replace(source, name=_own_name(source)) if defaults.count(default) > 1 else source
        for source, default in zip(found, defaults, strict=True)
    ]


def _search(folder: str, specs: dict[str, DatasetSpec], depth: int) -> Iterator[Source]:
    """The datasets of a folder; where there is none, those of the folders in it."""
    here = list(_here(folder, specs))
    yield from here
    if here or depth == 0:
        return
    for name in storage.folders(folder):
        if not name.startswith((".", "__")):
            yield from _search(storage.join(folder, name), specs, depth - 1)


def _here(folder: str, specs: dict[str, DatasetSpec]) -> list[Source]:
    own = [source for name, spec in specs.items() if name not in GENERIC for source in _sources(folder, spec)]
    if own:
        return own
    for name in GENERIC:
        if found := _sources(folder, specs[name]):
            return found
    return []


def _sources(folder: str, spec: DatasetSpec) -> list[Source]:
    """One source a split of a dataset that is there, if any of it is annotated."""
    if spec.name == "ucm" and not re.search("ucm|merced", layout.name_of(folder), re.IGNORECASE):
        return []  # other caption sets use the same names of files
    counts = {split.name: _annotated(Source(spec.name, folder, split=split.name), spec) for split in spec.splits}
    if not any(counts.values()):
        return [Source(spec.name, folder, role=spec.default_role)] if _annotated(Source(spec.name, folder), spec) else []
    if _is_lone_held_out(folder, spec):
        return []
    return [
        Source(spec.name, folder, split=split.name, role=spec.default_role if split.role == "train" else "reference")
        for split in spec.splits
        if counts[split.name] or (counts[split.name] is not None and not split.annotated)
        if split.name != "trainval" or not counts["train"]
    ]


def _annotated(source: Source, spec: DatasetSpec) -> int | None:
    """How many annotations there are; None where the layout is another."""
    try:
        return spec.reader.look(source).annotations
    except LayoutError:
        return None


def _is_lone_held_out(folder: str, spec: DatasetSpec) -> bool:
    """Whether the folder is a val or test set by its name, with pictures where a lone training set may have them."""
    lone = any(place.holds for place in getattr(spec.reader, "places", ())) and not layout.find_folders(folder, "train", "")
    return lone and re.search(r"(?<![a-z])(val|valid|validation|test)(?![a-z])", layout.name_of(folder).lower()) is not None


def _default_name(source: Source) -> str:
    return f"{source.dataset}-{source.split}" if source.split else source.dataset


def _own_name(source: Source) -> str:
    """The default name with the folder's, as far as letters, digits, `_`, `.` and `-` go."""
    folder = re.sub(r"[^A-Za-z0-9_.-]+", "-", "-".join(source.root.split("/")[-2:])).strip("-._")
    return f"{_default_name(source)}-{folder}"[:64].rstrip("-._")
