"""Recipes from YAML: what is read, and what is said of everything that is wrong."""

import dataclasses
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skypairs.pipelines.read_recipe import read_recipe, read_with_places
from skypairs.schemas import recipe as schema
from skypairs.schemas.errors import RecipeError
from skypairs.schemas.recipe import FingerprintSource, Recipe, Source
from skypairs.schemas.scores import Scores
from tests.pipelines.small_catalog import CATALOG

HEAD = "name: mini\nsources:\n  - {dataset: boats, root: /d/boats, split: train}\n"

WHOLE = """
name: mini-remoteclip
sources:
  - {dataset: airfields, root: /data/A, split: train, cap: 20000}
  - {dataset: boats, name: my-boats, root: gs://bucket/boats/, split: train, licence: CC-BY-4.0, role: train}
references:
  - auto
  - {dataset: boats, root: /data/B, split: val}
  - {fingerprints: eurosat.parquet}
pictures: {whole: 1024, tile: 768, overlap: 64, max_aspect: 1.34, max_side: null, quality: 92, max_pixels: 4e8, flat: drop}
boxes: {min_area: 16, min_visible: 0.3}
captions: {recipe: remoteclip, per_picture: 5, centre: [0.25, 0.75]}
dedup: {hash: phash, distance: 2, reference_distance: 2, orientations: 8, confirm: auto, max_pairs: 100000000}
video: {keep: 1.0, by: hash}
split: {val: 0.0}
shards: {layout: images, samples: 1000, minimum: 1, group_by: null}
seed: 7
max_failed: 0.01
"""


def read(tmp_path: Path, text: str, *overrides: str, limit: int | None = None) -> Recipe:
    (tmp_path / "r.yaml").write_text(text)
    return read_recipe(str(tmp_path / "r.yaml"), overrides, limit, CATALOG)


def problems(tmp_path: Path, text: str, *overrides: str, limit: int | None = None) -> list[str]:
    """The lines of the error, without the folder."""
    with pytest.raises(RecipeError) as caught:
        read(tmp_path, text, *overrides, limit=limit)
    return str(caught.value).replace(f"{tmp_path}/", "").splitlines()


def test_reads_every_key(tmp_path: Path) -> None:
    recipe = read(tmp_path, WHOLE)
    assert recipe.sources[0] == Source("airfields", "/data/A", split="train", cap=20000)
    assert recipe.sources[1].root == "gs://bucket/boats"
    assert recipe.references == (
        "auto",
        Source("boats", "/data/B", split="val"),
        FingerprintSource(str(tmp_path / "eurosat.parquet")),
    )
    assert (recipe.pictures.max_side, recipe.pictures.max_pixels, recipe.pictures.flat) == (None, 400_000_000, "drop")
    assert (recipe.captions.centre, recipe.shards.layout, recipe.seed) == ((0.25, 0.75), "images", 7)


def test_defaults_are_those_of_the_schema(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD) == Recipe("mini", (Source("boats", "/d/boats", split="train"),))


def test_relative_paths_are_taken_from_the_recipes_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    text = (
        "name: m\nsources:\n  - {dataset: plain, root: data/a}\n  - {dataset: plain, name: b, root: ~/b}\n"
        "references: [{dataset: plain, name: c, root: ../c/}]\n"
    )
    recipe = read(tmp_path, text)
    roots = [source.root for source in (*recipe.sources, *recipe.references) if isinstance(source, Source)]
    assert roots == [f"{tmp_path}/data/a", "/home/me/b", f"{tmp_path.parent}/c"]


def test_everything_wrong_is_said_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    text = HEAD + "pictures: {tiel: 5, quality: 101}\nsede: 3\ncaptions:\n  centre: [0.75, 0.25]\n"
    assert problems(tmp_path, text) == [
        "r.yaml:4: pictures.quality: must be at most 100, is 101",
        'r.yaml:4: pictures.tiel: there is no such key; did you mean "tile"?',
        'r.yaml:5: sede: there is no such key; did you mean "seed"?',
        "r.yaml:7: captions.centre: the first share (0.75) must be less than the second (0.25)",
    ]


