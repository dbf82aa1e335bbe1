"""evaluate: a CLIP model on caption sets and class folders that the catalogue knows, as RemoteCLIP is evaluated.

Retrieval reads captions and pictures together (RSICD, RSITMD, UCM-Captions), zero-shot classification the class of each whole
picture (EuroSAT, AID, ...). Pictures are opened by the same policies as in a build. Needs the extra `clip`.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from skypairs.api.retrieval import Recalls, recalls
from skypairs.api.zero_shot import TEMPLATES, Accuracy, classify
from skypairs.schemas.dataset import Input
from skypairs.schemas.errors import DataError, UserError
from skypairs.schemas.identity import order_hash
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Scene
from skypairs.transforms.open_scene import look_at_scene
from skypairs.transforms.scene_class import named_class
from skypairs.transforms.scores.clip_model import BATCH, RGB, ClipModel

MAX_PIXELS = 400_000_000


__all__ = [
    "TEMPLATES",
    "Evaluation",
    "check_templates",
    "evaluation_json",
    "evaluation_rows",
    "retrieval",
    "source_of",
    "zero_shot",
]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one set says of a model."""

    source: Source
    figures: Recalls | Accuracy

    def as_dict(self) -> dict[str, Any]:
        task = "retrieval" if isinstance(self.figures, Recalls) else "zero-shot"
        return {"dataset": self.source.dataset, "split": self.source.split, "task": task, **self.figures.as_dict()}


def retrieval(
    model: ClipModel, source: Source, *, capitalise: bool = True, batch: int = BATCH, limit: int | None = None
) -> Evaluation:
    """Recalls of a model on a caption set.

    Args:
        source: a dataset of the catalogue with captions; mostly `split: test`.
        capitalise: the first letter of a caption large, the others small, as RemoteCLIP's evaluation has it.
        batch: pictures or texts that go through the model together.
        limit: so many pictures, those with the smallest hash of their id.

    Pictures without a caption are left out. Raises LayoutError where the set is not there, DataError for a picture that cannot
    be read: figures of fewer pictures could not be compared.
    """
    opened, scenes = _scenes(source, limit)
    captions = [(scene, opened.spec.reader.annotation(scene).captions) for scene in scenes]
    wanted = [(scene, texts) for scene, texts in captions if texts]
    if not wanted:
        raise UserError(f"{source.dataset} in {source.root} has no captions: retrieval needs a caption set")
    owners = [row for row, (_, texts) in enumerate(wanted) for _ in texts]
    texts = [text.strip().capitalize() if capitalise else text for _, found in wanted for text in found]
    pictures = model.pictures(_pixels(opened, [scene for scene, _ in wanted]), batch)
    return Evaluation(source, recalls(pictures, model.texts(texts, batch), owners))


def zero_shot(
    model: ClipModel,
    source: Source,
    *,
    templates: Sequence[str] = TEMPLATES,
    batch: int = BATCH,
    limit: int | None = None,
) -> Evaluation:
    """Accuracy of a model on class folders. The classes are those that the set has pictures of, by name.

    templates: sentences with one `{}` for the class. Raises as `retrieval`.
    """
    check_templates(templates)
    opened, scenes = _scenes(source, limit)
    natives = ((scene, opened.spec.reader.annotation(scene).scene_class) for scene in scenes)
    named = [(scene, named_class(native, opened.spec.classes)) for scene, native in natives]
    wanted = [(scene, found.label) for scene, found in named if found is not None]
    if not wanted:
        raise UserError(f"{source.dataset} in {source.root} has no classes of whole pictures: zero-shot needs class folders")
    classes = sorted({label for _, label in wanted})
    labels = [classes.index(label) for _, label in wanted]
    pictures = _pixels(opened, [scene for scene, _ in wanted])
    return Evaluation(source, classify(model, pictures, labels, classes, templates, batch))


def source_of(dataset: str, split: str, root: str) -> Source:
    """A set by its name in the catalogue. Without a split: `test` of a caption set, class folders whole. Raises UserError."""
    from skypairs.pipelines.catalog import load
    from skypairs.pipelines.resolve import source_problem

    catalog = load()
    if problem := source_problem(dataset, split, catalog):
        raise UserError(problem[1])
    spec = catalog[dataset]
    test = spec.task == "caption" and any(item.name == "test" for item in spec.splits)
    return Source(dataset, root, split=split or ("test" if test else ""))


def check_templates(templates: Sequence[str]) -> None:
    """Raises UserError where a template has no one place for the class."""
    for template in templates:
        if template.count("{}") != 1 or "{" in template.replace("{}", "", 1):
            raise UserError(f"a template needs one {{}} for the class, and no other brace: {template!r}")


def evaluation_rows(found: Sequence[Evaluation]) -> list[list[str]]:
    """A table in per cent. The first row holds the headers."""
    rows = [["set", "pictures", "figure", "per cent"]]
    for item in found:
        name = f"{item.source.dataset} {item.source.split}".strip()
        for figure, value in item.figures.as_dict().items():
            if isinstance(value, float):
                rows.append([name, str(item.figures.pictures), figure, f"{100 * value:.2f}"])
    return rows


def evaluation_json(model: str, weights: str, found: Sequence[Evaluation]) -> str:
    """The same as JSON, shares from 0 to 1: the same text for the same figures."""
    content = {"model": model, "weights": weights, "results": [item.as_dict() for item in found]}
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def _scenes(source: Source, limit: int | None) -> tuple[Input, list[Scene]]:
    """The annotated scenes of a set, in order of id."""
    from skypairs.pipelines.catalog import load
    from skypairs.pipelines.resolve import default_name

    opened = Input(source, load()[source.dataset], 0, False)
    listed = sorted(opened.spec.reader.scenes(source, default_name(source)), key=lambda scene: scene.id)
    lost = [scene for scene in listed if scene.picture is None]
    if lost:
        raise DataError("annotation without picture", f"{len(lost)} of {source.dataset}, the first {lost[0].key}")
    scenes = [scene for scene in listed if scene.annotated]
    if limit is not None:
        scenes = sorted(scenes, key=lambda scene: (order_hash(0, scene.id), scene.id))[:limit]
        scenes.sort(key=lambda scene: scene.id)
    return opened, scenes


def _pixels(opened: Input, scenes: Sequence[Scene]) -> Iterator[Callable[[], RGB]]:
    return (partial(_open, opened, scene) for scene in scenes)


def _open(opened: Input, scene: Scene) -> RGB:
    try:
        header, open_with = look_at_scene(scene, MAX_PIXELS)
        return open_with(opened.bands(header.bands)).pixels()
    except DataError as error:
        raise DataError(error.code, f"{scene.key} of {opened.source.dataset}: {error.detail}") from error
