"""leaks: which samples of shards that anybody has made are near a reference. Neither Beam nor a recipe is needed.

Tars are streamed over a pool of processes; of each picture some hundred bytes are kept until its batch is compared.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from os import cpu_count

import numpy as np

from skypairs.api.leak_references import collect
from skypairs.schemas.errors import UserError
from skypairs.schemas.execution import Execution
from skypairs.schemas.identity import Window
from skypairs.schemas.recipe import Dedup
from skypairs.schemas.records import FileStamp
from skypairs.transforms.hash_tars import Hashed, hash_tar
from skypairs.transforms.leak_search import References, search
from skypairs.transforms.pool import Pool
from skypairs.transforms.tar_lists import list_tars

BATCH = 1 << 18
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
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Leaks:
    """Compares the samples of tars with reference pictures.

    Args:
        tars: paths, folders, patterns with `*`, ranges as `{00000..00041}`.
        references: fingerprint files (.parquet), outputs of skypairs, and tars named in the same way.
        distance: 0 to 8 bits of 64, inclusive.
        orientations: 8: the reference is turned and mirrored; 1: it is not.
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
    ready = References.of(found.hashes, found.flat, found.pixels, orientations)
    leaked: list[Leak] = []
    unread: list[Unread] = []
    samples = pictures = 0
    pool: Pool[FileStamp, Hashed] = Pool(execution)
    try:
        results = zip(listed, pool.map(partial(hash_tar, policy=found.policy), listed, _cost), strict=True)
        for batch in _batches(_told(results, len(listed), progress)):
            waiting = [(tar, part, row) for tar, part in batch for row in range(len(part.names))]
            upright = np.concatenate([part.hashes[:, 0] for _, part in batch])
            flat = np.concatenate([part.flat for _, part in batch])
            pixels = [digest for _, part in batch for digest in part.pixels]
            for row, reference, apart, orientation in search(ready, upright, flat, pixels, distance):
                tar, part, at = waiting[row]
                leaked.append(
                    Leak(
                        tar.uri,
                        part.names[at],
                        part.windows[at],
                        found.ids[reference],
                        found.sources[reference],
                        found.windows[reference],
                        "near a reference" if apart is not None else "same pixels as a reference",
                        apart,
                        orientation,
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
    return Leaks(tuple(leaked), tuple(unread), lost, *counts, distance, orientations, found.warnings)


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