ONE_PROBLEM = [
    # text after HEAD, the line that is said
    ("tile: 5\n", 'r.yaml:4: tile: there is no such key; did you mean "pictures.tile"?'),  # a key of a section, outside it
    ("zzz: 5\n", "r.yaml:4: zzz: there is no such key; known: allow_unread_references,"),  # nothing near: all are named
    ("shards: {layout: pair}\n", 'r.yaml:4: shards.layout: must be pairs or images, is "pair"; did you mean "pairs"?'),
    ("dedup: {orientations: 4}\n", "r.yaml:4: dedup.orientations: must be 1 or 8, is 4"),
    ("dedup: {confirm: always}\n", "r.yaml:4: dedup.confirm: must be auto, true or false, is \"always\""),
    ("dedup:\n  distance: 9\n", "r.yaml:5: dedup.distance: must be at most 8, is 9"),
    ("video: {keep: 0}\n", "r.yaml:4: video.keep: must be more than 0, is 0"),
    ("video: {keep: 1.5}\n", "r.yaml:4: video.keep: must be at most 1, is 1.5"),
    ("video: {by: strides}\n", 'r.yaml:4: video.by: must be hash or stride, is "strides"; did you mean "stride"?'),
    ("split: {val: 1}\n", "r.yaml:4: split.val: must be less than 1, is 1"),
    ("seed: -1\n", "r.yaml:4: seed: must be at least 0, is -1"),
    ("seed: 1.5\n", "r.yaml:4: seed: must be a whole number, is 1.5"),
    ("seed: '1'\n", 'r.yaml:4: seed: must be a whole number, is "1"'),  # text is not a number
    ("seed: true\n", "r.yaml:4: seed: must be a whole number, is true"),  # nor is a truth
    ("max_failed: .nan\n", "r.yaml:4: max_failed: must be a finite number"),
    ("boxes: {min_area: .inf}\n", "r.yaml:4: boxes.min_area: must be a finite number"),
    ("seed: 1e400\n", "r.yaml:4: seed: must be a finite number"),
    ("boxes:\n", "r.yaml:4: boxes: has no value: give it keys, or remove the line"),
    ("boxes: 5\n", "r.yaml:4: boxes: must be keys, is 5"),
    ("captions: {centre: 0.5}\n", "r.yaml:4: captions.centre: must be a list, is 0.5"),
    ("captions: {centre: [0.5]}\n", "r.yaml:4: captions.centre.1: missing: the list is too short"),
    ("captions: {centre: [0, 0.5, 1]}\n", "r.yaml:4: captions.centre: takes at most 2, has 3"),
    ("captions: {centre: [0.5, 0.5]}\n", "r.yaml:4: captions.centre: the first share (0.5) must be less than"),
    ("shards: {group_by: gsd}\n", 'r.yaml:4: shards.group_by: must be source or null, is "gsd"'),
    ("pictures: {scales: []}\n", "r.yaml:4: pictures.scales: needs at least 1, has 0"),
    ("pictures: {scales: [0.5, 9]}\n", "r.yaml:4: pictures.scales.1: must be at most 8, is 9"),
    ("pictures: {empty: fill}\n", 'r.yaml:4: pictures.empty: must be drop or keep, is "fill"'),
    ("pictures: {tile: 64}\n", "r.yaml:4: pictures.tile: overlap (64) must be less than tile (64)"),
    ("pictures: {tile: 64, overlap: 70}\n", "r.yaml:4: pictures.overlap: overlap (70) must be less than tile (64)"),
    ("seed: 1\nseed: 2\n", "r.yaml:5: seed: the key stands twice, first in line 4: remove one"),
    ("pictures: {tile: !!python/name:os.system 5}\n", "r.yaml:4: pictures.tile: the tag"),
    ("[1]: 2\n", "r.yaml:4: a key must be a plain word"),
    ("references: auto\n", "r.yaml:4: references: must be a list: [] for none, [auto]"),
    ("references:\n", "r.yaml:4: references: must be a list"),
    (
        "references: [atuo]\n",
        'r.yaml:4: references.0: must be auto, {dataset: ..., root: ...}, {fingerprints: FILE} or {output: FOLDER}, is',
    ),
    ("references:\n  - auto\n  - 5\n", "r.yaml:6: references.1: must be auto,"),
    ("references: [{fingerprints: 5}]\n", "r.yaml:4: references.0.fingerprints: must be text, is 5: put it in quotes"),
    ("references: [{fingerprints: a, root: b}]\n", "r.yaml:4: references.0.root: there is no such key; known: fingerprints"),
    ("references: [{output: ''}]\n", "r.yaml:4: references.0.output: must not be empty"),
    ("references: [{output: a, root: b}]\n", "r.yaml:4: references.0.root: there is no such key; known: name, output"),
    ("references: [{dataset: boats, split: val}]\n", "r.yaml:4: references.0.root: missing"),
    ("references: [{dataset: boats, root: '', split: val}]\n", "r.yaml:4: references.0.root: must not be empty"),
    (
        "references: [{dataset: boats, root: b, split: val, cap: 5}]\n",
        "r.yaml:4: references.0.cap: a reference is never emitted",
    ),
    (
        "references: [{dataset: boat, root: b}]\n",
        'r.yaml:4: references.0.dataset: there is no dataset "boat"; did you mean "boats"?',
    ),
    (
        "references: [{dataset: boats, root: b, split: vall}]\n",
        'r.yaml:4: references.0.split: there is no split "vall"; did you mean "val"? (splits of boats: train, val)',
    ),
    (
        "references: [{dataset: plain, root: b, split: x}]\n",
        "r.yaml:4: references.0.split: plain has no splits: remove the key",
    ),
    (
        "references: [{dataset: boats, root: b, split: train}]\n",  # the name of sources.0, by default
        'r.yaml:4: references.0.name: "boats-train" is the name of sources.0 already: set `name` to something else',
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), ONE_PROBLEM)
def test_one_problem_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    found = problems(tmp_path, HEAD + text)
    assert len(found) == 1 and found[0].startswith(said), found


