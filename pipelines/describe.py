"""What the command line shows, as rows and lines of text: of a dataset, of a plan, of a finished build. Nothing prints here."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from skypairs.pipelines.published import expected
from skypairs.schemas.dataset import DatasetSpec
from skypairs.schemas.packed import FATES
from skypairs.schemas.recipe import Recipe

if TYPE_CHECKING:
    from skypairs.pipelines.plan import InputPlan, Plan

Rows = list[list[str]]
"""Headers first."""


def dataset_rows(catalog: Mapping[str, DatasetSpec]) -> Rows:
    """One row a dataset, by name."""
    rows = [["name", "title", "task", "classes", "licence", "m/pixel", "pictures", "splits", "known from"]]
    for name in sorted(catalog):
        spec = catalog[name]
        classes, gsd = str(len(spec.classes) or ""), f"{spec.gsd:g}" if spec.gsd else ""
        splits = " ".join(split.name for split in spec.splits)
        pictures = str(dict(spec.published).get("pictures", ""))
        rows.append([spec.name, spec.title, spec.task, classes, spec.licence, gsd, pictures, splits, spec.evidence])
    return rows


def dataset_lines(spec: DatasetSpec) -> list[str]:
    """All that is known of one dataset."""
    shared = "" if spec.redistributable else " (pictures may not be passed on)"
    splits = (f"{split.name} ({split.role}{'' if split.annotated else ', pictures only'})" for split in spec.splits)
    facts = {
        "task": spec.task,
        "role": "reference, unless a recipe says `train`" if spec.default_role == "reference" else "",
        "licence": spec.licence + shared,
        "homepage": spec.homepage,
        "sensor": spec.sensor,
        "m/pixel": f"{spec.gsd:g}" if spec.gsd else "",
        "splits": ", ".join(splits),
        "published": _published(spec),
        "classes": ", ".join(item.singular or f"({item.native}: left out)" for item in spec.classes),
        "shares pictures": spec.family,
        "known from": spec.evidence,
        "notes": spec.notes,
        "citation": spec.citation,
    }
    return [
        f"{spec.name}: {spec.title}",
        "",
        *(f"{name + ':':<17}{fact}" for name, fact in facts.items() if fact),
        "",
        "how to get it:",
        *(f"  {number}. {step}" for number, step in enumerate(spec.obtain, 1)),
        "",
        "layout expected below the root:",
        *(f"  {line}" for line in spec.layout.strip().splitlines()),
    ]


def plan_rows(plan: "Plan") -> Rows:
    """One row a source and reference. Empty cells are zero."""
    rows = [["name", "dataset", "role", "scenes", "not annotated", "without picture", "bytes", "published", "pictures (est.)"]]
    for item in plan.inputs:
        counts = [str(item.scenes), str(item.unannotated or ""), str(item.without_picture or "")]
        names = [item.input.source.name, item.input.spec.name, "reference" if item.input.reference else "source"]
        rows.append([*names, *counts, _bytes(item.picture_bytes), _expected(item), str(item.pictures)])
    return rows


def plan_lines(plan: "Plan", recipe: Recipe) -> list[str]:
    """What follows the table: files of fingerprints, faults, estimates, sample captions."""
    lines = [f"fingerprints: {file}" for file in plan.fingerprints]
    lines += [
        f"{item.input.source.name}: {item.repeated} scenes have the name of another one: a build refuses them"
        for item in plan.inputs
        if item.repeated
    ]
    lines += [
        f"{item.input.source.name}: {item.look.pictures:,} pictures are there, {item.published}"
        for item in plan.inputs
        if item.published
    ]
    lines += [
        "",
        f"pictures, before duplicates and leaks are taken out: about {plan.pictures:,}",
        f"samples: at most about {plan.samples:,}; shards: {plan.shards} (layout {recipe.shards.layout})",
        *_crops_line(recipe),
        f"disk: about {_bytes(plan.output_bytes)}, and up to {_bytes(plan.staging_bytes)} for staging while it runs",
        f"time: roughly {_seconds(plan.seconds)} on this machine, to a factor of two or three",
    ]
    for identifier, captions in plan.captions:
        lines += ["", identifier, *(f"  {caption}" for caption in captions)]
    return lines


def _crops_line(recipe: Recipe) -> list[str]:
    crops = recipe.regions
    return [f"crops of objects: up to {crops.per_picture} more a picture; they are not counted here"] if crops else []


def funnel_rows(manifest: Mapping[str, Any]) -> Rows:
    """What became of the scenes, tiles and crops of each source; the last row is their sum."""
    funnel: dict[str, dict[str, int]] = manifest["funnel"]
    columns = ["scenes", "tiles", *_crops(funnel), *FATES, "captions"]
    rows = [["source", *columns]]
    rows += [[name, *(str(counts.get(column, 0)) for column in columns)] for name, counts in funnel.items()]
    if len(funnel) > 1:
        rows.append(["all", *(str(sum(counts.get(column, 0) for counts in funnel.values())) for column in columns)])
    return rows


def _crops(funnel: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Only where there are any: few recipes want them."""
    return ["regions"] if any(counts.get("regions") for counts in funnel.values()) else []


def funnel_lines(manifest: Mapping[str, Any]) -> list[str]:
    """What was written, and what it was compared with."""
    shards = sum(file["path"].endswith(".tar") for file in manifest["files"])
    samples = ", ".join(f"{count} {split}" for split, count in manifest["samples"].items() if count)
    references = manifest["references"]
    kept, short = (sum(counts.get(what, 0) for counts in manifest["funnel"].values()) for what in ("kept", "short"))
    lacking = [f"captions: {short} of {kept} pictures have fewer than `captions.per_picture`"]
    return [
        f"samples: {samples or 'none'}; shards: {shards}",
        f"references: {references['hashed']} hashed of {references['listed']} listed",
        *(lacking if short else ()),
    ]


def _expected(item: "InputPlan") -> str:
    count = expected(item.input.source.split, item.input.spec)
    return str(count) if count else ""


def _published(spec: DatasetSpec) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in spec.published)


def _bytes(count: int) -> str:
    size, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    while size >= 1000 and len(units) > 1:
        size, units = size / 1000, units[1:]
    return f"{size:.0f} {units[0]}" if units[0] in ("B", "kB") else f"{size:.1f} {units[0]}"


def _seconds(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
