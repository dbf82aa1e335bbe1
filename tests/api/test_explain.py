"""explain, on a finished build with a row of every fate."""

import pytest

from skypairs.api.explain_picture import explain
from skypairs.api.explain_words import sentences
from skypairs.schemas.errors import OutputError, UserError
from tests import fakes_output as fakes


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    fake = fakes.finished()
    fake.duplicates.append({"a": "alpha/P0002", "b": "alpha/P0006", "distance": 2, "orientation": 5})
    return fake, str(fake.write(tmp_path_factory.mktemp("out")))


def test_kept(built):
    fake, out = built
    row = fake.row("alpha/P0001")
    found = explain(out, "alpha/P0001")
    assert found.kept and found.keeper is None and found.shards == tuple(row["shards"]) and found.captions == 3
    assert [(item.id, item.fate, item.distance, item.better) for item in found.dropped] == [
        ("alpha/P0006", "duplicate", fake.row("alpha/P0006")["distance"], False)
    ]
    text = found.text
    assert text[0] == f"alpha/P0001 is in the set, with 3 captions, as {row['key']}"
    assert f"  {row['shards'][0]}" in text
    assert any("alpha/P0006: duplicate, " in line and "alpha/P0001 is turned by 90 degrees" in line for line in text)


def test_duplicate_names_keeper_distance_and_turn(built):
    fake, out = built
    row = fake.row("alpha/P0006")
    found = explain(out, "alpha/P0006")
    assert (found.kept, found.keeper.id, found.keeper.distance) == (False, "alpha/P0001", row["distance"])
    assert found.keeper.orientation == row["orientation"] == 6
    assert found.text[0].startswith("alpha/P0006 is not in the set: it is a duplicate of alpha/P0001, which is kept: ")
    assert found.text[0].endswith("when alpha/P0001 is turned by 90 degrees anticlockwise")
    assert [(item.id, item.fate, item.distance, item.orientation, item.better) for item in found.pairs] == [
        ("alpha/P0002", "kept", 2, 5, True)
    ]


@pytest.mark.parametrize(
    ("identifier", "first"),
    [
        ("alpha/P0007", "alpha/P0007 is not in the set: it is a leak of the reference ref/r1: "),
        ("beta/7", "beta/7 is not in the set: it is a leak of the reference ref/r2: same scene"),
        ("beta/8", "beta/8 is not in the set: it is a leak of the reference ref/r4: same pixels as a reference"),
        ("beta/5", "beta/5 is not in the set: it is a duplicate of beta/4, which is kept: same pixels"),
        ("beta/6", "beta/6 is not in the set: its source takes no more pictures than its `cap`"),
        ("alpha/P0008", "alpha/P0008 is not in the set: failed, truncated picture: jpg, OSError"),
        ("alpha/P0010", "alpha/P0010 is not in the set: filtered, no annotation"),
        ("alpha/P0011", "alpha/P0011 is not in the set as a whole: it was cut into 3 tiles (2 kept, 1 filtered)"),
        ("alpha/P0011/0_0_96_72", "alpha/P0011/0_0_96_72 is in the set"),
        ("ref/r1", "ref/r1 is a reference of ref: it is compared with and never emitted; 1 picture was left out"),
        ("ref/r3", "ref/r3 is a reference of ref: it is compared with and never emitted; no picture was near it"),
    ],
)
def test_every_fate_in_words(built, identifier, first):
    found = explain(built[1], identifier)
    assert found.id == identifier and found.text[0].startswith(first)
    assert sentences(found) == found.text


def test_tiles_know_their_scene_and_scenes_their_tiles(built):
    scene, tile = explain(built[1], "alpha/P0011"), explain(built[1], "alpha/P0011/96_0_192_72")
    assert [identifier for identifier, _ in scene.tiles] == [
        f"alpha/P0011/{window}" for window in ("0_0_96_72", "192_0_288_72", "96_0_192_72")
    ]
    assert tile.parent == "alpha/P0011" and tile.window == (96, 0, 192, 72)
    assert "it is a tile of alpha/P0011" in tile.text


@pytest.mark.parametrize("suffix", ["", "-0", "-2"])
def test_by_the_key_in_a_shard(built, suffix):
    assert explain(built[1], built[0].row("beta/2")["key"] + suffix).id == "beta/2"


def test_by_the_end_of_an_id(built):
    assert explain(built[1], "P0003").id == "alpha/P0003"
    assert explain(built[1], "P0011/0_0_96_72").id == "alpha/P0011/0_0_96_72"
    assert explain(built[1], "r3").fate == "reference"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("alpha/P0021", r"there is no such picture in .*; did you mean alpha/P00[01]1"),
        ("alfa/P0004", r"did you mean .*alpha/P0004"),
        ("alpha/P000", r"9 ids begin so in .*; did you mean alpha/P0001, .* and 1 more\?"),
        ("nothing-like-it", "knows no picture nothing-like-it"),
        ("", "knows no picture"),
    ],
)
def test_unknown_ids_are_met_with_near_ones(built, name, said):
    with pytest.raises(UserError, match=said):
        explain(built[1], name)


def test_no_build_is_an_error(tmp_path):
    with pytest.raises(OutputError, match=r"no manifest\.json"):
        explain(str(tmp_path), "a/b")
