"""Copies of every kind planted over four sources and two references: the ledger says of every row what a judge says.

The judge decodes, hashes and turns the files with Pillow and imagehash, and compares all with all (tests/judges).
"""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from PIL.Image import Resampling, Transpose

from skypairs.api import read, verify
from tests.corpus import some_boxes, texture, voc_xml
from tests.judges.greedy import judge
from tests.judges.hashed import look
from tests.whole_builds import build_here

SIDE = 128
Row = tuple[str, str | None, str | None, int | None, int | None]
"""Fate, reason, keeper, distance, orientation."""
Pair = tuple[str | None, str, int | None, int | None]
"""Keeper, reference or better-ranked picture; the other; distance, orientation."""


def recompressed(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def cropped(image: Image.Image, share: float) -> Image.Image:
    edge = round(image.width * share)
    return image.crop((edge, edge, image.width - edge, image.height - edge))


def panned(image: Image.Image, by: int) -> Image.Image:
    """A window of the same scene, moved: a chain of these is near from link to link and far from end to end."""
    wide = image.resize((image.width + 40, image.height + 40), Resampling.BICUBIC)
    return wide.crop((by, 0, by + image.width, image.height))


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "same": lambda image: image,
    "q60": lambda image: recompressed(image, 60),
    "q30": lambda image: recompressed(image, 30),
    "smaller": lambda image: image.resize((SIDE * 3 // 4, SIDE * 3 // 4), Resampling.LANCZOS),
    "larger": lambda image: image.resize((SIDE * 5 // 4, SIDE * 5 // 4), Resampling.BICUBIC),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.06),
    "mirrored": lambda image: image.transpose(Transpose.FLIP_LEFT_RIGHT),
    "upside": lambda image: image.transpose(Transpose.FLIP_TOP_BOTTOM),
    "turned": lambda image: image.transpose(Transpose.ROTATE_90),
    "across": lambda image: recompressed(image.transpose(Transpose.TRANSVERSE), 75),
    "cropped": lambda image: cropped(image, 0.02),
    "cropped more": lambda image: cropped(image, 0.05),
    "panned 1": lambda image: panned(image, 1),
    "panned 2": lambda image: panned(image, 2),
    "panned 3": lambda image: panned(image, 3),
    "panned 5": lambda image: panned(image, 5),
}
SOURCES = ("trees", "boats", "said", "scenes")
REFERENCES = ("exam", "mask-scenes")


@dataclass(frozen=True)
class Planted:
    place: str
    """Name of the source or reference."""
    key: str
    image: Image.Image
    suffix: str = "jpg"
    boxes: bool = True
    scene: str = ""

    @property
    def identifier(self) -> str:
        return f"{self.place}/{self.key}"

    def path(self, root: Path) -> Path:
        folder = {
            "trees": "trees/JPEGImages",
            "boats": "boats/train",
            "said": "said/images",
            "scenes": "dota/train/images",
            "exam": "exam/images",
            "mask-scenes": "isaid/test/images",
        }[self.place]
        return root / folder / f"{self.key}.{self.suffix}"


def planted() -> Iterator[Planted]:
    """Pictures and their copies, each in a place drawn from a seed, so that every source loses to every other."""
    draw = np.random.default_rng(20)
    names = list(COPIES)
    for number in range(26):
        base = Image.fromarray(texture(number, SIDE, SIDE))
        chosen = ["same", *draw.choice(names, int(draw.integers(2, 7)), replace=False)]
        if number % 9 == 4:
            chosen += [name for name in names if name.startswith("panned")]
        for at, name in enumerate(chosen):
            place = str(draw.choice(SOURCES if draw.random() < 0.85 else REFERENCES))
            suffix = "png" if place in ("scenes", "mask-scenes") or draw.random() < 0.2 else "jpg"
            key = f"{'P' if suffix == 'png' else 'x'}{number:03d}{at:02d}-{name.replace(' ', '')}"
            boxes = place != "trees" or bool(draw.random() < 0.9)  # without objects it has no caption, and drops nothing
            yield Planted(place, key, COPIES[name](base), suffix, boxes)
    for number, scene in enumerate(("P0404", "P0505")):  # the scenes' pictures look quite unlike those of the references
        yield Planted("scenes", f"{scene}__1__0___0", Image.fromarray(texture(300 + number, SIDE, SIDE)), "png", True, scene)
        yield Planted("mask-scenes", scene, Image.fromarray(texture(400 + number, SIDE, SIDE)), "png", True, scene)
    grey, white = (Image.fromarray(np.full((SIDE, SIDE, 3), value, np.uint8)) for value in (90, 255))
    halves = np.zeros((SIDE, SIDE, 3), np.uint8)
    halves[:, SIDE // 2 :] = 200
    for place in ("scenes", "boats", "exam"):
        yield Planted(place, "P900-grey", grey, "png")
    for place in ("scenes", "trees", "boats"):
        yield Planted(place, "P901-white", white, "png")
        yield Planted(place, "P902-halves", Image.fromarray(halves), "png")
    yield Planted("boats", "P903-small", grey.resize((96, 96)), "png")  # its hash is that of the grey ones, its pixels are not


def write(root: Path) -> list[Planted]:
    """Writes all datasets and `recipe.yaml`."""
    pictures = list(planted())
    xmls, labels = root / "trees/Annotations", root / "dota/train/labelTxt"
    for folder in (xmls, labels, root / "boats/annotations"):
        folder.mkdir(parents=True)
    coco: list[dict[str, object]] = []
    objects: list[dict[str, object]] = []
    listed: dict[str, list[dict[str, object]]] = {"said": [], "exam": []}
    for number, item in enumerate(pictures):
        path = item.path(root)
        path.parent.mkdir(parents=True, exist_ok=True)
        item.image.save(path, **({"quality": 92} if item.suffix == "jpg" else {}))
        width, height = item.image.size
        boxes = some_boxes(number, 80, 80) if item.boxes else []
        if item.place == "trees":
            (xmls / f"{item.key}.xml").write_text(voc_xml(item.key, width, height, boxes))
        elif item.place == "scenes":
            corners = ((f"{a} {b} {c} {b} {c} {d} {a} {d}", name) for name, a, b, c, d in boxes)
            (labels / f"{item.key}.txt").write_text("".join(f"{quad} plane 0\n" for quad, _ in corners))
        elif item.place == "boats":
            coco.append({"id": number, "file_name": path.name, "width": width, "height": height})
            objects += [
                {"id": len(objects) + at, "image_id": number, "category_id": 1, "bbox": [a, b, c - a, d - b]}
                for at, (_, a, b, c, d) in enumerate(boxes)
            ]
        elif item.place in listed:
            text = f"Picture number {number} shows a field ."
            sentences = [{"raw": text, "tokens": text.split(), "imgid": number, "sentid": number}]
            split = "train" if item.place == "said" else "test"
            entry = {"filename": path.name, "imgid": number, "split": split, "sentences": sentences, "sentids": [number]}
            listed[item.place].append(entry)
    tables = {"images": coco, "annotations": objects, "categories": [{"id": 1, "name": "boat"}]}
    (root / "boats/annotations/instances_train.json").write_text(json.dumps(tables))
    for name, entries in listed.items():
        (root / name / "dataset.json").write_text(json.dumps({"images": entries, "dataset": name}))
    (root / "recipe.yaml").write_text(
        "name: planted\n"
        "sources:\n"
        "  - {dataset: voc, name: trees, root: trees}\n"
        "  - {dataset: coco, name: boats, root: boats, split: train}\n"
        "  - {dataset: karpathy, name: said, root: said, split: train}\n"
        "  - {dataset: dota, name: scenes, root: dota, split: train}\n"
        "references:\n"
        "  - {dataset: karpathy, name: exam, root: exam, split: test}\n"
        "  - {dataset: isaid, name: mask-scenes, root: isaid, split: test}\n"
        "pictures: {max_side: null}\n"
        "shards: {samples: 100, layout: images}\n"
    )
    return pictures


def judged(
    pictures: list[Planted], root: Path, distance: int, reference_distance: int, orientations: int
) -> tuple[dict[str, Row], set[Pair]]:
    """What must stand in the ledger, by id, and in `duplicates`."""
    seen = {}
    for item in pictures:
        family = "dota" if item.place in ("scenes", "mask-scenes") else item.place
        order = (*SOURCES, *REFERENCES).index(item.place)
        group = f"{family}/{item.scene or item.key}"
        seen[item.identifier] = look(item.path(root), item.identifier, group, item.place == "said", order, orientations)
    compared = [seen[item.identifier] for item in pictures if item.place in SOURCES and item.boxes]
    references = [seen[item.identifier] for item in pictures if item.place in REFERENCES]
    lost, near = judge(compared, references, distance, reference_distance)
    rows: dict[str, Row] = {}
    for item in pictures:
        if item.place in SOURCES:
            rows[item.identifier] = ("kept", None, None, None, None)
            if not item.boxes:
                rows[item.identifier] = ("filtered", "no caption", None, None, None)
            elif loss := lost.get(item.identifier):
                where = (None, None) if loss.reason == "same scene" else (loss.distance, loss.orientation)
                rows[item.identifier] = (loss.fate, loss.reason, loss.keeper, *where)
    dropped = {(row[2], identifier, row[3], row[4]) for identifier, row in rows.items() if row[2]}
    return rows, near | dropped


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Planted]]:
    root = tmp_path_factory.mktemp("planted")
    return root, write(root)


@pytest.mark.parametrize(("distance", "reference_distance", "orientations"), [(2, 2, 8), (6, 4, 8), (4, 8, 1)])
def test_the_ledger_is_the_judges(
    corpus: tuple[Path, list[Planted]], tmp_path: Path, distance: int, reference_distance: int, orientations: int
) -> None:
    root, pictures = corpus
    expected, pairs = judged(pictures, root, distance, reference_distance, orientations)
    build_here(
        root / "recipe.yaml",
        tmp_path / "out",
        f"dedup.distance={distance}",
        f"dedup.reference_distance={reference_distance}",
        f"dedup.orientations={orientations}",
        "dedup.confirm=false",  # the judge goes by the hash alone
    )
    columns = ("id", "fate", "reason", "keeper", "distance", "orientation")
    output = read(str(tmp_path / "out"))
    ledger = output.ledger.select(columns).to_pylist()
    assert {row["id"]: tuple(row[name] for name in columns[1:]) for row in ledger} == expected
    assert len(ledger) == len(expected)
    shared = {"dota/P0404", "dota/P0505"}  # scenes go by name: iSAID's are DOTA's, in the ledger and in the references
    assert shared == set(output.ledger["group"].to_pylist()) & set(output.references["group"].to_pylist())
    assert {tuple(row.values()) for row in output.duplicates.to_pylist()} == pairs
    assert verify(str(tmp_path / "out")).problems == ()
    # and the corpus has everything in it, or this proves little
    assert {reason for _, reason, *_ in expected.values()} == {
        None,
        "no caption",
        "near duplicate",
        "same pixels",
        "near a reference",
        "same pixels as a reference",
        "same scene",
    }
    keepers = {
        (identifier.split("/")[0], keeper.split("/")[0]) for identifier, (_, _, keeper, *_) in expected.items() if keeper
    }
    assert len({(loser, keeper) for loser, keeper in keepers if loser != keeper}) >= 12
    assert len({orientation for *_, orientation in expected.values() if orientation}) >= (4 if orientations == 8 else 0)
    assert {0, 2} <= {row[3] for row in expected.values()}
    assert sum(row[0] == "kept" for row in expected.values()) > 30
