"""Checks of files as a whole: there, of the stated size and content, none beside them, and counted rightly for trainers."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence

from skypairs.api.manifest import Manifest
from skypairs.api.verify_problems import Problem
from skypairs.schemas.identity import stable_hash
from skypairs.transforms import storage

FOLDERS = ("train", "val", "ledger", "references", "duplicates", "captions", "tsv", "report")


def check_digest(manifest: Manifest) -> Iterator[Problem]:
    """The digest that names the shards is the recipe's, of each build; the shards of earlier ones are still listed."""
    listed = {file.path for file in manifest.shards}
    recipes = [(build.recipe, build.digest) for build in manifest.earlier]
    for recipe, stated in [*recipes, (manifest.recipe, manifest.digest)]:
        digest = stable_hash("recipe", json.dumps(recipe, sort_keys=True)).hex()
        if digest != stated:
            yield Problem("wrong digest", f"manifest.json: its recipe has the digest {digest}, it states {stated}")
    for build in manifest.earlier:
        for path in build.shards:
            if path not in listed or f"-{build.digest[:6]}-" not in path:
                yield Problem("wrong names", f"manifest.json: {path} is no shard of the build {build.digest}")


def being_extended(out: str, manifest: Manifest) -> bool:
    """Whether an extension is at work on this output, or was stopped: until it ends, this manifest holds, new files are not
    listed, and the lists of shards beside them may know more."""
    try:
        claim = json.loads(storage.read(storage.join(out, ".build.json")))
        return bool(claim.get("extends") == manifest.digest)
    except (FileNotFoundError, ValueError, AttributeError):
        return False


def check_present(out: str, manifest: Manifest, extending: bool = False) -> Iterator[Problem]:
    """Every listed file is there in its size, listed once, and its folders hold no other file."""
    listed = Counter(file.path for file in manifest.files)
    for path in sorted(path for path, times in listed.items() if times > 1):
        yield Problem("listed twice", f"manifest.json lists {path} {listed[path]} times")
    for file in manifest.files:
        found = storage.stat(storage.join(out, file.path))
        if found is None:
            yield Problem("missing file", f"{file.path} is missing")
        elif found.size != file.bytes and not _by_value(file.path) and not (extending and _may_grow(file.path)):
            yield Problem("wrong size", f"{file.path} has {found.size} bytes, the manifest states {file.bytes}")
    for folder in () if extending else FOLDERS:
        for found in storage.list_files(storage.join(out, folder)):
            path = storage.relative(found.uri, out)
            if path not in listed:
                yield Problem("unlisted file", f"{path} is not listed in the manifest")


def check_content(out: str, manifest: Manifest, extending: bool = False) -> Iterator[Problem]:
    """The bytes of every listed file but shards, which are hashed while they are read, and sizes.json, checked by value."""
    for file in manifest.files:
        uri = storage.join(out, file.path)
        if file.path.endswith(".tar") or _by_value(file.path) or (extending and _may_grow(file.path)):
            continue
        if storage.stat(uri):
            yield from wrong_content(file.path, hashlib.sha256(storage.read(uri)).hexdigest(), file.sha256)


def _by_value(path: str) -> bool:
    """Whether a file may count the shards of other outputs too: `skypairs join` writes it anew."""
    return path.endswith("/sizes.json")


def wrong_content(path: str, found: str, stated: str) -> Iterator[Problem]:
    if found != stated:
        yield Problem("wrong content", f"{path} has the sha256 {found}, the manifest states {stated}")


def _may_grow(path: str) -> bool:
    return path.endswith(("/sizes.json", "/wids.json"))


def check_sizes(out: str, manifest: Manifest, extending: bool = False) -> Iterator[Problem]:
    """Shards are numbered without a gap, `sizes.json` beside them is what open_clip counts samples by, and the sums agree."""
    stems = sorted({stem for source in manifest.sources for stem in manifest.stems_of(source.name)})
    for split in ("train", "val"):
        shards = {file.path.rpartition("/")[2]: file.rows for file in manifest.shards if file.path.startswith(f"{split}/")}
        yield from _check_names(split, set(shards), stems)
        if sum(shards.values()) != manifest.samples.get(split, 0):
            total, stated = sum(shards.values()), manifest.samples.get(split, 0)
            yield Problem("wrong count", f"manifest.json: the shards of {split} hold {total} samples, it states {stated}")
        uri = storage.join(out, split, "sizes.json")
        if not storage.stat(uri):
            if shards:
                yield Problem("wrong sizes.json", f"{split}/sizes.json is missing")
            continue
        yield from _compare_sizes(f"{split}/sizes.json", storage.read(uri), shards, () if extending else stems)


def _check_names(split: str, shards: set[str], stems: Sequence[str]) -> Iterator[Problem]:
    left = set(shards)
    for stem in stems:
        mine = {name for name in shards if name.rpartition("-")[0] == stem}
        left -= mine
        if odd := mine - {f"{stem}-{number:05d}.tar" for number in range(len(mine))}:
            yield Problem("wrong names", f"{split}: shards are not {stem}-00000.tar and on without a gap: see {min(odd)}")
    if left:
        yield Problem("wrong names", f"{split}: {min(left)} is no shard of this build: they begin with {', '.join(stems)}")


def _compare_sizes(path: str, data: bytes, shards: dict[str, int], stems: Sequence[str]) -> Iterator[Problem]:
    """Its own shards, whose names begin with `stems`, count rightly; those of outputs that are joined with this one may stand
    beside them, and where it is being extended (no stems), its own next ones."""
    try:
        sizes = json.loads(data)
    except ValueError as error:
        yield Problem("wrong sizes.json", f"{path} is not JSON: {error}")
        return
    if not isinstance(sizes, dict):
        yield Problem("wrong sizes.json", f"{path} is not an object")
        return
    for name in sorted({*shards, *(name for name in sizes if name.rpartition("-")[0] in stems)}):
        if sizes.get(name) != shards.get(name):
            stated, counted = sizes.get(name, "nothing"), shards.get(name, "nothing")
            yield Problem("wrong sizes.json", f"{path} states {stated} for {name}, the manifest {counted}")
    if list(sizes) != sorted(sizes) or not data.endswith(b"}\n"):
        yield Problem("wrong sizes.json", f"{path}: keys in order and one line feed at the end expected")
