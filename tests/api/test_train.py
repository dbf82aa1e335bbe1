"""The loader: every picture once an epoch with the caption whose turn it is, whatever the layout, workers and ranks."""

import io
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from skypairs.api import read
from skypairs.api.train import QuarterTurns, augmentation, loader
from skypairs.api.train_stream import Share, batches, drawn_caption, examples
from skypairs.schemas.errors import UserError
from tests import drawn
from tests.whole_builds import build_here

PICTURES = 90


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    base = tmp_path_factory.mktemp("loaded")
    drawn.write_coco(base / "pictures", range(PICTURES))
    for layout in ("pairs", "images"):
        recipe = base / f"{layout}.yaml"
        source = f"{{dataset: coco, root: {base / 'pictures'}}}"
        recipe.write_text(f"name: {layout}\nsources: [{source}]\nshards: {{layout: {layout}, minimum: 12}}\n")
        build_here(recipe, base / "out" / layout)
    return base / "out"


def shards_of(outputs, layout):
    out = read(str(outputs / layout))
    return [(out.uri, path) for path in out.shards]


def captions_of(outputs):
    """Captions of each picture, by id."""
    found = {}
    for sample in read(str(outputs / "images")).samples():
        found[sample.json["id"]] = [sample.json[f"caption_{at}"] for at in range(len(sample.json["captions"]))]
    return found


@given(st.text(min_size=1), st.integers(1, 9), st.integers(0, 99), st.integers(0, 50))
@settings(max_examples=60, deadline=None)
def test_every_round_of_epochs_shows_every_caption_once(identifier, count, seed, number):
    epochs = range(number * count, (number + 1) * count)
    assert sorted(drawn_caption(identifier, count, seed, epoch) for epoch in epochs) == list(range(count))