WHOLE_FILE = [
    # the file, the start of each line that is said
    ("", ["r.yaml:1: the file is empty"]),
    ("# nothing\n", ["r.yaml:1: the file is empty"]),
    ("- a\n- b\n", ["r.yaml:1: a recipe is a list of `key: value` lines"]),
    ("name: [a\n", ["r.yaml:2: not YAML: "]),
    ("name: a\n\tb: 5\n", ["r.yaml:2: not YAML: "]),
    ("name: a\n---\nname: b\n", ["r.yaml:2: not YAML: "]),  # two documents
    ("name: \x01\n", ["r.yaml:1: not YAML: "]),
    ("&a [*a]\n", ["r.yaml:1: a recipe is a list"]),
    ("name: &a {b: *a}\n", ["r.yaml:1: nested too deeply"]),
    ("name: a\n", ["r.yaml:1: sources: missing"]),
    ("name: a\nsources: []\n", ["r.yaml:2: sources: needs at least 1, has 0"]),
    ("name: a\nsources: [{}]\n", ["r.yaml:2: sources.0.dataset: missing", "r.yaml:2: sources.0.root: missing"]),
    ("sources: [{dataset: plain, root: a}]\n", ["r.yaml:1: name: missing"]),
    (
        "name: 5\nsources: [{dataset: plain, root: no}]\n",
        ["r.yaml:1: name: must be text, is 5: put", "r.yaml:2: sources.0.root: must"],
    ),
    ("name: a b\nsources: [{dataset: plain, root: a}]\n", ['r.yaml:1: name: must be 1 to 64 letters, digits, . _ or -']),
    (
        "name: a\nsources:\n- {dataset: plain, root: a}\n- {dataset: plain, root: b}\n",
        ['r.yaml:4: sources.1.name: "plain" is the name of sources.0 already'],
    ),
    (
        "name: a\nsources: [{dataset: plain, root: a, role: reference}]\n",
        ["r.yaml:2: sources: every source has the role reference"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WHOLE_FILE)
def test_whole_files(tmp_path: Path, text: str, said: list[str]) -> None:
    found = problems(tmp_path, text)
    assert len(found) == len(said) and all(line.startswith(start) for line, start in zip(found, said, strict=True)), found


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"none\.yaml: there is no such recipe"):
        read_recipe(str(tmp_path / "none.yaml"), catalog=CATALOG)
    with pytest.raises(RecipeError, match="cannot be read"):
        read_recipe(str(tmp_path), catalog=CATALOG)
    (tmp_path / "b.yaml").write_bytes(b"name: \xff\n")
    with pytest.raises(RecipeError, match=r"b\.yaml: not UTF-8 text \(byte 6\)"):
        read_recipe(str(tmp_path / "b.yaml"), catalog=CATALOG)


def test_overrides_are_yaml_values_and_make_missing_sections(tmp_path: Path) -> None:
    recipe = read(
        tmp_path,
        HEAD,
        "sources.0.cap=5",
        "pictures.tile=512",
        "pictures.max_side=null",
        "captions.centre=[0.1, 0.9]",
        "references=[]",
        "name=other-name",
        limit=9,
    )
    assert (recipe.sources[0].cap, recipe.pictures.tile, recipe.pictures.max_side) == (5, 512, None)
    assert (recipe.captions.centre, recipe.references, recipe.name, recipe.limit) == ((0.1, 0.9), (), "other-name", 9)


OVERRIDES = [
    # option, what is said
    ("pictures.tiel=5", '--set pictures.tiel=5: pictures.tiel: there is no such key; did you mean "tile"?'),
    ("picture.tile=5", '--set picture.tile=5: picture: there is no such key; did you mean "pictures"?'),
    ("pictures.quality=0", "--set pictures.quality=0: pictures.quality: must be at least 1, is 0"),
    ("pictures.quality=", "--set pictures.quality=: pictures.quality: has no value"),
    ("sources.1.cap=5", "--set sources.1.cap=5: sources has 1 entries, numbered from 0: there is no '1'"),
    ("sources.x.cap=5", "--set sources.x.cap=5: sources has 1 entries, numbered from 0: there is no 'x'"),
    ("name.x=5", "--set name.x=5: name is a single value and has no key 'x'"),
    ("sources.0.cap=[", "--set sources.0.cap=[: not YAML: "),
    ("sources.0.dataset=boat", '--set sources.0.dataset=boat: sources.0.dataset: there is no dataset "boat"'),
    ("tile", "--set tile: write key.key=value"),
    ("=5", "--set =5: write key.key=value"),
    ("a..b=5", "--set a..b=5: write key.key=value"),
]


@pytest.mark.parametrize(("option", "said"), OVERRIDES)
def test_problems_of_overrides_name_the_override(tmp_path: Path, option: str, said: str) -> None:
    found = problems(tmp_path, HEAD, option)
    assert len(found) == 1 and found[0].startswith(said), found


def test_a_limit_that_cannot_be_names_the_option(tmp_path: Path) -> None:
    assert problems(tmp_path, HEAD, limit=0) == ["--limit 0: limit: must be at least 1, is 0"]


def test_places_tell_lines_and_options_apart(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(HEAD)
    _, places = read_with_places(str(tmp_path / "r.yaml"), ["sources.0.root=/e"], catalog=CATALOG)
    assert str(places["sources", 0]).endswith("r.yaml:3")
    assert str(places["sources", 0, "root"]) == "--set sources.0.root=/e"


def test_the_documentation_mentions_every_key() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "recipe.md").read_text()
    sections = {"": schema.Recipe, "sources": schema.Source, "references": schema.FingerprintSource} | {
        field.name: type(field.default_factory())
        for field in dataclasses.fields(schema.Recipe)
        if field.default_factory is not dataclasses.MISSING
    }
    pairs = [*sections.items(), ("references", schema.OutputSource), ("bands", schema.Bands), ("scores", Scores)]
    for name, kind in pairs:
        for field in dataclasses.fields(kind):
            key = f"{name}.{field.name}" if name else field.name
            assert f"`{key}`" in text, key


def test_the_example_of_the_documentation_is_a_recipe_with_every_default(tmp_path: Path) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "recipe.md").read_text()
    example = text.partition("```yaml\n")[2].partition("```")[0]
    plain = yaml.safe_load(example)
    plain["sources"], plain["references"] = [{"dataset": "plain", "root": "/a"}], ["auto"]
    assert read(tmp_path, yaml.safe_dump(plain)) == Recipe(plain["name"], (Source("plain", "/a"),))


LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["auto", "plain", "/a"])
)
KEYS = st.sampled_from(["name", "sources", "references", "dataset", "root", "pictures", "tile", "cap", "split", "0", ""])
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES, option=st.text(max_size=12))
def test_no_document_and_no_option_raises_anything_but_a_recipe_error(tmp_path: Path, tree: object, option: str) -> None:
    (tmp_path / "r.yaml").write_text(yaml.safe_dump(tree, allow_unicode=False))
    try:
        recipe = read_recipe(str(tmp_path / "r.yaml"), [option] if option else [], None, CATALOG)
    except RecipeError as error:
        assert str(error)
    else:
        assert recipe.sources


@pytest.mark.parametrize(
    ("bands", "problem"),
    [
        ("{chose: [1]}", 'bands.chose: there is no such key; did you mean "choose"?'),
        ("{choose: [4, 3]}", "bands.choose: takes one band or three, has 2"),
        ("{choose: [0, 1, 2]}", "bands.choose.0: must be at least 1, is 0"),
        ("{choose: [1, 2, 3, 4]}", "bands.choose: takes at most 3, has 4"),
        ("{stretch: percentil}", "bands.stretch: must be auto, percentile, minmax, fixed or none"),
        ("{stretch: fixed}", "bands.stretch: fixed needs range: [low, high]"),
        ("{range: [0, 3000]}", "bands.range: is for stretch: fixed alone"),
        ("{stretch: fixed, range: [[0, 1], [0, 1]]}", "bands.range: takes one pair, or one a band, has 2"),
        ("{stretch: fixed, range: [0, 1, 2]}", "bands.range"),
        ("{percentiles: [98, 2]}", "bands.percentiles: the first (98) must be less than the second (2)"),
        ("{percentiles: [2, 101]}", "bands.percentiles.1: must be at most 100, is 101"),
        ("{alpha: green}", "bands.alpha: must be ignore, black or white"),
    ],
)
def test_what_is_wrong_with_bands_is_said(tmp_path: Path, bands: str, problem: str) -> None:
    text = f"name: a\nsources:\n  - {{dataset: plain, root: /a, bands: {bands}}}\n"
    assert f"r.yaml:3: sources.0.{problem}" in problems(tmp_path, text)[0]


