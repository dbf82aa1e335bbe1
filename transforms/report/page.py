"""report.html: one file, no network, no script. The same output makes the same bytes, wherever it lies."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skypairs.schemas import arrow
from skypairs.schemas.errors import OutputError
from skypairs.transforms import storage
from skypairs.transforms.report import gallery
from skypairs.transforms.report.captions import captions
from skypairs.transforms.report.choose import choose_pairs, choose_samples
from skypairs.transforms.report.flow import FATES, funnel
from skypairs.transforms.report.markup import code, paragraph, section, share, table, text
from skypairs.transforms.report.scores import scores
from skypairs.transforms.report.style import STYLE
from skypairs.transforms.report.train import training_command, training_notes
from skypairs.transforms.sinks.read_tables import read_folder

_COLUMNS = ["id", "source", "fate", "reason", "keeper", "distance", "orientation", "key", "shards"]
_SECTIONS = (
    ("funnel", "What became of every picture"),
    ("samples", "Samples"),
    ("captions", "Captions"),
    ("scores", "Scores"),
    ("leaks", "Leaks"),
    ("duplicates", "Duplicates"),
    ("failures", "Failed and filtered"),
    ("references", "References"),
    ("training", "Training"),
    ("recipe", "Recipe and versions"),
)


def render(out: str, manifest: Mapping[str, Any]) -> str:
    """The page of the build at `out`; its manifest need not be written yet. Raises OutputError where a file is broken."""
    ledger = read_folder(out, manifest, "ledger", arrow.LEDGER, _COLUMNS)
    bodies = {
        "funnel": funnel(manifest),
        "samples": gallery.samples(choose_samples(out, manifest, ledger)),
        "captions": captions(manifest),
        "scores": scores(manifest),
        "leaks": _dropped(out, manifest, ledger, "leak"),
        "duplicates": _dropped(out, manifest, ledger, "duplicate"),
        "failures": _failures(ledger),
        "references": _references(out, manifest),
        "training": _training(manifest),
        "recipe": _recipe(manifest),
    }
    links = "".join(f'<a href="#{anchor}">{text(title)}</a>' for anchor, title in _SECTIONS if bodies[anchor])
    sections = "".join(section(anchor, title, bodies[anchor]) for anchor, title in _SECTIONS)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{text(manifest['name'])} · skypairs</title><style>{STYLE}</style></head>\n<body>"
        f"{_header(manifest)}<nav aria-label='Sections'>{links}</nav></header>\n<main>{sections}</main>"
        f"<footer>Made by skypairs {text(manifest['skypairs'])}. Recipe {text(manifest['digest'])}. "
        "Check it with <code>skypairs verify</code>.</footer></body></html>\n"
    )


def write_report(out: str) -> str:
    """Renders OUT/report.html again from OUT alone and returns its uri. Raises OutputError where the build is not finished."""
    try:
        manifest = json.loads(storage.read(storage.join(out, "manifest.json")))
    except (FileNotFoundError, ValueError) as error:
        raise OutputError(f"{out} has no readable manifest.json: it is not a finished build") from error
    uri = storage.join(out, "report.html")
    storage.publish_bytes(render(out, manifest).encode(), uri)
    return uri


def _header(manifest: Mapping[str, Any]) -> str:
    shards = [file for file in manifest["files"] if file["path"].endswith(".tar")]
    totals = Counter[str]()
    for row in manifest["funnel"].values():
        totals.update(row)
    samples = sum(manifest["samples"].values())
    compared = sum(totals[fate] for fate in ("kept", "duplicate", "leak"))
    references = manifest["references"]
    tiles = [
        (f"{totals['kept']:,}", f"pictures kept of {sum(totals[fate] for fate in FATES):,}"),
        (
            f"{samples:,}",
            "samples" + (f", {manifest['samples']['val']:,} of them held out" if manifest["samples"].get("val") else ""),
        ),
        (f"{len(shards):,}", f"shards, {_size(sum(file['bytes'] for file in shards))}"),
        (f"{totals['duplicate']:,}", f"duplicates dropped, {share(totals['duplicate'], compared)} of those compared"),
        (f"{totals['leak']:,}", "leaks from references dropped"),
        (f"{references['hashed']:,}", f"references compared of {references['listed']:,}"),
    ]
    items = "".join(f"<li><b>{text(figure)}</b><span>{text(words)}</span></li>" for figure, words in tiles)
    names = ", ".join(dict.fromkeys(source["dataset"] for source in manifest["sources"]))
    title = f'<h1>{text(manifest["name"])}</h1><p class="soft">Image-caption pairs from {text(names)}.</p>'
    return f'<header>{title}<ul class="tiles">{items}</ul>'


def _dropped(out: str, manifest: Mapping[str, Any], ledger: pa.Table, fate: str) -> str:
    pairs, total = choose_pairs(out, manifest, ledger, fate)
    if not total:
        return ""
    rule = manifest["recipe"]["dedup"]
    limit = rule["reference_distance" if fate == "leak" else "distance"]
    turned = " in one of eight orientations" if rule["orientations"] == 8 else ""
    what = "a reference picture, of its scene" if fate == "leak" else "a picture that is kept"
    verb = "picture was dropped: it is" if total == 1 else "pictures were dropped: they are"
    sentence = f"{total:,} {verb} at most {limit} of 64 hash bits{turned} from {what}, or of the same pixels."
    shown = f"{len(pairs):,} of them are shown." if len(pairs) < total else ""
    return paragraph(sentence, shown) + gallery.pairs(pairs)


def _failures(ledger: pa.Table) -> str:
    found: dict[tuple[str, str, str], list[str]] = {}
    rows = ledger.filter(pc.is_in(ledger["fate"], pa.array(["failed", "filtered"])))
    for identifier, source, fate, reason in zip(
        *(rows[name].to_pylist() for name in ("id", "source", "fate", "reason")), strict=True
    ):
        found.setdefault((fate, (reason or "").partition(":")[0], source), []).append(identifier)
    lines = [
        (fate, reason, source, len(ids), ", ".join(sorted(ids)[:3]))
        for (fate, reason, source), ids in sorted(found.items(), key=lambda item: (item[0][0], -len(item[1]), item[0]))
    ]
    head = ("fate", "reason", "source", "how many", "for example")
    return table(head, lines, "Scenes and tiles that could not be used, by reason", (3,)) if lines else ""


def _references(out: str, manifest: Mapping[str, Any]) -> str:
    stated = manifest["references"]
    if not stated["listed"]:
        return paragraph("The recipe names no references: leaks into test sets were not looked for.")
    rows = read_folder(out, manifest, "references", arrow.REFERENCES, ["source", "flat"])
    counts, flat = Counter(rows["source"].to_pylist()), Counter[str]()
    for source, is_flat in zip(rows["source"].to_pylist(), rows["flat"].to_pylist(), strict=True):
        flat[source] += bool(is_flat)
    lines = [(source, count, flat[source]) for source, count in sorted(counts.items())]
    parts = [
        paragraph(
            f"{stated['hashed']:,} of {stated['listed']:,} listed references were compared.",
            "No picture in the shards is near one.",
        ),
        table(("source", "pictures", "flat"), lines, "Pictures that the output was compared with", (1, 2)),
    ]
    if stated["unread"]:
        more = len(stated["unread"]) - 20
        unread = [tuple(item) for item in stated["unread"][:20]] + ([("…", f"{more:,} more")] if more > 0 else [])
        parts.append(table(("id", "reason"), unread, "References that could not be read and were not compared"))
    return "".join(parts)


def _training(manifest: Mapping[str, Any]) -> str:
    command = training_command(manifest)
    if not command:
        return paragraph("Nothing was kept: there is nothing to train on.")
    return f"<p>In the folder of this report:</p><pre>{text(command)}</pre>" + "".join(map(paragraph, training_notes(manifest)))


def _recipe(manifest: Mapping[str, Any]) -> str:
    recipe = manifest["recipe"]
    settings = [(code(key), code(value)) for key, value in _flat(recipe) if not key.startswith(("sources", "references"))]
    sources = [(s["name"], s["dataset"], s["licence"], "yes" if s["redistributable"] else "no") for s in manifest["sources"]]
    versions = [(name, code(version)) for name, version in sorted(manifest["versions"].items())]
    return (
        table(("source", "dataset", "licence", "may be passed on"), sources, "Sources and licences")
        + table(("setting", "value"), settings, "Settings of the recipe")
        + f"<details><summary>Versions of libraries</summary>{table(('library', 'version'), versions, 'Libraries')}</details>"
    )


def _flat(plain: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in plain.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{prefix}{key}.")
        else:
            found.append((f"{prefix}{key}", json.dumps(value)))
    return found


def _size(count: int) -> str:
    value, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if value >= 100 or unit == "B" else f"{value:.1f} {unit}"
