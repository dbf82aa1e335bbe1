"""Which datasets of the catalogue lie under a folder, by their layout: for `init`, and for hints where a root is wrong."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from skypairs.pipelines import catalog
from skypairs.schemas.dataset import DatasetSpec
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.transforms import storage
from skypairs.transforms.readers import layout
from skypairs.transforms.readers.files import PICTURES

GENERIC = ("karpathy", "coco", "voc", "yolo", "instance-masks", "masks", "geojson", "captions", "webdataset")
"""Formats that anyone may use, tried in this order, and only where no dataset of the catalogue was found."""
LOOSE = ("folders",)
"""What nearly any folder of folders is: tried only where nothing else was found in it, above it or below it."""
_TOLD_BY_NAME = {
    "deepglobe-landcover": "land",
    "deepglobe-road": "road",
    "massachusetts-buildings": "building",
    "massachusetts-roads": "road",
    "sydney": "sydney",
    "ucm": "ucm|merced",
    "udd5": "udd",
    "vdd": "vdd",
    "whu-aerial": "whu|aerial",
}
"""What the name of a folder must hold where several datasets have one layout."""
_TOLD_BY_PATH = {"carpk": "carpk", "hrrsd": "hrrsd|opt2017", "pucpr": "pucpr"}
"""What the path of a folder, or the name of one in it, must hold where the inner layout of a dataset is like many others'."""
DEPTH = 4
MOST_FOLDERS = 2000
"""So many folders are looked into at most, those nearest to the root first."""


def recognise(root: str, depth: int = DEPTH) -> list[Source]:
    """The sources found in `root` and up to `depth` levels of folders below it, one a split, in order of place and name.

    Nothing is looked for inside a dataset. Held-out splits have the role `reference`. Names are given only where two sources
    would otherwise share one.
    """
    found = datasets_in(root, catalog.load(), depth)
    defaults = [_default_name(source) for source in found]
    return [
        replace(source, name=_own_name(source)) if defaults.count(default) > 1 else source
        for source, default in zip(found, defaults, strict=True)
    ]


def datasets_in(root: str, specs: Mapping[str, DatasetSpec], depth: int) -> list[Source]:
    """`recognise` without names, among the datasets given.

    It goes level by level, so that a crowded folder hides nothing that lies nearer to the root.
    """
    root = root.rstrip("/") or "/"
    with storage.listed_once(root):
        return _datasets_in(root, specs, depth)


def _datasets_in(root: str, specs: Mapping[str, DatasetSpec], depth: int) -> list[Source]:
    found: list[Source] = []
    empty: list[str] = []
    level = [root]
    for left in range(depth, -1, -1):
        below: list[str] = []
        for folder in level[: MOST_FOLDERS - len(empty)]:
            names = storage.folders(folder)
            if here := _here(folder, names, specs):
                found += here
                continue
            empty.append(folder)
            if left:
                below += [storage.join(folder, name) for name in names if not name.startswith((".", "__"))]
        level = below
    for folder in empty:  # no dataset itself; nearest to the root first
        if not any(_within(source.root, folder) or _within(folder, source.root) for source in found):
            found += _loose(folder, specs)
    return sorted(found, key=lambda source: source.root.split("/"))


def _within(place: str, folder: str) -> bool:
    return f"{place}/".startswith(f"{folder.rstrip('/')}/")


def _here(folder: str, names: list[str], specs: Mapping[str, DatasetSpec]) -> list[Source]:
    """The datasets that a folder holds directly; `names`: the folders in it."""
    there = {name.casefold() for name in names}
    likely = {name: spec for name, spec in specs.items() if _may_hold(there, spec)}
    claims = {name: _sources(folder, spec) for name, spec in likely.items() if name not in (*GENERIC, *LOOSE)}
    if own := [source for name in _rivals_settled(folder, claims, specs) for source in claims[name]]:
        return own
    for name in GENERIC:
        if name in likely and (found := _sources(folder, likely[name])):
            return found
    return []


def _may_hold(there: set[str], spec: DatasetSpec) -> bool:
    """Whether a folder that holds these folders may hold the dataset, by the first step of its layouts."""
    firsts = [place.pictures.split("/")[0] for place in getattr(spec.reader, "places", ())] or ["."]
    splits = [split.name for split in spec.splits] or [""]
    return any(
        first in ("", ".", "*") or any(first.replace("{split}", split).casefold() in there for split in splits)
        for first in firsts
    )


