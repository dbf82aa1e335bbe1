"""leaks: which samples of shards that anybody has made are near a reference. Neither Beam nor a recipe is needed.

Tars are streamed over a pool of processes; of each picture 1.3 kB are kept until its batch is compared.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from os import cpu_count
from typing import Literal

import numpy as np

from skypairs.api.leak_references import collect
from skypairs.schemas.errors import UserError
from skypairs.schemas.execution import Execution
from skypairs.schemas.identity import Window
from skypairs.schemas.recipe import Dedup
from skypairs.schemas.records import FileStamp
from skypairs.transforms.hash_tars import Hashed, hash_tar
from skypairs.transforms.leak_search import Pictures, References, search
from skypairs.transforms.pool import Pool
from skypairs.transforms.tar_lists import list_tars

BATCH = 1 << 16
"""Pictures that are compared at a time."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A picture of the shards that is near a reference."""

    tar: str
    sample: str
    window: Window | None
    """The part of it that is near; None: all of it."""
    reference: str
    """Its id; of a reference in a tar, TAR/SAMPLE."""
    source: str
    reference_window: Window | None
    reason: str
    """`near a reference`, or `same pixels as a reference` of flat pictures."""
    distance: int | None
    """Bits of 64; None of flat pictures."""
    orientation: int | None
    """By this the reference is turned to look like the sample."""
    correlation: float | None
    """Of the 32 x 32 thumbnails, the reference turned; None where the reference has none, and of flat pictures."""
    place: str
    """Uri of the sample's picture."""
    reference_place: str
    """Uri of the reference's picture; empty where only its fingerprint is there."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A sample, or the rest of a tar, that was not compared."""

    tar: str
    sample: str
    """Empty: the rest of the tar."""
    reason: str


@dataclass(frozen=True, slots=True)
class Leaks:
    """What was found."""

    leaks: tuple[Leak, ...]
    """In order of tar and place in it."""
    unread: tuple[Unread, ...]
    unread_references: tuple[Unread, ...]
    tars: int
    samples: int
    pictures: int
    """Pictures and windows that were compared."""
    references: int
    """Reference pictures and windows that they were compared with."""
    distance: int
    orientations: int
    confirm: bool
    """Whether near pairs also had to agree in their thumbnails."""
    warnings: tuple[str, ...]

    @property
    def leaked(self) -> int:
        """Samples with a leak."""
        return len({(leak.tar, leak.sample) for leak in self.leaks})


def leaks(
    tars: Iterable[str],
    references: Iterable[str],
    *,
    distance: int = Dedup().reference_distance,
    orientations: int = 8,
    confirm: Literal["auto", True, False] = "auto",
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Leaks:
    """Compares the samples of tars with reference pictures.

    Args:
        tars: paths, folders, patterns with `*`, ranges as `{00000..00041}`.
        references: fingerprint files (.parquet), outputs of skypairs, and tars named in the same way.
        distance: 0 to 8 bits of 64, inclusive.
        orientations: 8: the reference is turned and mirrored; 1: it is not.
        confirm: whether a pair also has to agree in its thumbnails; auto: where `distance` is above 2, as a build does it.
        workers: processes; default one a core.
        progress: called with (tars read, tars to read).

    Both sides are cut, reduced and encoded as the first fingerprint file or output says that its pictures were; by the
    defaults of a recipe where there is neither. Raises UserError for what is not there, or holds another hash.
    """
    if not 0 <= distance <= 8 or orientations not in (1, 8):
        raise UserError(f"distance {distance}, orientations {orientations}: 0 to 8, and 1 or 8")
    listed = list_tars(tars)
    execution = Execution(workers or cpu_count() or 1, "processes")
    found = collect(references, execution)
    looks = Dedup(reference_distance=distance, confirm=confirm).confirms
    ready = References.of(Pictures(found.hashes, found.flat, found.pixels, found.thumbnails), orientations, looks)
    leaked: list[Leak] = []
    unread: list[Unread] = []
    samples = pictures = 0
    pool: Pool[FileStamp, Hashed] = Pool(execution)
    try:
        results = zip(listed, pool.map(partial(hash_tar, policy=found.policy), listed, _cost), strict=True)
        for batch in _batches(_told(results, len(listed), progress)):
            waiting = [(tar, part, row) for tar, part in batch for row in range(len(part.names))]
            for match in search(ready, _pictures([part for _, part in batch]), distance):
                (tar, part, at), reference = waiting[match.row], match.reference
                leaked.append(
                    Leak(
                        tar.uri,
                        part.names[at],
                        part.windows[at],
                        found.ids[reference],
                        found.sources[reference],
                        found.windows[reference],
                        "near a reference" if match.distance is not None else "same pixels as a reference",
                        match.distance,
                        match.orientation,
                        match.correlation,
                        part.places[at],
                        found.places[reference],
                    )
                )
            for tar, part in batch:
                unread += [Unread(tar.uri, name, reason) for name, reason in part.unread]
                samples, pictures = samples + part.samples, pictures + len(part.names)
    finally:
        pool.close()
    lost = tuple(Unread(*item) for item in found.unread)
    counts = len(listed), samples, pictures, len(found.ids)
    bare = sum(not (flat or thumbnail) for flat, thumbnail in zip(found.flat.tolist(), found.thumbnails, strict=True))
    more = (
        f"{bare} references have no thumbnail: what is near one of them by its hash counts as a leak" if bare and looks else ""
    )
    warnings = (*found.warnings, more) if more else found.warnings
    return Leaks(tuple(leaked), tuple(unread), lost, *counts, distance, orientations, looks, warnings)


def _pictures(parts: list[Hashed]) -> Pictures:
    return Pictures(
        np.concatenate([part.hashes for part in parts]),
        np.concatenate([part.flat for part in parts]),
        [digest for part in parts for digest in part.pixels],
        [thumbnail for part in parts for thumbnail in part.thumbnails],
    )


def _told(
    results: Iterable[tuple[FileStamp, Hashed]], total: int, progress: Callable[[int, int], None] | None
) -> Iterator[tuple[FileStamp, Hashed]]:
    """The results, each told of as it comes."""
    for done, result in enumerate(results, 1):
        if progress:
            progress(done, total)
        yield result


def _batches(results: Iterable[tuple[FileStamp, Hashed]]) -> Iterator[list[tuple[FileStamp, Hashed]]]:
    """Whole tars together until they hold `BATCH` pictures."""
    batch: list[tuple[FileStamp, Hashed]] = []
    rows = 0
    for tar, part in results:
        batch.append((tar, part))
        rows += len(part.names)
        if rows >= BATCH:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


def _cost(_: FileStamp) -> int:
    return 0  # a tar is streamed: what is in flight is one picture a worker