@given(st.integers(1, 40), st.integers(1, 4), st.integers(1, 4), st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_workers_of_all_ranks_share_the_shards(count, world, workers, epoch):
    shards = [("out", f"train/{at}.tar") for at in range(count)]
    shares = [Share(rank, world, at, workers).shards(shards, 1, epoch) for rank in range(world) for at in range(workers)]
    assert sorted(shard for share in shares for shard in share) == sorted(shards)
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("layout", ["pairs", "images"])
@pytest.mark.parametrize("buffer", [1, 7, 1000])
def test_an_epoch_shows_every_picture_once_with_the_caption_whose_turn_it_is(outputs, layout, buffer):
    captions = captions_of(outputs)
    assert len(captions) == PICTURES
    for epoch in (0, 3):
        found = list(examples(shards_of(outputs, layout), layout == "pairs", 5, epoch, buffer))
        assert {example.id: example.text for example in found} == {
            name: texts[drawn_caption(name, len(texts), 5, epoch)] for name, texts in captions.items()
        }
        assert len(found) == PICTURES


def test_epochs_and_seeds_differ_in_order_and_captions(outputs):
    shards = shards_of(outputs, "images")
    orders = [
        [(example.id, example.text) for example in examples(shards, False, seed, epoch, 50)]
        for seed, epoch in ((0, 0), (0, 1), (1, 0), (0, 0))
    ]
    assert orders[0] == orders[3]
    assert len({tuple(order) for order in orders}) == 3


@pytest.mark.parametrize("layout", ["pairs", "images"])
def test_a_batch_holds_no_picture_twice_though_a_worker_begins_again(outputs, layout):
    shards = shards_of(outputs, layout)[:2]
    made = list(batches(shards, layout == "pairs", 0, 0, 3, 8, 11))
    assert len(made) == 11
    assert all(len({example.id for example in batch}) == 8 for batch in made)
    assert max(Counter(example.id for batch in made for example in batch).values()) > 1
    with pytest.raises(UserError, match="fewer than a batch"):
        list(batches(shards, layout == "pairs", 0, 0, 3, 80, 1))


def plain(picture):
    torch = pytest.importorskip("torch")
    return torch.from_numpy(np.asarray(picture).copy())


def listed(texts):
    return list(texts)


@pytest.mark.parametrize("layout", ["pairs", "images"])
def test_workers_and_ranks_read_different_pictures(outputs, layout):
    pytest.importorskip("torch")
    pixels = {np.asarray(Image.open(io.BytesIO(item.picture))).tobytes(): item.json["id"] for item in sampled(outputs)}
    seen, lengths = Counter(), set()
    captions = captions_of(outputs)
    for rank in range(2):
        made = loader(str(outputs / layout), plain, listed, batch=4, workers=2, rank=rank, world=2, buffer=10)
        made.set_epoch(3)
        found = list(made)
        lengths.add(len(made))
        assert len(found) == len(made)
        for pictures, texts in found:
            assert tuple(pictures.shape) == (4, drawn.SIDE, drawn.SIDE, 3)
            names = [pixels[picture.numpy().tobytes()] for picture in pictures]
            assert list(texts) == [captions[name][drawn_caption(name, len(captions[name]), 0, 3)] for name in names]
            seen.update(names)
    assert lengths == {PICTURES // 16 * 2}
    assert len(seen) >= 0.8 * 2 * 4 * lengths.pop()  # a worker of fewer pictures begins again


def sampled(outputs):
    return list(read(str(outputs / "images")).samples())


def test_what_does_not_fit_is_said(outputs):
    pytest.importorskip("torch")
    with pytest.raises(UserError, match=r"take fewer, or build with shards\.minimum: 16"):
        loader(str(outputs / "images"), plain, listed, batch=1, workers=4, world=4)
    with pytest.raises(UserError, match="fewer pictures than a batch of 64"):
        loader(str(outputs / "images"), plain, listed, batch=64, workers=2)
    with pytest.raises(UserError, match="0 shards"):
        loader(str(outputs / "images"), plain, listed, split="val", workers=0)
    with pytest.raises(UserError, match="different layouts"):
        loader([str(outputs / name) for name in ("pairs", "images")], plain, listed)


def test_the_augmentation_of_a_picture_does_not_depend_on_the_workers(outputs):
    torch = pytest.importorskip("torch")
    pytest.importorskip("torchvision")
    transform = augmentation(32, mean=(0, 0, 0), std=(1, 1, 1))
    found = []
    for workers in (0, 2):
        state = torch.random.get_rng_state()
        made = loader(str(outputs / "images"), transform, listed, batch=3, workers=workers, buffer=5)
        of_text = {}
        for pictures, texts in made:
            for picture, text in zip(pictures, texts, strict=True):
                assert tuple(picture.shape) == (3, 32, 32) and 0 <= float(picture.min()) < float(picture.max()) <= 1
                of_text.setdefault(text, set()).add(picture.numpy().tobytes())
        assert torch.equal(state, torch.random.get_rng_state())
        found.append(of_text)
    shared = found[0].keys() & found[1].keys()
    assert len(shared) > PICTURES / 3
    assert all(found[0][text] & found[1][text] for text in shared)


def test_the_augmentation_turns_and_mirrors_as_often_as_it_should():
    torch = pytest.importorskip("torch")
    pytest.importorskip("torchvision")
    corners = Image.fromarray(np.kron(np.array([[250, 170], [90, 10]], np.uint8), np.ones((8, 8), np.uint8))).convert("RGB")
    transform = augmentation(16, scale=(1.0, 1.0), mean=(0, 0, 0), std=(1, 1, 1))
    torch.manual_seed(0)
    seen = Counter()
    for _ in range(800):
        picture = transform(corners)[0]
        seen[tuple(np.argsort([float(picture[y, x]) for y in (2, 13) for x in (2, 13)]).tolist())] += 1
    assert len(seen) == 8
    assert all(abs(count - 100) < 45 for count in seen.values()), seen  # 4.8 standard deviations
    assert repr(QuarterTurns()) == "QuarterTurns()"
