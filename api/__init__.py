"""skypairs in Python, without Beam or torch: the steps of a build as plain functions, and finished builds read and verified.

Names are imported when first used, so that `import skypairs.api` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skypairs.api.explain_picture import Explanation, explain
    from skypairs.api.find_leaks import Leak, Leaks, leaks
    from skypairs.api.join import Joined, join
    from skypairs.api.output import Output, read
    from skypairs.api.steps import boxes, captions, duplicates, phash
    from skypairs.api.verify_output import Verdict, verify
    from skypairs.transforms.sinks.read_shard import OutputSample
    from skypairs.transforms.truth.evaluate import Truth, check
    from skypairs.transforms.truth.picture import Picture, picture_of

__all__ = [
    "Explanation",
    "Joined",
    "Leak",
    "Leaks",
    "Output",
    "OutputSample",
    "Picture",
    "Truth",
    "Verdict",
    "boxes",
    "captions",
    "check",
    "duplicates",
    "explain",
    "join",
    "leaks",
    "phash",
    "picture_of",
    "read",
    "verify",
]

_HOMES = {
    "Explanation": "skypairs.api.explain_picture",
    "Leak": "skypairs.api.find_leaks",
    "Leaks": "skypairs.api.find_leaks",
    "Joined": "skypairs.api.join",
    "Output": "skypairs.api.output",
    "OutputSample": "skypairs.transforms.sinks.read_shard",
    "Picture": "skypairs.transforms.truth.picture",
    "Truth": "skypairs.transforms.truth.evaluate",
    "Verdict": "skypairs.api.verify_output",
    "boxes": "skypairs.api.steps",
    "captions": "skypairs.api.steps",
    "check": "skypairs.transforms.truth.evaluate",
    "duplicates": "skypairs.api.steps",
    "explain": "skypairs.api.explain_picture",
    "leaks": "skypairs.api.find_leaks",
    "join": "skypairs.api.join",
    "phash": "skypairs.api.steps",
    "picture_of": "skypairs.transforms.truth.picture",
    "read": "skypairs.api.output",
    "verify": "skypairs.api.verify_output",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
