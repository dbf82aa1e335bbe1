"""What a CLIP model says of pictures and captions, and what was left out for it."""

from collections.abc import Mapping
from typing import Any

from skypairs.transforms.report.markup import paragraph, share, table


def scores(manifest: Mapping[str, Any]) -> str:
    """One row a source; empty where nothing was scored."""
    found: Mapping[str, Mapping[str, float]] = manifest.get("scores") or {}
    if not found:
        return ""
    rows = [
        (source, row["scored"], row["kept"], share(int(row["kept"]), int(row["scored"])), f"{row['median']:.4f}", _least(row))
        for source, row in found.items()
    ]
    head = ("source", "scored", "kept", "share", "median", "at least")
    caption = "Pictures by the best score of their captions, before duplicates and leaks were looked for"
    return paragraph(rule(manifest)) + table(head, rows, caption, range(1, 6))


def rule(manifest: Mapping[str, Any]) -> str:
    """What was asked for, in a sentence."""
    wanted = manifest["recipe"]["scores"]
    name = " ".join(filter(None, (wanted["model"], wanted["weights"])))
    if wanted["keep"] is not None:
        stays = f"the best {wanted['keep']:.1%} of each source stay"
    elif wanted["above"] is not None:
        stays = f"those of more than {wanted['above']:g} stay"
    else:
        stays = "all stay"
    return f"Scores are cosines of pictures and captions by {name}; of the pictures {stays}."


def _least(row: Mapping[str, float]) -> str:
    return f"{row['least']:.4f}" if row["least"] > -1 else ""
