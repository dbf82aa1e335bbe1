"""How well captions tell pictures apart: `remoteclip` beside `rich`, over the same boxes.

For every caption: of how many of 255 other pictures of the set is it true as well? Made-up sets, and the pictures of recipes.

    .venv/bin/python benchmarks/ambiguity.py                        four sets of 5,000 pictures: minutes
    .venv/bin/python benchmarks/ambiguity.py --count 1000           a first look
    .venv/bin/python benchmarks/ambiguity.py --recipe dota.yaml     the pictures of a recipe's sources too
"""

import argparse
import math
import random
import time
from collections.abc import Iterator

from skypairs.pipelines.catalog import load
from skypairs.pipelines.read_recipe import read_recipe
from skypairs.pipelines.resolve import resolve
from skypairs.schemas.dataset import ClassName
from skypairs.schemas.recipe import Captions
from skypairs.schemas.records import Box
from skypairs.schemas.vocabulary import Vocabulary, named
from skypairs.transforms.box_to_caption import write_captions
from skypairs.transforms.prepare_scene import SceneOptions, prepare_scene
from skypairs.transforms.truth.figures import Captioned, Figures, figures
from skypairs.transforms.truth.picture import Picture

RECIPES = ("remoteclip", "rich")
NATIVE = (
    *("airplane", "ship", "storage tank", "baseball diamond", "tennis court", "basketball court", "harbor", "bridge"),
    *("large-vehicle", "small-vehicle", "helicopter", "roundabout", "soccer field", "swimming pool", "track"),
)
CLASSES = tuple(map(named, NATIVE))
SETS = {
    "sparse": ((1, 2), (1, 2)),
    "crowded": ((2, 5), (4, 30)),
    "one class": ((1, 1), (1, 40)),
    "many classes": ((5, 10), (1, 6)),
}
"""Least and greatest number of classes of a picture, and of objects of a class."""
SIDE = 512


def made_up(name: str, count: int) -> Iterator[tuple[str, Picture, tuple[ClassName, ...]]]:
    """Pictures of a set. Objects of a class are of about one size, and lie anywhere or close together."""
    (fewest, most), (few, many) = SETS[name]
    words = tuple((item.singular, item.plural) for item in CLASSES)
    for number in range(count):
        chance = random.Random(f"{name} {number}")
        classes = CLASSES[:1] if name == "one class" else chance.sample(CLASSES, chance.randint(fewest, most))
        boxes: list[Box] = []
        for item in classes:
            side = math.exp(chance.uniform(math.log(0.015), math.log(0.4))) * SIDE
            x0, y0, spread = chance.uniform(0, SIDE), chance.uniform(0, SIDE), chance.choice((0.05, 0.15, 2.0)) * SIDE
            for _ in range(round(math.exp(chance.uniform(math.log(few), math.log(many))))):
                w, h = (side * math.exp(chance.gauss(0, 0.15)) for _ in range(2))
                x, y = (at + chance.uniform(-spread, spread) for at in (x0, y0))
                x, y = x % SIDE, y % SIDE
                corners = max(0.0, x - w / 2), max(0.0, y - h / 2), min(float(SIDE), x + w / 2), min(float(SIDE), y + h / 2)
                cut = corners != (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
                boxes.append(Box(item.singular, item.native, *corners, cut=cut))
        yield f"{name}/{number}", Picture(tuple(boxes), SIDE, SIDE, chance.choice((None, 0.3)), (), words), CLASSES


def of_recipe(path: str) -> Iterator[tuple[str, Picture, tuple[ClassName, ...]]]:
    """The pictures that a recipe's sources give, tiles and all."""
    resolved = resolve(read_recipe(path), load())
    recipe = resolved.recipe
    options = SceneOptions(recipe.pictures, recipe.boxes, recipe.dedup.hash)
    for source in resolved.inputs:
        vocabulary = Vocabulary(source.spec.classes)
        for scene in () if source.reference else source.spec.reader.scenes(source.source, source.family):
            for sample in prepare_scene(scene, source, options).samples:
                if sample.boxes:
                    names = sorted({box.native for box in sample.boxes})
                    words = tuple((vocabulary[native].singular, vocabulary[native].plural) for native in names)
                    picture = Picture(sample.boxes, sample.width, sample.height, sample.gsd, sample.lost, words)
                    yield sample.id, picture, source.spec.classes


def measured(pictures: list[tuple[str, Picture, tuple[ClassName, ...]]], recipe: str) -> Figures:
    """The figures of a set with the captions of a recipe, its options being the default."""
    options = Captions(recipe=recipe)
    found = []
    for identifier, picture, classes in pictures:
        texts = write_captions(
            identifier,
            picture.width,
            picture.height,
            picture.boxes,
            (),
            0,
            options,
            Vocabulary(classes),
            lost=picture.lost,
            gsd=picture.gsd,
        )
        found.append(Captioned(identifier, picture, tuple(item.text for item in texts), (True,) * len(texts)))
    return figures(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=5000, help="pictures of each made-up set")
    parser.add_argument(
        "--recipe", action="append", default=[], help="a recipe whose pictures are measured too; may be given again"
    )
    options = parser.parse_args()
    head = ("set", "recipe", "pictures", "captions", "true", "of", "ambiguity", "ratio", "best", "ratio", "same", "classes")
    rows = [(*head, "tokens", "words")]
    for name in (*SETS, *options.recipe):
        pictures = list(of_recipe(name) if name in options.recipe else made_up(name, options.count))
        before: Figures | None = None
        for recipe in RECIPES:
            started = time.perf_counter()
            found = measured(pictures, recipe)
            rows.append(_row(name, recipe, found, before or found))
            before = before or found
            print(f"{name}, {recipe}: {time.perf_counter() - started:.1f} s", flush=True)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    print()
    for row in rows:
        print(
            "  ".join(
                cell.ljust(width) if place < 2 else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
        )


def _row(name: str, recipe: str, found: Figures, base: Figures) -> tuple[str, ...]:
    def ratio(value: float | None, other: float | None) -> str:
        return "" if value is None or not other else f"{value / other:.2f}"

    return (
        name.rpartition("/")[2],
        recipe,
        str(found.pictures),
        str(found.captions),
        f"{100 * found.true / max(found.rules, 1):.2f} %",
        str(found.others),
        f"{found.ambiguity or 0:.2f}",
        ratio(found.ambiguity, base.ambiguity),
        f"{found.best or 0:.2f}",
        ratio(found.best, base.best),
        f"{found.same_texts:.1f}",
        f"{found.classes or 0:.2f}",
        f"{found.tokens:.1f}",
        str(found.words),
    )


if __name__ == "__main__":
    main()