def versions_beside(source: Source, specs: Mapping[str, DatasetSpec]) -> list[Source]:
    """The same split of other versions of a dataset in its root (DOTA v1.5 beside v2.0, both kinds of boxes of DIOR)."""
    spec = specs[source.dataset]
    others = [other for name, other in specs.items() if name != source.dataset and _versions(spec, other)]
    named = (replace(source, dataset=other.name, name="") for other in others if not source.split or _has_split(other, source))
    return [item for item in named if _annotated(item, specs[item.dataset])]


def _has_split(spec: DatasetSpec, source: Source) -> bool:
    return any(split.name == source.split for split in spec.splits)


def _rivals_settled(folder: str, claims: dict[str, list[Source]], specs: Mapping[str, DatasetSpec]) -> list[str]:
    """Datasets that are really there, in order of name, where several have the layout of a folder.

    Two are rivals if they read the same annotations, or if they are versions of one (DOTA v1.0 and v1.5, two kinds of boxes of
    DIOR). The one that the folder's name speaks of is taken, else of versions the one with more annotations, else the one with
    fewer layouts, else the first by name. `versions_beside` finds the others.
    """
    names = [name for name, sources in claims.items() if sources]
    if len(names) < 2:
        return names
    read = {name: _evidence(claims[name], specs[name]) for name in names}
    many = {name: sum(_annotated(source, specs[name]) or 0 for source in claims[name]) for name in names}

    def rank(name: str) -> tuple[int | str, ...]:
        places = len(getattr(specs[name].reader, "places", ()))
        return -_named_by(folder, name), -many[name] if specs[name].family else 0, places, len(name), name

    kept: list[str] = []
    for name in sorted(names, key=rank):
        if not any(read[name] & read[other] or _versions(specs[name], specs[other]) for other in kept):
            kept.append(name)
    return sorted(kept)


def _evidence(sources: Iterable[Source], spec: DatasetSpec) -> set[str]:
    """The annotation files of the first annotated scene of each source, or its picture where one file holds them all."""
    found: set[str] = set()
    for source in sources:
        scene = next((scene for scene in spec.reader.scenes(source, spec.name) if scene.annotated and not scene.problem), None)
        if scene and scene.picture:
            found |= {file.uri for file in scene.annotations} or {scene.picture.uri}
    return found


def _versions(one: DatasetSpec, other: DatasetSpec) -> bool:
    return bool(one.family) and one.family == other.family and type(one.reader) is type(other.reader)


def _named_by(folder: str, name: str) -> int:
    """How many letters of a dataset's name stand in the names of a folder and of the one above it."""
    where = re.sub(r"[^a-z0-9]", "", "".join(folder.casefold().split("/")[-2:]))
    return sum(len(word) for word in name.split("-") if word in where)


def _loose(folder: str, specs: Mapping[str, DatasetSpec]) -> list[Source]:
    """Class folders of any names, where at least two folders of a place hold pictures."""
    for name in LOOSE:
        spec = specs.get(name)
        places = getattr(spec.reader, "places", ()) if spec else ()
        splits = [split.name for split in spec.splits] if spec else []
        for place in places:
            for split in splits if place.by_split else [""]:
                if spec and any(_holds_classes(spot.uri) for spot in layout.find_folders(folder, place.pictures, split)):
                    return _sources(folder, spec)
    return []


def _holds_classes(folder: str) -> bool:
    names = storage.folders(folder)[:8]
    return sum(any(file.uri.lower().endswith(PICTURES) for file in storage.files(f"{folder}/{name}")) for name in names) > 1


def _sources(folder: str, spec: DatasetSpec) -> list[Source]:
    """One source a split of a dataset that is there, if any of it is annotated."""
    if not _is_told(folder, spec):
        return []
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


def _is_told(folder: str, spec: DatasetSpec) -> bool:
    """Whether names speak for a dataset whose layout alone does not."""
    by_name, by_path = _TOLD_BY_NAME.get(spec.name, ""), _TOLD_BY_PATH.get(spec.name, "")
    if by_path:
        names = "/".join([*folder.split("/")[-3:], *storage.folders(folder)])
        return re.search(by_path, names, re.IGNORECASE) is not None
    return re.search(by_name, layout.name_of(folder), re.IGNORECASE) is not None


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
