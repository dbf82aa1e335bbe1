"""verify: re-checks a finished build from its files alone, without Beam and without the code that made its decisions."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase

from skypairs.api import output, verify_files, verify_hashes, verify_ledger, verify_scores, verify_shards
from skypairs.api.manifest import FileEntry, Manifest, RecipeView, parse
from skypairs.api.verify_captions import Captions, check_shared
from skypairs.api.verify_hashes import Closest
from skypairs.api.verify_problems import Problem, Problems
from skypairs.schemas.errors import OutputError, UserError
from skypairs.schemas.recipe_identity import policy_of

_TRAINER_PIXELS = 25_000_000  # open_clip's default --max-image-pixels from 4.2 on: larger ones are dropped


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verify found."""

    ok: bool
    problems: tuple[str, ...]
    """Sentences that name file, key or id, kind by kind; of a kind at most 20, then the number of the others."""
    counts: dict[str, int]
    """Kind of problem -> how many."""
    notes: tuple[str, ...]
    """Nothing wrong, but worth knowing."""
    shards: int
    """Shards that were read."""
    samples: int
    """Samples in them."""
    pictures: int
    """Kept pictures in the ledger."""
    references: int
    """Reference pictures in OUT."""
    captions: int
    """Captions of rules in them, each parsed and held against the boxes."""
    closest: tuple[Closest, ...]
    """How near the kept pictures come to each source of references."""


