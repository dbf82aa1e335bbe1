"""A small finished OUT, written without the pipeline: by tarfile, Pillow, imagehash and pyarrow alone.

`finished()` gives a `Fake` whose parts are plain lists and dicts; a test plants a fault in them and writes it, or writes it and
damages the files. `sign` makes the manifest agree with the damaged files again, so that deeper checks are reached.
"""

import hashlib
import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import imagehash
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from skypairs.schemas import arrow
from skypairs.schemas.identity import sample_key
from skypairs.schemas.recipe import Captions as CaptionOptions
from skypairs.schemas.recipe import FingerprintSource, Recipe, Shards, Source
from skypairs.schemas.recipe_identity import canonical, picture_policy, recipe_digest

NAME = "fake"
PER_PICTURE = 3
FOLDERS = ("train", "val", "ledger", "references", "duplicates", "captions", "report")
FATES = ("cut", "failed", "filtered", "capped", "flat", "leak", "duplicate", "kept")


def pixels(seed, width=96, height=72, cells=6):
    """Smooth noise: pictures of different seeds are far apart in p-Hash, turned or not."""
    small = np.random.default_rng(seed).integers(0, 256, (cells, cells, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


def plain(level, width=96, height=72):
    return np.full((height, width, 3), (20, 60, level), np.uint8)


def encode(array, format="JPEG", **options):
    out = io.BytesIO()
    Image.fromarray(array).save(out, format, **({"quality": 90} | options if format != "PNG" else options))
    return out.getvalue()


def turned(array, g):
    """Bit 2 of g transposes, bit 1 then reverses the rows, bit 0 the columns."""
    array = array.swapaxes(0, 1) if g & 4 else array
    array = array[::-1] if g & 2 else array
    return np.ascontiguousarray(array[:, ::-1] if g & 1 else array)


def hashes(data):
    """Eight hashes of 8 bytes: of the 32 x 32 thumbnail that imagehash reduces to, turned."""
    small = Image.open(io.BytesIO(data)).convert("RGB").convert("L").resize((32, 32), Image.Resampling.LANCZOS)
    found = [imagehash.phash(Image.fromarray(turned(np.asarray(small), g))).hash for g in range(8)]
    return [np.packbits(bits.ravel()).tobytes() for bits in found]


def distance(a, b):
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count()


def pixels_digest(data):
    image = Image.open(io.BytesIO(data)).convert("RGB")
    digest = hashlib.sha256(image.width.to_bytes(4, "big") + image.height.to_bytes(4, "big"))
    digest.update(image.tobytes())
    return digest.digest()


@dataclass
class Fake:
    """Everything that `write` writes; change it before."""

    recipe: Recipe
    ledger: list = field(default_factory=list)
    duplicates: list = field(default_factory=list)
    references: list = field(default_factory=list)
    thumbnails: list = field(default_factory=list)
    shards: dict = field(default_factory=dict)
    """path -> list of samples, a sample a list of (member name, bytes)"""
    pictures: dict = field(default_factory=dict)
    """id -> bytes of the emitted picture"""
    manifest: dict = field(default_factory=dict)

    def row(self, identifier):
        return next(row for row in self.ledger if row["id"] == identifier)

    def card(self, path, number=0):
        return json.loads(dict_of(self.shards[path][number])["json"])

    def captions(self):
        """Rows of the caption table: as many as the ledger's kept rows have."""
        rows = [row for row in self.ledger if row["fate"] == "kept"]
        return [{"id": row["id"], "number": number} for row in rows for number in range(row["captions"] or 0)]

    def write(self, folder: Path) -> Path:
        for path, samples in self.shards.items():
            write_tar(folder / path, [member for sample in samples for member in sample])
        for split in ("train", "val"):
            sizes = {Path(path).name: len(samples) for path, samples in self.shards.items() if path.startswith(split)}
            if sizes:
                (folder / split / "sizes.json").write_text(json.dumps(sizes, sort_keys=True, indent=0) + "\n")
        for name, schema, rows in (
            ("ledger/part-00000.parquet", arrow.LEDGER, self.ledger),
            ("duplicates/part-00000.parquet", arrow.DUPLICATES, self.duplicates),
            ("references/part-00000.parquet", arrow.REFERENCES, self.references),
            ("report/part-00000.parquet", arrow.THUMBNAILS, self.thumbnails),
            ("captions/part-00000.parquet", arrow.CAPTIONS, self.captions()),
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / name)
        (folder / "manifest.json").write_text(json.dumps(self.manifest))
        sign(folder)
        return folder


def dict_of(sample):
    """Suffix -> bytes of one sample."""
    return {name.partition(".")[2]: data for name, data in sample}


def write_tar(path, members):
    """By the standard library, cut to two zero blocks at the end."""
    import tarfile

    path.parent.mkdir(parents=True, exist_ok=True)
    out, used = io.BytesIO(), 1024
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o644
            tar.addfile(info, io.BytesIO(data))
            used += 512 + len(data) + -len(data) % 512
    path.write_bytes(out.getvalue()[:used])


def sign(folder):
    """Lists the files of OUT in its manifest as they now are; keeps the rows of files that cannot be read any more."""
    manifest = json.loads((folder / "manifest.json").read_text())
    old = {file["path"]: file["rows"] for file in manifest.get("files", ())}
    files = []
    for path in sorted(p for part in FOLDERS for p in (folder / part).glob("*")):
        name = path.relative_to(folder).as_posix()
        data = path.read_bytes()
        if name.endswith("sizes.json"):
            rows = old.get(name, len(json.loads(data)))
        elif name.endswith(".tar"):
            sizes = json.loads((path.parent / "sizes.json").read_text())
            rows = old.get(name, sizes.get(path.name, 0))
        else:
            rows = pq.read_metadata(path).num_rows
        files.append({"path": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "rows": rows})
    manifest["files"] = files
    (folder / "manifest.json").write_text(json.dumps(manifest))


def finished(layout="pairs", orientations=8):
    """Two sources with a row of every fate, one of references; 11 kept pictures, a `val` of two of them."""
    from dataclasses import replace

    recipe = Recipe(
        name=NAME,
        sources=(Source("fakeset", "/nowhere", name="alpha", split="train"), Source("otherset", "/nowhere", name="beta")),
        references=(FingerprintSource("/nowhere/test.parquet"),),
        captions=CaptionOptions(per_picture=PER_PICTURE),
        shards=Shards(layout=layout, samples=4),
    )
    recipe = replace(recipe, dedup=replace(recipe.dedup, orientations=orientations))
    fake = Fake(recipe)
    far = {f"r{n}": encode(pixels(900 + n)) for n in range(1, 4)} | {"r4": encode(plain(90), "PNG")}
    for name, data in far.items():
        fake.references.append(_reference(name, data, picture_policy(recipe)))
    for n in range(1, 6):
        _add(fake, "alpha", f"P{n:04d}", encode(pixels(n)))
    _add(fake, "alpha", "P0011", None, fate="cut")
    _add(fake, "alpha", "P0011", encode(pixels(11)), window=(0, 0, 96, 72))
    _add(fake, "alpha", "P0011", encode(pixels(12)), window=(96, 0, 192, 72))
    _add(fake, "alpha", "P0011", None, window=(192, 0, 288, 72), fate="filtered", reason="no caption")
    _add(fake, "alpha", "P0006", encode(turned(pixels(1), 6), quality=80), fate="duplicate", loses_to="alpha/P0001")
    _add(fake, "alpha", "P0007", encode(pixels(901), quality=85), fate="leak", loses_to="ref/r1")
    _add(fake, "alpha", "P0008", None, fate="failed", reason="truncated picture: jpg, OSError")
    _add(fake, "alpha", "P0009", None, fate="failed", reason="annotation without picture")
    _add(fake, "alpha", "P0010", None, fate="filtered", reason="no annotation")
    for n, kind in ((1, "PNG"), (2, "WEBP"), (3, "JPEG")):
        _add(fake, "beta", f"{n}", encode(pixels(20 + n, 80, 80), kind), human=f'a field with <{n}> "ponds" & a café')
    _add(fake, "beta", "4", encode(plain(120), "PNG"), flat=True)
    _add(fake, "beta", "5", encode(plain(120), "PNG", compress_level=1), flat=True, fate="duplicate", loses_to="beta/4")
    _add(fake, "beta", "6", encode(pixels(26)), fate="capped", reason="over the cap")
    _add(fake, "beta", "7", encode(pixels(27)), fate="leak", loses_to="ref/r2", group="other/scene-r2")
    _add(fake, "beta", "8", encode(plain(121), "PNG"), flat=True, fate="leak", loses_to="ref/r4", twin=far["r4"])
    _place(fake, layout)
    fake.manifest = {
        "skypairs": "0.1.0",
        "name": NAME,
        "digest": recipe_digest(recipe),
        "recipe": json.loads(json.dumps(canonical(recipe))),
        "versions": {"imagehash": "4.3.2", "numpy": "2.3.5", "pillow": "12.1.1"},
        "sources": [
            {
                "name": "alpha",
                "dataset": "fakeset",
                "licence": "CC-BY-4.0",
                "redistributable": True,
                "weight": 1.0,
                "words": {"boat": "boats"},
                "scenes": ["harbor"],
            },
            {
                "name": "beta",
                "dataset": "otherset",
                "licence": "academic use only",
                "redistributable": False,
                "weight": 1.0,
                "words": {"boat": "boats"},
                "scenes": ["harbor"],
            },
        ],
        "funnel": {name: _funnel(fake, name) for name in ("alpha", "beta")},
        "references": {"listed": 5, "hashed": 4, "pictures": 4, "unread": [["ref/r5", "truncated picture"]]},
        "samples": {
            split: sum(len(samples) for path, samples in fake.shards.items() if path.startswith(split))
            for split in ("train", "val")
        },
    }
    return fake


def _reference(name, data, policy):
    turns = hashes(data)
    return {
        "id": f"ref/{name}",
        "source": "ref",
        "window": None,
        "group": f"other/scene-{name}",
        **{f"phash_{g}": turns[g] for g in range(8)},
        "flat": name == "r4",
        "pixels_sha256": pixels_digest(data) if name == "r4" else None,
        "hash": "phash",
        "policy": policy,
    }


def _add(fake, source, key, data, fate="kept", reason="", window=None, human="", flat=False, loses_to="", group="", twin=None):
    identifier = f"{source}/{key}" + (f"/{'_'.join(map(str, window))}" if window else "")
    row = dict.fromkeys(arrow.LEDGER.names) | {
        "id": identifier,
        "source": source,
        "dataset": {"alpha": "fakeset", "beta": "otherset"}[source],
        "uri": f"images/{key}.png",
        "window": window,
        "parent": f"{source}/{key}" if window else None,
        "group": group or f"{source}/{key}",
        "fate": fate,
        "reason": reason,
    }
    fake.ledger.append(row)
    if data is None:
        return
    image = Image.open(io.BytesIO(data))
    row |= {
        "sha256": hashlib.sha256(data).hexdigest(),
        "phash": hashes(data)[0].hex(),
        "flat": flat,
        "pixels_sha256": pixels_digest(twin or data).hex() if flat else None,
        "width": image.width,
        "height": image.height,
        "boxes": 2,
        "captions": PER_PICTURE,
    }
    fake.pictures[identifier] = data
    if fate == "kept":
        row |= {"key": sample_key(identifier), "human": human}
    if loses_to:
        _lose(fake, row, loses_to, flat)


def _lose(fake, row, keeper, flat):
    row["keeper"] = keeper
    leak = keeper.startswith("ref/")
    if leak:
        reference = next(ref for ref in fake.references if ref["id"] == keeper)
        turns = [reference[f"phash_{g}"] for g in range(8)]
    else:
        turns = hashes(fake.pictures[keeper])
    if leak and reference["group"] == row["group"]:
        row["reason"] = "same scene"
    elif flat:
        row["reason"] = "same pixels as a reference" if leak else "same pixels"
    else:
        row["reason"] = "near a reference" if leak else "near duplicate"
        least = min((distance(turn, bytes.fromhex(row["phash"])), g) for g, turn in enumerate(turns))
        assert least[0] <= 2, f"the fake {row['id']} is not near {keeper}"
        row["distance"], row["orientation"] = least
    fake.duplicates.append({"a": keeper, "b": row["id"], "distance": row["distance"], "orientation": row["orientation"]})
    for identifier in (row["id"], keeper):
        if identifier in fake.pictures and all(thumb["id"] != identifier for thumb in fake.thumbnails):
            fake.thumbnails.append(
                {"id": identifier, "jpeg": encode(np.asarray(Image.open(io.BytesIO(fake.pictures[identifier])).convert("RGB")))}
            )


def _place(fake, layout):
    kept = [row for row in fake.ledger if row["fate"] == "kept"]
    copies = PER_PICTURE if layout == "pairs" else 1
    for position, row in enumerate(kept):
        split = "val" if position >= len(kept) - 2 else "train"
        row["shards"] = []
        for number in range(copies):
            block = (position + number) % copies
            path = f"{split}/{NAME}-{recipe_digest(fake.recipe)[:6]}-{block:05d}.tar"
            key = row["key"] + (f"-{number}" if layout == "pairs" else "")
            card = _card(fake, row, number)
            suffix = {"PNG": "png", "WEBP": "webp", "JPEG": "jpg"}[Image.open(io.BytesIO(fake.pictures[row["id"]])).format]
            fake.shards.setdefault(path, []).append(
                [
                    (f"{key}.{suffix}", fake.pictures[row["id"]]),
                    (f"{key}.json", json.dumps(card, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()),
                    (f"{key}.txt", card[f"caption_{number}"].encode()),
                ]
            )
            row["shards"].append(path)
    for row in fake.ledger:
        row.pop("human", None)
    fake.shards = dict(sorted(fake.shards.items()))


def _card(fake, row, number):
    texts = [
        "There are 2 boats in the picture .",
        "A boat at the edge of the picture .",
        "A boat is in the middle of the picture .",
    ]
    kinds = [{"kind": "rule", "rule": "count", "template": "{n} {class}"} for _ in texts]
    if row["human"]:
        texts[0], kinds[0] = row["human"], {"kind": "human", "rule": "", "template": ""}
    box = {"native": "Boat", "label": "boat", "kind": "instance", "difficult": False, "crowd": False, "cut": False}
    card = {name: row[name] for name in ("id", "key", "source", "dataset", "group", "window", "width", "height")}
    card |= {name: row[name] for name in ("sha256", "phash", "flat", "pixels_sha256")}
    card |= {
        "licence": {"alpha": "CC-BY-4.0", "beta": "academic use only"}[row["source"]],
        "file": row["uri"],
        "gsd": 0.5,
        "boxes": [
            box | {"box": [4.0, 4.0, 30.0, 20.0]},
            box | {"box": [40.0, 30.0, 70.5, 60.25], "polygon": [40, 30, 70.5, 45, 55, 60.25]},
        ],
        "labels": ["boat"],
        "lost": [{"label": "boat", "reason": "under min_area", "count": 3}],
        "caption": number,
        "captions": kinds,
    }
    return card | {f"caption_{k}": text for k, text in enumerate(texts)}


def _funnel(fake, source):
    rows = [row for row in fake.ledger if row["source"] == source]
    return {
        "scenes": sum(row["parent"] is None for row in rows),
        "tiles": sum(row["parent"] is not None for row in rows),
        "regions": 0,
        **{fate: sum(row["fate"] == fate for row in rows) for fate in FATES},
        "captions": sum(row["captions"] for row in rows if row["fate"] == "kept"),
        "short": sum(row["captions"] < PER_PICTURE for row in rows if row["fate"] == "kept"),
        **{f"{reason}_captions": 0 for reason in ("blank", "repeated", "surplus")},
    }
