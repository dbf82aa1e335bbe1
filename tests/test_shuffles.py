"""Only references cross a shuffle: by the types of the built graph, by the size of a row, and by the bytes of a real run."""

import json
import typing
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import apache_beam as beam
import numpy as np
import pytest
from apache_beam.pipeline import AppliedPTransform, PipelineVisitor
from apache_beam.runners.portability.fn_api_runner.execution import GroupingBuffer
from apache_beam.typehints import typehints
from apache_beam.utils.timestamp import Timestamp
from apache_beam.utils.windowed_value import PaneInfo

from skypairs.pipelines import extend_dataset
from skypairs.pipelines.build_dataset import build, wire
from skypairs.pipelines.catalog import load
from skypairs.pipelines.read_recipe import read_recipe
from skypairs.pipelines.resolve import Resolved, resolve
from skypairs.schemas import packed, placed
from skypairs.schemas.dataset import Input
from skypairs.schemas.execution import Execution
from skypairs.schemas.files import WrittenFile, WrittenShard
from skypairs.schemas.scores import Scores
from skypairs.transforms import dup_rows
from skypairs.transforms.dup_compare import Crowd
from skypairs.transforms.parts import PartRef
from skypairs.transforms.prepare_part import PreparedPart
from skypairs.transforms.previous_output import PreviousOutput
from skypairs.transforms.records_file import read_table
from skypairs.transforms.scores import ranks
from skypairs.transforms.thumbnail_hash import turned_hashes
from skypairs.transforms.thumbnails import Candidate
from tests.corpus import write_corpus

PLAIN = (bool, int, str, bytes, float, type(None), Timestamp, PaneInfo)  # the last two are a Reshuffle's own
SMALL = (packed.Block, placed.Placed, placed.Ordered, PartRef, PreparedPart, WrittenFile, WrittenShard, Candidate, Crowd)
LONGEST_ID = 100


@pytest.fixture(scope="module", params=["auto", "true"])
def resolved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Resolved:
    """Without, and with a second look at thumbnails, a limit on texts and crops of objects."""
    corpus = write_corpus(tmp_path_factory.mktemp("corpus"), 40)
    overrides = [f"dedup.confirm={request.param}"]
    if request.param == "true":
        overrides += ["captions.max_same=3", "regions.per_picture=2"]
    return resolve(read_recipe(str(corpus.recipe), overrides), load())


def leaves(hint: Any) -> list[Any]:
    """The types that an element type is made of."""
    if hint is Any or isinstance(hint, typehints.AnyTypeConstraint | typing.TypeVar | typehints.TypeVariable):
        return [Any]
    inner = getattr(hint, "inner_type", None) or getattr(hint, "tuple_types", None) or getattr(hint, "union_types", None)
    if inner is None:
        inner = typing.get_args(hint) or None
    if inner is None:
        return [hint]
    return [leaf for item in (inner if isinstance(inner, tuple | list | set | frozenset) else [inner]) for leaf in leaves(item)]


def known(leaf: Any) -> bool:
    return leaf is Any or leaf is None or (isinstance(leaf, type) and issubclass(leaf, (*PLAIN, *SMALL, Input)))


def shuffles(draw: Callable[[beam.Pipeline], None]) -> dict[str, list[Any]]:
    """What each shuffle of a graph is given, in types."""
    shuffled: dict[str, list[Any]] = {}

    class Walk(PipelineVisitor):
        def visit_transform(self, node: AppliedPTransform) -> None:
            if isinstance(node.transform, beam.GroupByKey):
                [collection] = node.main_inputs.values()
                shuffled[node.full_label] = leaves(collection.element_type)

    pipeline = beam.Pipeline(runner="FnApiRunner")
    draw(pipeline)
    pipeline.visit(Walk())
    return shuffled