def verify(
    out: str,
    shards: Iterable[str] | None = None,
    quick: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """Checks a finished build.

    Args:
        out: folder or prefix of the build.
        shards: read only these shards: paths below OUT or base names, or patterns of them (`train/*-0001?.tar`).
            Other checks are made all the same.
        quick: sizes, counts and the ledger's own hashes only: no shard is read and nothing is hashed.
        progress: called with (shards read, shards to read).

    Raises UserError for a shard that the manifest does not list. Whatever is wrong with the build is a problem, not an error.
    """
    problems = Problems()
    try:
        opened = output.read(out)
        manifest, recipe = parse(opened.manifest)
    except OutputError as error:
        problems.add([Problem("no manifest", str(error))])
        return _verdict(problems)
    chosen = _choose(manifest, shards, quick)
    problems.add(verify_files.check_digest(manifest))
    extending = verify_files.being_extended(out, manifest)
    problems.add(verify_files.check_present(out, manifest, extending))
    problems.add(verify_files.check_sizes(out, manifest, extending))
    if not quick:
        problems.add(verify_files.check_content(out, manifest, extending))
    try:
        table, pairs, references = opened.ledger, opened.duplicates, opened.references
    except OutputError as error:
        problems.add([Problem("unreadable table", str(error))])
        return _verdict(problems)
    for name, rows in (("ledger", table), ("duplicates", pairs), ("references", references)):
        if (stated := sum(file.rows for file in manifest.in_folder(name))) != rows.num_rows:
            problems.add([Problem("wrong count", f"{name}/ has {rows.num_rows} rows, the manifest states {stated}")])
    ledger = verify_ledger.Ledger(table)
    problems.add(verify_ledger.check_rows(ledger, manifest))
    problems.add(verify_ledger.check_tiles(ledger))
    problems.add(verify_ledger.check_funnel(ledger, manifest))
    problems.add(verify_scores.check_scores(ledger, manifest))
    problems.add(verify_ledger.check_references(manifest, references.num_rows))
    problems.add(check_shared(out, opened.manifest, recipe.captions.max_same))
    pictures, captions = verify_shards.Pictures(recipe.dedup.hash, recipe.dedup.confirms), Captions(manifest, recipe)
    found = _read_shards(out, chosen, recipe, ledger, pictures, captions, progress)
    for entry, facts in zip(chosen, found, strict=True):
        problems.add(facts.problems)
        if facts.sha256:
            problems.add(verify_files.wrong_content(entry.path, facts.sha256, entry.sha256))
            if facts.whole and facts.count != entry.rows:
                text = f"{entry.path} holds {facts.count} samples, the manifest states {entry.rows}"
                problems.add([Problem("wrong count", text)])
    if not quick:
        problems.add(verify_shards.check_places(found, manifest, recipe.shards.layout, ledger))
    hashes = set(references["hash"].to_pylist()) - {recipe.dedup.hash}
    for name in sorted(hashes):
        problems.add([Problem("other hash", f"references/ holds {name} fingerprints, the recipe compares {recipe.dedup.hash}")])
    kept = verify_hashes.kept_pictures(ledger, None if quick else pictures)
    others = verify_hashes.reference_pictures(references)
    problems.add(verify_hashes.check_near(kept, recipe.dedup))
    problems.add(verify_hashes.check_flat(kept))
    problems.add(verify_hashes.check_leaks(kept, others, recipe.dedup))
    problems.add(verify_hashes.check_dropped(ledger, kept, others, recipe.dedup))
    problems.add(verify_hashes.check_pairs(ledger, others, pairs, recipe.dedup))
    closest = verify_hashes.closest_references(kept, others, recipe.dedup)
    bare = sum(not (thumbnail or flat) for thumbnail, flat in zip(others.thumbnails, others.flat, strict=True))
    notes = _notes(manifest, recipe, ledger, references["policy"].to_pylist(), bare, quick)
    if extending:
        notes += ("an extension is at work, or was stopped: this is the output before it, `build --extend` ends it",)
    samples = sum(facts.count for facts in found)
    return _verdict(
        problems,
        notes,
        len(found),
        samples,
        len(ledger.kept),
        references.num_rows,
        sum(facts.captions for facts in found),
        closest,
    )


def _choose(manifest: Manifest, shards: Iterable[str] | None, quick: bool) -> tuple[FileEntry, ...]:
    """The shards to read, in the manifest's order."""
    if quick or shards is None:
        return () if quick else manifest.shards
    wanted = list(shards)
    chosen = {name: [file for file in manifest.shards if _names(name, file.path)] for name in wanted}
    for name, files in chosen.items():
        if not files:
            raise UserError(f"{name} is no shard of this build: the manifest lists {len(manifest.shards)} others")
    paths = {file.path for files in chosen.values() for file in files}
    return tuple(file for file in manifest.shards if file.path in paths)


def _names(name: str, path: str) -> bool:
    """Whether a pattern of a path or base name, or a path that ends in the path below OUT, means this shard."""
    return fnmatchcase(path, name) or fnmatchcase(path.rpartition("/")[2], name) or name.endswith("/" + path)


def _read_shards(
    out: str,
    chosen: tuple[FileEntry, ...],
    recipe: RecipeView,
    ledger: verify_ledger.Ledger,
    pictures: verify_shards.Pictures,
    captions: Captions,
    progress: Callable[[int, int], None] | None,
) -> list[verify_shards.ShardFacts]:
    """Shards side by side, results in order: decoders let go of the interpreter's lock."""

    def work(entry: FileEntry) -> verify_shards.ShardFacts:
        return verify_shards.check_shard(out, entry.path, recipe.shards.layout, ledger, pictures, captions)

    found = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for facts in pool.map(work, chosen):
            found.append(facts)
            if progress:
                progress(len(found), len(chosen))
    return found


def _notes(
    manifest: Manifest, recipe: RecipeView, ledger: verify_ledger.Ledger, policies: list[str], bare: int, quick: bool
) -> tuple[str, ...]:
    """bare: references that are not flat and have no thumbnail."""
    notes = []
    if quick:
        notes.append("quick: no shard was read; hashes are the ledger's own and not turned")
    if not policies:
        notes.append("there are no references: leaks were not looked for")
    policy = policy_of(recipe.dedup.hash, manifest.recipe["pictures"])
    if other := sum(found != policy for found in policies):
        notes.append(f"{other} references were prepared under another picture policy: leaks of theirs may be missed")
    if recipe.dedup.confirms:
        notes.append("near pairs got a second look, which dropped pictures, being in no shard, cannot be given again")
        if quick:
            notes.append("without shards there are no thumbnails: whether kept pictures are near each other was not checked")
        if bare:
            notes.append(f"{bare} references have no thumbnail: a picture near one of them by its hash is a leak")
    if manifest.references.unread:
        notes.append(f"{len(manifest.references.unread)} references could not be read and were not compared")
    if flat := sum(bool(ledger.value(row, "flat")) for row in ledger.kept):
        notes.append(f"{flat} kept pictures are flat and were compared by their pixels alone")
    sizes = [(ledger.value(row, "width") or 0) * (ledger.value(row, "height") or 0) for row in ledger.kept]
    if large := sum(size > _TRAINER_PIXELS for size in sizes):
        notes.append(f"{large} kept pictures have over {_TRAINER_PIXELS:,} pixels: open_clip drops them unless told otherwise")
    return tuple(notes)


def _verdict(
    problems: Problems,
    notes: tuple[str, ...] = (),
    shards: int = 0,
    samples: int = 0,
    pictures: int = 0,
    references: int = 0,
    captions: int = 0,
    closest: tuple[Closest, ...] = (),
) -> Verdict:
    lines = problems.lines()
    return Verdict(not lines, lines, problems.counts(), notes, shards, samples, pictures, references, captions, closest)
