"""The section on captions: how many are true, what they say, and how well they tell pictures apart."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from skypairs.transforms.captions.human import DROPPED
from skypairs.transforms.report.markup import paragraph, share, table


def captions(manifest: Mapping[str, Any]) -> str:
    """From the figures of the manifest; nothing where it has none."""
    found = manifest.get("captions")
    if not found or not found["captions"]:
        return ""
    drawn = f"Drawn from {found['pictures']:,} pictures of the training shards with {found['captions']:,} captions"
    lines = [("different texts", share(found["distinct"], found["captions"]))]
    lines += [("pairs of one text expected in a batch of 256 captions", f"{found['same_texts']:.2f}")]
    lines += [("mean length in tokens, at least", f"{found['tokens']:.1f}"), ("greatest length", f"{found['longest']:,}")]
    lines += [("different words", f"{found['words']:,}")]
    if found["rules"]:
        lines = [("written by rules", f"{found['rules']:,}"), ("true of their picture, of these", _true(found)), *lines]
    if found["classes"] is not None:
        lines.append(("classes of a picture that its captions name", f"{100 * found['classes']:.0f} %"))
    if found["ambiguity"] is not None:
        others = f"of {found['others']:,} other pictures, a caption of rules is true of"
        lines += [(others, f"{found['ambiguity']:.2f}"), ("the best caption of a picture, of", f"{found['best']:.2f}")]
    why = "In a contrastive loss, a caption that is true of another picture of its batch is a wrong answer that is right."
    return paragraph(f"{drawn}.", why, *_missing(manifest)) + table(("figure", "value"), lines, "Captions by figures", (1,))


def _missing(manifest: Mapping[str, Any]) -> Iterator[str]:
    """What is short of the recipe's number of captions, and which captions by people were not taken."""
    totals: Counter[str] = Counter()
    for row in manifest["funnel"].values():
        totals.update(row)
    if totals["short"]:
        most = manifest["recipe"]["captions"]["per_picture"]
        yield f"{totals['short']:,} of {totals['kept']:,} pictures have fewer than {most} captions: none is repeated."
    dropped = [f"{totals[f'{reason}_captions']:,} {reason}" for reason in DROPPED if totals[f"{reason}_captions"]]
    if dropped:
        yield f"Captions by people that were not taken: {', '.join(dropped)}; the ledger says whose."


def _true(found: Mapping[str, Any]) -> str:
    unread = f", {found['unread']:,} could not be read" if found["unread"] else ""
    return share(found["true"], found["rules"]) + unread
