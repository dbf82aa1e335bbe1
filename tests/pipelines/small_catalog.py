"""A catalogue of two small datasets with a reader of their own, and folders to match, for tests of what lies around a build."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from skypairs.schemas.dataset import DatasetSpec, Look, Split
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, Scene
from skypairs.schemas.vocabulary import named
from skypairs.transforms import storage


@dataclass(frozen=True, slots=True)
class PairedFiles:
    """ROOT/SPLIT/images/*.png and ROOT/SPLIT/labels/*.txt, or the two folders right below ROOT where there is no split."""

    def _folder(self, source: Source, name: str) -> list[FileStamp]:
        folder = storage.join(source.root, source.split, name)
        if not storage.is_folder(folder):
            raise LayoutError(f"{source.dataset}: {folder} does not exist")
        return storage.list_files(folder)

    def look(self, source: Source) -> Look:
        pictures, labels = self._folder(source, "images"), self._folder(source, "labels")
        return Look(len(pictures), sum(file.size for file in pictures), len(labels))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        labels = {Path(file.uri).stem: file for file in self._folder(source, "labels")}
        for file in self._folder(source, "images"):
            key = Path(file.uri).stem
            found = labels.pop(key, None)
            annotations = (found,) if found else ()
            yield Scene(source.name, key, f"{family}/{key}", file, annotations, annotated=found is not None)
        for key, file in labels.items():
            yield Scene(source.name, key, f"{family}/{key}", None, (file,), problem="annotation without picture")

    def annotation(self, scene: Scene) -> Annotation:
        return Annotation()


def spec(name: str, *splits: Split, title: str = "", published: tuple[tuple[str, int], ...] = ()) -> DatasetSpec:
    return DatasetSpec(
        name,
        title or name.upper(),
        "detection",
        PairedFiles(),
        layout="SPLIT/images/*.png\nSPLIT/labels/*.txt",
        licence="CC-BY-4.0",
        redistributable=name != "closed",
        homepage="https://example.org",
        citation="A. Author, A Title, 2020",
        obtain=("Ask for it.", "Unpack it."),
        splits=splits,
        classes=(named("small-vehicle"), named("ship")),
        gsd=0.5,
        published=published,
    )


HELD = (Split("train", "train"), Split("val", "test"), Split("test", "test", annotated=False))
CATALOG = {
    "airfields": spec("airfields", *HELD, published=(("train pictures", 5),)),
    "boats": spec("boats", Split("train", "train"), Split("val", "test")),
    "closed": spec("closed", Split("train", "train"), Split("extra", "train", annotated=False)),
    "plain": spec("plain"),
}


def write_folder(
    root: Path, split: str = "", pictures: int = 3, labels: int | None = None, size: tuple[int, int] = (64, 48)
) -> Path:
    """Pictures p0, p1, ... and labels for the first of them; `labels` beyond `pictures` have no picture."""
    for name in ("images", "labels"):
        (root / split / name).mkdir(parents=True, exist_ok=True)
    for number in range(pictures):
        Image.new("RGB", size, (number, 90, 40)).save(root / split / "images" / f"p{number}.png")
    for number in range(pictures if labels is None else labels):
        (root / split / "labels" / f"p{number}.txt").write_text("ship\n")
    return root
