"""Crops of objects in a whole build: what they show, where they go, and what they are compared with."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from skypairs.api import explain, read, verify
from skypairs.pipelines.build_dataset import build
from skypairs.pipelines.extend_dataset import extend
from skypairs.schemas.execution import Execution
from tests.corpus import texture
from tests.whole_builds import build_here, resolved

SIDE = 320
OBJECTS = [("ship", 40, 40, 40, 20), ("harbor", 84, 36, 40, 40), ("airplane", 200, 210, 48, 48), ("car", 5, 300, 7, 7)]


def write_set(root: Path, pictures: dict[str, np.ndarray], objects: list[tuple[str, int, int, int, int]] = OBJECTS) -> None:
    """A COCO folder; every picture has the same objects."""
    (root / "images").mkdir(parents=True)
    names = sorted({name for name, *_ in objects})
    images, annotations = [], []
    for at, (name, pixels) in enumerate(pictures.items()):
        (root / "images" / f"{name}.png").write_bytes(png(pixels))
        images.append({"id": at, "file_name": f"{name}.png", "width": pixels.shape[1], "height": pixels.shape[0]})
        for label, *rect in objects:
            annotation = {"id": len(annotations), "image_id": at, "category_id": names.index(label), "bbox": rect}
            annotations.append(annotation)
    categories = [{"id": at, "name": name} for at, name in enumerate(names)]
    content = {"images": images, "annotations": annotations, "categories": categories}
    (root / "annotations.json").write_text(json.dumps(content))


def png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def write_recipe(base: Path, more: str = "", sources: tuple[str, ...] = ("set",)) -> Path:
    named = {name: f"{{dataset: coco, name: {name}, root: {base / name}}}" for name in (*sources, "test")}
    recipe = base / f"recipe-{len(list(base.glob('recipe-*')))}.yaml"
    recipe.write_text(
        f"name: crops\nsources: [{', '.join(named[name] for name in sources)}]\nreferences: [{named['test']}]\n"
        f"regions: {{per_picture: 4, min_side: 64}}\ncaptions: {{recipe: rich}}\nshards: {{samples: 40}}\n{more}"
    )
    return recipe


@dataclass
class Built:
    """A build, its recipe, and its ledger by id."""

    base: Path
    recipe: Path
    digest: str
    rows: dict[str, dict[str, Any]]

    @property
    def out(self) -> Path:
        return self.base / "out"

    def crops(self, parent: str) -> list[dict[str, Any]]:
        return [row for row in self.rows.values() if row["parent"] == f"set/{parent}" and row["region"]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """p0 to p5 are pictures like any other, twin is p0 brighter; leak is a reference, and another shows the airplane of p1."""
    base = tmp_path_factory.mktemp("crops")
    pictures = {f"p{seed}": texture(seed, SIDE, SIDE) for seed in range(6)}
    pictures["twin"] = np.clip(pictures["p0"].astype(int) + 4, 0, 255).astype(np.uint8)
    pictures["leak"] = texture(50, SIDE, SIDE)
    write_set(base / "set", pictures)
    write_set(
        base / "test", {"whole": pictures["leak"], "chip": pictures["p1"][186:282, 176:272]}, [("airplane", 4, 4, 30, 30)]
    )
    recipe = write_recipe(base)
    digest = build_here(recipe, base / "out")
    return Built(base, recipe, digest, {row["id"]: row for row in read(str(base / "out")).ledger.to_pylist()})


def shown(out: Path) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
    for sample in read(str(out)).samples():
        yield sample.json | {"text": sample.text}, np.asarray(Image.open(io.BytesIO(sample.picture)).convert("RGB"), float)


def test_crops_show_the_object_and_say_so(built: Built) -> None:
    crops = [(found, pixels) for found, pixels in shown(built.out) if "focus" in found]
    assert len(crops) > 15
    for found, pixels in crops:
        x0, y0, x1, y1 = found["window"]
        name = found["file"].split("/")[-1]
        whole = np.asarray(Image.open(built.base / "set" / "images" / name), float)
        assert pixels.shape == (y1 - y0, x1 - x0, 3)
        assert np.abs(pixels - whole[y0:y1, x0:x1]).mean() < 4  # but for JPEG
        focus = found["boxes"][found["focus"]]
        [wanted] = [rect for label, *rect in OBJECTS if label == focus["label"]]
        a, b, c, d = focus["box"]
        assert [a + x0, b + y0, c - a, d - b] == wanted
        text, other = found["text"], {"ship": "harbor", "harbor": "ship"}.get(focus["label"])
        assert f" {focus['label']}" in text and (other is None or f"next to a {other}" in text or len(found["boxes"]) == 1)
        assert found["captions"][0]["rule"] == "object" and "caption_1" not in found


def test_a_crop_goes_where_its_picture_goes(built: Built) -> None:
    dropped = {identifier for identifier, row in built.rows.items() if not row["region"] and row["fate"] != "kept"}
    assert dropped == {"set/leak", next(name for name in ("set/p0", "set/twin") if name in dropped)}
    for identifier, row in built.rows.items():
        if row["region"]:
            assert identifier.startswith(row["parent"] + "/crop_")
            gone = row["parent"] in dropped
            assert gone == (row["reason"] == "crop of a picture that is left out") and (not gone or row["fate"] == "filtered")
    assert [len(built.crops(name)) for name in ("p2", "leak", "twin")] == [3, 3, 3]  # the car is too small for its crop
    assert {row["fate"] for row in built.crops("p2")} == {"kept"}


def test_a_crop_near_a_reference_is_a_leak_though_its_picture_is_kept(built: Built) -> None:
    leaks = [row for row in built.crops("p1") if row["fate"] == "leak"]
    assert built.rows["set/p1"]["fate"] == "kept"
    assert [(row["region"], row["keeper"], row["distance"]) for row in leaks] == [("airplane", "test/chip", 0)]


def test_the_account_is_right_and_verify_finds_nothing(built: Built) -> None:
    assert verify(str(built.out)).problems == ()
    manifest = json.loads((built.out / "manifest.json").read_text())
    funnel = manifest["funnel"]["set"]
    assert (funnel["scenes"], funnel["tiles"], funnel["regions"], funnel["short"]) == (8, 0, 24, 0)
    kept = [row for row in built.rows.values() if row["fate"] == "kept"]
    assert sum(row["captions"] for row in kept) == manifest["samples"]["train"]
    assert all(row["captions"] == 1 for row in kept if row["region"])
    words = explain(str(built.out), "set/p2").text
    assert any(line == "crops of its objects: 3" for line in words), words
    crop = built.crops("p2")[0]
    assert f"it is a crop of the object {crop['region']} of set/p2" in explain(str(built.out), crop["id"]).text


def test_verify_sees_a_crop_of_a_picture_that_is_gone(built: Built, tmp_path: Path) -> None:
    from skypairs.api.verify_ledger import Ledger, check_tiles

    table = read(str(built.out)).ledger
    rows = table.to_pylist()
    lost = next(row for row in rows if row["id"] == "set/p2")
    lost["fate"] = "duplicate"
    problems = list(check_tiles(Ledger(type(table).from_pylist(rows, table.schema))))
    assert [problem.kind for problem in problems] == ["odd crop"] * 3
    for row in rows:
        if row["region"]:
            row["parent"] = "set/nobody"
    assert len(list(check_tiles(Ledger(type(table).from_pylist(rows, table.schema))))) == 24


def test_a_crop_drops_no_picture_and_no_cap_counts_it(built: Built, tmp_path: Path) -> None:
    """A chip of an object is a source of its own: the crop that shows the same is its duplicate, though it has the more
    pixels and comes first."""
    base = tmp_path
    write_set(base / "set", {"p9": texture(9, SIDE, SIDE)})
    chip = np.asarray(Image.fromarray(texture(9, SIDE, SIDE)[186:282, 176:272]).resize((80, 80), Image.Resampling.LANCZOS))
    write_set(base / "chips", {"chip": chip}, [("airplane", 20, 20, 40, 40)])
    write_set(base / "test", {"other": texture(77, SIDE, SIDE)})
    recipe = write_recipe(base, sources=("set", "chips"))
    build_here(recipe, base / "out", "sources.0.cap=1")
    rows = {row["id"]: row for row in read(str(base / "out")).ledger.to_pylist()}
    assert rows["set/p9"]["fate"] == rows["chips/chip"]["fate"] == "kept"
    [plane] = [row for row in rows.values() if row["region"] == "airplane" and row["source"] == "set"]
    assert (plane["fate"], plane["keeper"]) == ("duplicate", "chips/chip")
    assert sum(row["fate"] == "capped" for row in rows.values()) == 0
    assert verify(str(base / "out")).problems == ()


@pytest.mark.slow
def test_the_same_bytes_with_more_workers_and_with_a_second_look(built: Built, tmp_path: Path) -> None:
    assert build_here(built.recipe, tmp_path / "again", execution=Execution(1)) == built.digest
    build_here(built.recipe, tmp_path / "looked", "dedup.confirm=true")
    rows = {row["id"]: row["fate"] for row in read(str(tmp_path / "looked")).ledger.to_pylist()}
    assert rows == {identifier: row["fate"] for identifier, row in built.rows.items()}


@pytest.mark.slow
def test_an_output_with_crops_is_extended(built: Built, tmp_path: Path) -> None:
    """New pictures and their crops meet what is there: a copy of a crop of the old output is a duplicate of it."""
    base = tmp_path
    write_set(base / "set", {f"p{seed}": texture(seed, SIDE, SIDE) for seed in range(20, 23)})
    write_set(base / "test", {"other": texture(77, SIDE, SIDE)})
    build(resolved(write_recipe(base)), str(base / "out"), Execution(2))
    before = {row["id"]: row for row in read(str(base / "out")).ledger.to_pylist()}
    chip = texture(20, SIDE, SIDE)[186:282, 176:272]
    write_set(base / "more", {"new": texture(30, SIDE, SIDE), "old": texture(21, SIDE, SIDE)}, OBJECTS[2:3])
    write_set(base / "chips", {"chip": chip}, [("airplane", 20, 20, 40, 40)])
    recipe = write_recipe(base, sources=("set", "more", "chips"))
    _, state = extend(resolved(recipe), str(base / "out"), Execution(2))
    assert state == "extended"
    rows = {row["id"]: row for row in read(str(base / "out")).ledger.to_pylist()}
    assert {name: rows[name] for name in before} == before
    new = {name: (row["fate"], row["keeper"]) for name, row in rows.items() if name not in before and not row["region"]}
    [plane] = [name for name, row in before.items() if row["parent"] == "set/p20" and row["region"] == "airplane"]
    assert new == {"more/new": ("kept", None), "more/old": ("duplicate", "set/p21"), "chips/chip": ("duplicate", plane)}
    crops = {row["parent"]: row["fate"] for row in rows.values() if row["source"] == "more" and row["region"]}
    assert crops == {"more/new": "kept", "more/old": "filtered"}
    assert verify(str(base / "out")).problems == ()


def test_without_the_key_there_are_none(built: Built, tmp_path: Path) -> None:
    build_here(built.recipe, tmp_path / "none", "regions=null")
    rows = read(str(tmp_path / "none")).ledger.to_pylist()
    assert len(rows) == 8 and not any(row["region"] for row in rows)
    fates = {row["id"]: row["fate"] for row in rows}
    assert fates == {name: row["fate"] for name, row in built.rows.items() if not row["region"]}
