"""OUT/README.md: a dataset card as Hugging Face reads it, with licences, counts and the training command."""

from collections.abc import Mapping
from typing import Any

import yaml

from skypairs.transforms.report.features import features
from skypairs.transforms.report.scores import rule
from skypairs.transforms.report.train import training_command, training_notes

_LICENCES = {
    "apache-2.0": "apache-2.0",
    "cc-by-2.0": "cc-by-2.0",
    "cc-by-3.0": "cc-by-3.0",
    "cc-by-4.0": "cc-by-4.0",
    "cc-by-nc-3.0": "cc-by-nc-3.0",
    "cc-by-nc-4.0": "cc-by-nc-4.0",
    "cc-by-nc-nd-4.0": "cc-by-nc-nd-4.0",
    "cc-by-nc-sa-3.0": "cc-by-nc-sa-3.0",
    "cc-by-nc-sa-4.0": "cc-by-nc-sa-4.0",
    "cc-by-sa-3.0": "cc-by-sa-3.0",
    "cc-by-sa-4.0": "cc-by-sa-4.0",
    "cc0-1.0": "cc0-1.0",
    "mit": "mit",
    "odbl-1.0": "odbl",
}
"""SPDX identifier in lower case -> the hub's name of the licence."""
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
)


def dataset_card(manifest: Mapping[str, Any]) -> str:
    """Markdown with YAML front matter. Depends on the manifest alone."""
    samples, sources = manifest["samples"], manifest["sources"]
    splits = [split for split in ("train", "val") if samples.get(split)]
    total = sum(samples.values())
    front: dict[str, Any] = _licence([source["licence"] for source in sources])
    front |= {
        "pretty_name": manifest["name"],
        "language": ["en"],
        "task_categories": ["zero-shot-image-classification", "image-to-text"],
        "tags": ["remote-sensing", "earth-observation", "clip", "image-text-pairs", "webdataset"],
        "size_categories": [
            next((name for limit, name in _SIZES if total < limit), "10M<n<100M" if total < 10**8 else "100M<n<1B")
        ],
        "configs": [
            {
                "config_name": "default",
                "data_files": [
                    {"split": "validation" if split == "val" else split, "path": f"{split}/*.tar"} for split in splits
                ],
            }
        ],
    }
    if splits:
        front["dataset_info"] = {"features": features(manifest["recipe"]["captions"]["per_picture"])}
    else:
        del front["configs"]
    parts = [f"---\n{yaml.safe_dump(front, sort_keys=False, allow_unicode=True)}---\n", f"# {_line(manifest['name'])}\n"]
    parts += [
        _about(manifest),
        _sources(manifest),
        _held_out(manifest),
        _layout(manifest),
        _training(manifest),
        _trace(manifest),
    ]
    return "\n".join(part for part in parts if part)


def _licence(names: list[str]) -> dict[str, str]:
    known = {_LICENCES.get(name.lower()) for name in names}
    only = known.pop() if len(known) == 1 else None
    if only:
        return {"license": only}
    return {"license": "other", "license_name": "per-source", "license_link": "README.md#sources-and-licences"}


def _about(manifest: Mapping[str, Any]) -> str:
    rows = manifest["funnel"].values()
    kept, dropped, leaks = (sum(row[fate] for row in rows) for fate in ("kept", "duplicate", "leak"))
    captions = sum(row["captions"] for row in rows)
    split = ", ".join(f"{count:,} in `{name}`" for name, count in manifest["samples"].items() if count) or "none"
    return (
        f"Overhead pictures with captions for contrastive pre-training: {kept:,} pictures, {captions:,} captions, "
        f"{sum(manifest['samples'].values()):,} samples ({split}).\n"
        f"Captions are those of the sources' authors, or written by rule from boxes and masks. "
        f"{dropped:,} near-duplicates and {leaks:,} leaks from reference (test) pictures were left out.\n{_scores(manifest)}"
    )


def _scores(manifest: Mapping[str, Any]) -> str:
    if not (found := manifest.get("scores")):
        return ""
    low = sum(int(row["scored"] - row["kept"]) for row in found.values())
    return f"{_line(rule(manifest))} {low:,} were left out for their score.\n"


def _sources(manifest: Mapping[str, Any]) -> str:
    lines = [
        "## Sources and licences\n",
        "| source | dataset | licence | may be passed on | pictures | captions |",
        "|---|---|---|---|---:|---:|",
    ]
    for source in manifest["sources"]:
        row = manifest["funnel"][source["name"]]
        cells = (
            _cell(source["name"]),
            _cell(source["dataset"]),
            _cell(source["licence"]),
            "yes" if source["redistributable"] else "**no**",
        )
        lines.append(f"| {' | '.join(cells)} | {row['kept']:,} | {row['captions']:,} |")
    closed = [source["name"] for source in manifest["sources"] if not source["redistributable"]]
    if closed:
        names = ", ".join(f"`{name}`" for name in closed)
        lines.append(
            f"\n**Do not publish these shards as they are:** the licence of {names} does not let pictures be passed on."
        )
    lines.append("\nEach sample's json names its source, its licence and the file that it comes from.\n")
    return "\n".join(lines)


def _held_out(manifest: Mapping[str, Any]) -> str:
    rule, references = manifest["recipe"]["dedup"], manifest["references"]
    turned = " in any of eight flips and quarter turns" if rule["orientations"] == 8 else ""
    if not references["listed"]:
        found = "No reference pictures were given: leaks from test sets were not looked for."
    else:
        found = (
            f"{references['hashed']:,} of {references['listed']:,} reference pictures were compared. No picture here shares a "
            f"scene with one, or has a {rule['hash']} within {rule['reference_distance']} of 64 bits of one{turned}."
        )
    return (
        "## Duplicates and held-out pictures\n\n"
        f"{found} No two pictures here are within {rule['distance']} bits of each other as they stand. Flat pictures (sea, "
        "no-data), whose hashes say nothing, were compared by their pixels alone. Crops and overlaps of other scenes are not "
        "found by this.\n"
        "`skypairs verify` proves it again from these files.\n"
    )


def _layout(manifest: Mapping[str, Any]) -> str:
    copies = "one sample a caption" if manifest["recipe"]["shards"]["layout"] == "pairs" else "one sample a picture"
    return (
        "## Files\n\n"
        f"WebDataset shards, {copies}: `KEY.jpg`, `.png` or `.webp`, `KEY.txt` (one caption) and `KEY.json` (all captions and "
        "how each was made, boxes, size, source). `ledger/` says what became of every input picture, `duplicates/` and "
        "`references/` what was compared, `manifest.json` lists every file with its SHA-256, `report.html` shows samples.\n"
    )


def _training(manifest: Mapping[str, Any]) -> str:
    command = training_command(manifest)
    if not command:
        return ""
    return f"## Training with open_clip\n\n```sh\n{command}\n```\n\n" + "\n".join(training_notes(manifest)) + "\n"


def _trace(manifest: Mapping[str, Any]) -> str:
    version, digest = _line(manifest["skypairs"]), manifest["digest"]
    return f"## How it was made\n\nBy skypairs {version} from the recipe `{digest}`, whole in `manifest.json`.\n"


def _line(value: str) -> str:
    return " ".join(value.split())


def _cell(value: str) -> str:
    """A cell of a Markdown table: one line, no bar, no markup."""
    return _line(value).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
