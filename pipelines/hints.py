"""Why a root is not what a recipe says, and the likely fix: one folder too deep or shallow, still packed, another dataset."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from skypairs.pipelines.catalog.recognise import datasets_in
from skypairs.schemas.dataset import DatasetSpec
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.transforms import storage
from skypairs.transforms.readers.layout import name_of

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".rar", ".7z", ".gz", ".001")
_BELOW = 2
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Around:
    """What lies at a root, in it and beside it."""

    exists: bool
    folders: tuple[str, ...] = ()
    """Names of the folders in it."""
    files: tuple[str, ...] = ()
    """Names of the files in it."""
    beside: tuple[str, ...] = ()
    """Names of the folders beside it."""
    archives: tuple[str, ...] = ()
    """Paths of packed files in it and beside it."""
    here: tuple[Source, ...] = ()
    """Datasets recognised in the root itself."""
    above: tuple[Source, ...] = ()
    """In the two folders above it, nearest first, unless the split that is wanted was recognised in the root."""
    below: tuple[Source, ...] = ()
    """In folders up to two levels below it, where there is none in it."""


def hints(source: Source, around: Around) -> list[str]:
    """Sentences on what is there instead and what to do, the likeliest fix first. A pure function of what was seen."""
    lines = [f"found there: {_found(around)}"] if around.exists else []
    own = [item for item in around.here if item.dataset == source.dataset]
    moved = False
    for found, where in ((around.below, "shallow"), (around.above, "deep")):
        same = (item for item in found if item.dataset == source.dataset and (not own or item.split == source.split))
        if not moved and (place := next((item.root for item in same), "")):
            lines.append(f"too {where} by a folder or two? {source.dataset} is in {place}: set root to it")
            moved = True
    if own and not moved:
        splits = _names(item.split for item in own)
        lines.append(f"splits found: {splits}; name one in `split`" if splits else "it is not divided: remove `split`")
    if around.here and not own and not moved:
        lines.append(f"it looks like {_names(item.dataset for item in around.here)}: set `dataset` to that")
    if around.archives:
        packed = _some([name_of(path) for path in around.archives])
        lines.append(f"still packed: {packed}; unpack {'it' if len(around.archives) == 1 else 'them'} in the root")
    if not around.exists and (near := difflib.get_close_matches(name_of(source.root), around.beside, n=1, cutoff=0.5)):
        lines.append(f"did you mean {source.root.rpartition('/')[0]}/{near[0]}?")
    if not moved and not around.here:
        for found, where in ((around.below, "below it"), (around.above, "above it")):
            if found:
                others = _names(f"{item.dataset} in {item.root}" for item in found)
                lines.append(f"recognised {where}: {others}")
    return lines


def look_around(source: Source, catalog: Mapping[str, DatasetSpec]) -> Around:
    """Lists the root, the folders around it, and recognises what is in them. What cannot be listed is left out."""
    root = source.root.rstrip("/") or "/"
    above = root.rpartition("/")[0]
    try:
        exists = storage.is_folder(root)
        beside = tuple(name for name in storage.folders(above) if name != name_of(root)) if _is_place(above) else ()
        files = [file.uri for file in storage.files(root)] if exists else []
        files_beside = [file.uri for file in storage.files(above)] if _is_place(above) else []
        here = tuple(datasets_in(root, catalog, 0)) if exists else ()
        below = tuple(datasets_in(root, catalog, _BELOW)) if exists and not here else ()
        right = any((item.dataset, item.split) == (source.dataset, source.split) for item in here)
        higher = [folder for folder in (above, above.rpartition("/")[0]) if exists and not right and _is_place(folder)]
        return Around(
            exists,
            tuple(storage.folders(root)) if exists else (),
            tuple(name_of(uri) for uri in files),
            beside,
            tuple(uri for uri in files + _alike(root, files_beside) if uri.lower().endswith(ARCHIVES)),
            here,
            tuple(item for folder in higher for item in datasets_in(folder, catalog, 0)),
            below,
        )
    except (OSError, ValueError, LayoutError):
        return Around(False)


def _alike(root: str, files: list[str]) -> list[str]:
    """Files beside the root that may hold it: their names begin alike."""
    name = name_of(root).casefold()
    return [uri for uri in files if name_of(uri).casefold().startswith(name) or name.startswith(name_of(uri).casefold()[:4])]


def _is_place(folder: str) -> bool:
    """Whether a folder is worth a look: not the root of the machine, nor a bucket's scheme."""
    return bool(folder.strip("/")) and not folder.endswith((":", ":/", "://")) and storage.is_folder(folder)


def _found(around: Around) -> str:
    names = [f"{name}/" for name in around.folders] + list(around.files)
    return _some(names) if names else "nothing, it is empty"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _names(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(word for word in words if word))