@pytest.mark.parametrize(
    ("scores", "problem"),
    [
        ("{weights: openai}", "scores.model: missing"),
        ("{model: m, kep: 0.5}", 'scores.kep: there is no such key; did you mean "keep"?'),
        ("{model: m, keep: 0}", "scores.keep: must be more than 0, is 0"),
        ("{model: m, above: 2}", "scores.above: must be at most 1, is 2"),
        ("{model: m, batch: 0}", "scores.batch: must be at least 1, is 0"),
        ("{model: m, precision: fp8}", "scores.precision: must be fp32, amp"),
        ("{model: m, keep: 0.5, above: 0.2}", "scores.above: a share (keep) or a limit (above), not both"),
        ("{model: 'local-dir:'}", "scores.model: must not be empty"),
        ("ViT-B-32", "scores: must be keys, is"),
    ],
)
def test_what_is_wrong_with_scores_is_said(tmp_path: Path, scores: str, problem: str) -> None:
    (found,) = problems(tmp_path, f"name: a\nsources: [{{dataset: plain, root: /a}}]\nscores: {scores}\n")
    assert found.startswith(f"r.yaml:3: {problem}"), found


@pytest.mark.parametrize(
    ("text", "model", "weights"),
    [
        ("{model: 'local-dir:m', weights: w.pt}", "local-dir:HERE/m", "HERE/w.pt"),
        ("{model: ViT-B-32, weights: openai}", "ViT-B-32", "openai"),
        ("{model: ViT-B-32, weights: ./w/a}", "ViT-B-32", "HERE/w/a"),
        ("{model: 'hf-hub:a/b', weights: 'gs://b/w.pt'}", "hf-hub:a/b", "gs://b/w.pt"),
    ],
)
def test_the_files_of_a_model_are_taken_from_the_folder_of_the_recipe(
    tmp_path: Path, text: str, model: str, weights: str
) -> None:
    scores = read(tmp_path, f"name: a\nsources: [{{dataset: plain, root: /a}}]\nscores: {text}\n").scores
    assert scores is not None
    assert [item.replace(str(tmp_path), "HERE") for item in (scores.model, scores.weights)] == [model, weights]


def test_bands_are_read(tmp_path: Path) -> None:
    text = "name: a\nsources:\n  - {dataset: plain, root: /a, bands: {choose: [4, 3, 2], stretch: fixed, range: [0, 3e3]}}\n"
    assert read(tmp_path, text).sources[0].bands == schema.Bands(choose=(4, 3, 2), stretch="fixed", range=((0.0, 3000.0),))
    text = text.replace("[0, 3e3]", "[[0, 1], [2, 3], [4, 5]]")
    assert read(tmp_path, text).sources[0].bands == schema.Bands(
        choose=(4, 3, 2), stretch="fixed", range=((0.0, 1.0), (2.0, 3.0), (4.0, 5.0))
    )
    text = "name: a\nsources:\n  - {dataset: plain, root: /a}\n"
    text += "references:\n  - {dataset: boats, split: val, root: /b, bands: {choose: [1]}}\n"
    [reference] = read(tmp_path, text).references
    assert isinstance(reference, Source)
    assert reference.bands == schema.Bands(choose=(1,))
