"""Recalls against their definition, read literally, and against open_clip's own where it has one."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.api import retrieval
from skypairs.api.retrieval import chance, picture_ranks, recalls, text_ranks
from skypairs.api.zero_shot import label_ranks


def features(rng, count, width=8, levels=None):
    found = rng.normal(size=(count, width)) if levels is None else rng.integers(1, levels, (count, width))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def literal(pictures, texts, owners):
    """Sorted lists, one query at a time."""
    found = []
    for k in (1, 5, 10):
        hits = 0
        for row, picture in enumerate(pictures):
            scores = texts @ picture
            order = sorted(range(len(texts)), key=lambda at: (-scores[at], at))
            hits += any(owners[at] == row for at in order[:k])
        found.append(hits / len(pictures))
    for k in (1, 5, 10):
        hits = 0
        for at, text in enumerate(texts):
            scores = pictures @ text
            hits += owners[at] in sorted(range(len(pictures)), key=lambda row: (-scores[row], row))[:k]
        found.append(hits / len(texts))
    return found


@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_recalls_are_what_sorting_every_query_gives(seed, count, more):
    rng = np.random.default_rng(seed)
    owners = [*range(count), *rng.integers(0, count, more).tolist()]
    pictures, texts = features(rng, count), features(rng, len(owners))
    found = recalls(pictures, texts, owners)
    assert [*found.image_to_text, *found.text_to_image] == pytest.approx(literal(pictures, texts, owners))
    assert found.mean == pytest.approx(sum(literal(pictures, texts, owners)) / 6)


def test_equal_similarities_go_to_the_smaller_row():
    same = np.ones((4, 1), np.float32)
    assert picture_ranks(same, same, np.arange(4)).tolist() == [0, 1, 2, 3]
    assert text_ranks(same, same, np.array([3, 2, 1, 0])).tolist() == [3, 2, 1, 0]
    assert label_ranks(same @ np.ones((1, 3), np.float32), [2, 0, 1, 1]).tolist() == [2, 0, 1, 1]


def test_blocks_do_not_show(monkeypatch):
    rng = np.random.default_rng(3)
    pictures, texts, owners = features(rng, 40), features(rng, 100), [at % 40 for at in range(100)]
    whole = recalls(pictures, texts, owners)
    monkeypatch.setattr(retrieval, "_BLOCK", 150)
    assert recalls(pictures, texts, owners) == whole


@pytest.mark.parametrize("owners", [[0, 1, 1], [0, 1, 3, 2, 2], [0, 0, 1, 1], [0, 1, 2, -1]])
def test_a_text_without_picture_or_a_picture_without_text_is_refused(owners):
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="every text"):
        recalls(features(rng, 3), features(rng, 4), owners)


def test_features_that_know_nothing_come_to_chance():
    rng = np.random.default_rng(5)
    owners = np.repeat(np.arange(100), 5)
    found = [recalls(features(rng, 100), features(rng, 500), owners).mean for _ in range(12)]
    spread = np.std(found) / math.sqrt(len(found))
    assert abs(np.mean(found) - chance(100, 500)) < 4 * spread
    assert chance(10, 10) == pytest.approx((0.1 + 0.5 + 1.0) / 3)


def test_one_caption_a_picture_is_what_open_clip_measures():
    torch = pytest.importorskip("torch")
    measure = pytest.importorskip("open_clip_train.train").get_clip_metrics
    rng = np.random.default_rng(9)
    pictures = features(rng, 200)
    texts = features(np.random.default_rng(10), 200) + 2 * pictures
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    theirs = measure(torch.from_numpy(pictures), torch.from_numpy(texts), torch.tensor(100.0))
    ours = recalls(pictures, texts, range(200))
    for way, values in (("image_to_text", ours.image_to_text), ("text_to_image", ours.text_to_image)):
        assert [theirs[f"{way}_R@{k}"] for k in (1, 5, 10)] == pytest.approx(values)
        ranks = (picture_ranks if way == "image_to_text" else text_ranks)(pictures, texts, np.arange(200))
        assert theirs[f"{way}_mean_rank"] == pytest.approx(ranks.mean() + 1)
    assert 0.05 < ours.mean < 1
