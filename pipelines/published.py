"""Pictures that were found beside the counts that a dataset's authors published: which split or release they look like."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from skypairs.schemas.dataset import DatasetSpec

_PICTURES = " pictures"


def expected(split: str, spec: DatasetSpec) -> int | None:
    """How many pictures a split was published with, or all of a dataset without splits; None where nobody says."""
    return dict(spec.published).get(f"{split}{_PICTURES}" if split else "pictures")


def compared(found: int, split: str, spec: DatasetSpec, releases: Iterable[DatasetSpec] = ()) -> str:
    """What follows "1,869 pictures are there, ": empty where as many were published, or nothing is known of it.

    `releases`: datasets that may have been taken for this one.
    """
    wanted = expected(split, spec)
    if wanted is None or wanted == found:
        return ""
    text = f"{wanted:,} were published"
    others = [other for other in releases if other.name != spec.name]
    alike = list(dict.fromkeys(name for known in (spec, *others) for name, count in _counts(known) if count == found))
    if alike:
        return f"{text}: as many as {' or '.join(alike[:3])} has"
    share = found / wanted
    if found < wanted:
        return f"{text}: {wanted - found:,} too few ({1 - share:.1%})"
    return f"{text}: {found - wanted:,} too many ({share - 1:.1%})"


def _counts(spec: DatasetSpec) -> Iterator[tuple[str, int]]:
    """Counts of a dataset's splits, of several of them together, and of all of it, with what to call them."""
    counts = dict(spec.published)
    splits = {item.name: count for item in spec.splits if (count := counts.get(f"{item.name}{_PICTURES}"))}
    whole = counts.get("pictures")
    yield from ((f"{spec.name} ({name})", count) for name, count in splits.items())
    for size in range(2, len(splits) + 1):
        for names in combinations(splits, size):
            total = sum(splits[name] for name in names)
            if total != whole:
                yield f"{spec.name} ({' and '.join(names)})", total
    if whole:
        yield f"{spec.name} (all of it)", whole
    yield from (
        (f"{spec.name} ({name.removesuffix(_PICTURES)})", count)
        for name, count in spec.published
        if name.endswith(_PICTURES) and name.removesuffix(_PICTURES) not in splits
    )
