"""Shards of an output by the names that a person gives them."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from skypairs.transforms import storage


def named_shards(out: str, patterns: Sequence[str] | None) -> list[str] | None:
    """Shards by path below OUT or base name, with * and ? as in a shell; a name that matches nothing is handed on as it is."""
    if patterns is None:
        return None
    paths = [storage.relative(file.uri, out) for file in storage.list_files(out) if file.uri.endswith(".tar")]
    found = [
        [path for path in paths if fnmatchcase(path, pattern) or fnmatchcase(path.rpartition("/")[2], pattern)] or [pattern]
        for pattern in patterns
    ]
    return list(dict.fromkeys(path for group in found for path in group))