def check(shuffled: dict[str, list[Any]]) -> None:
    # keys, sums and booleans of combiners are plain; the inputs themselves are dealt out once; all else is a known reference
    odd = {label: [leaf for leaf in types if not known(leaf)] for label, types in shuffled.items()}
    assert {label: types for label, types in odd.items() if types} == {}
    untyped = [label for label, types in shuffled.items() if Any in types]
    assert [label for label in untyped if "/Combine" not in label and "Reshuffle" not in label] == []


def test_the_graph_shuffles_nothing_but_references(resolved: Resolved) -> None:
    shuffled = shuffles(lambda root: wire(root, resolved, "/nowhere", "/nowhere/.staging", Execution(1)))
    stages = {label.partition("/")[0] for label in shuffled}
    assert {"Ingest", "StopOnFailures", "SelectPictures", "FindDuplicates", "AssignShards", "WriteShards", "Account"} <= stages
    check(shuffled)


def test_the_graph_with_scores_neither(resolved: Resolved) -> None:
    scored = replace(resolved, recipe=replace(resolved.recipe, scores=Scores("ViT-B-32", "openai", keep=0.5)))
    shuffled = shuffles(lambda root: wire(root, scored, "/nowhere", "/nowhere/.staging", Execution(1)))
    assert any(label.startswith("ScoreCaptions/BySource") for label in shuffled)
    check(shuffled)


@pytest.mark.parametrize("distance", [2, 4])  # the latter with a second look
def test_the_graph_of_an_extension_neither(resolved: Resolved, distance: int) -> None:
    recipe = replace(resolved.recipe, dedup=replace(resolved.recipe.dedup, distance=distance))
    manifest = {"recipe": {"sources": [], "references": []}, "funnel": {}, "files": [], "digest": "", "sources": []}
    previous = PreviousOutput("/nowhere", json.dumps(manifest))
    shuffled = shuffles(
        lambda root: extend_dataset.wire(root, replace(resolved, recipe=recipe), previous, "/nowhere/.staging", Execution(1))
    )
    stages = {label.partition("/")[0] for label in shuffled}
    assert {"Ingest", "SourceTogether", "SelectPictures", "AddToOutput", "AssignShards", "WriteShards", "Account"} <= stages
    assert any(label.startswith("AddToOutput/OldAgainstReferences/") for label in shuffled)
    check(shuffled)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (module, name)
        for module in (packed, placed, dup_rows, ranks)
        for name, value in vars(module).items()
        if isinstance(value, np.dtype)
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_row_with_its_id_comes_to_300_bytes(module: Any, name: str) -> None:
    assert getattr(module, name).itemsize + LONGEST_ID < 300


def test_no_picture_box_or_text_crosses_in_a_real_run(resolved: Resolved, tmp_path: Path) -> None:
    crossed: list[bytes] = []
    append = GroupingBuffer.append

    def keeping(self: GroupingBuffer, elements_data: bytes) -> None:
        crossed.append(bytes(elements_data))
        append(self, elements_data)

    with mock.patch.object(GroupingBuffer, "append", keeping):
        build(resolved, str(tmp_path / "out"), Execution(1, keep_staging=True))
    everything = b"".join(crossed)
    grays = list((tmp_path / "out/.staging/looks").glob("*.gray"))
    assert len(grays) >= 3
    for gray in grays:
        thumbnails, rows = gray.read_bytes(), read_table(str(gray.with_suffix(".arrow")), ["phash"])["phash"].to_pylist()
        assert len(thumbnails) == 1024 * len(rows)
        for number, phash in enumerate(rows):
            thumbnail = thumbnails[1024 * number :][:1024]
            if phash is None:
                assert thumbnail == bytes(1024)
            else:  # the thumbnail of a row is what its hashes were taken of, and does not cross
                assert b"".join(turned_hashes(np.frombuffer(thumbnail, np.uint8).reshape(32, 32))) == phash
                assert everything.find(thumbnail[:64]) == -1
    assert len(everything) > 10_000
    assert b"trees/P0010" in everything  # ids do cross: the search itself works
    for never in (b"\xff\xd8\xff\xe0", b"JFIF", b"picture .", b"A river bends", b"P0010.jpg", b"<object>"):
        assert everything.find(never) == -1, never
