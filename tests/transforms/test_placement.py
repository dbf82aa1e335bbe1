"""Places of samples: equal shards, no two captions of a picture together, the same from any division into buckets."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.schemas.identity import order_hash
from skypairs.schemas.packed import Block, Rows
from skypairs.schemas.placed import DONATION, DONOR, KEPT, SAMPLE
from skypairs.schemas.recipe import Shards
from skypairs.transforms.placement import ShardPlan, buckets, number_samples, order_bucket


def kept(captions: list[tuple[int, int]]) -> Rows:
    rows = np.zeros(len(captions), KEPT)
    for number, (human, rules) in enumerate(captions):
        rows[number]["order"] = order_hash(0, f"s/{number}")
        rows[number]["row"], rows[number]["human"], rows[number]["rules"] = number, human, rules
        rows[number]["texts"][: human + rules] = 1 + number * 16 + np.arange(human + rules)
    return rows


def place(captions: list[tuple[int, int]], options: Shards, per_picture: int, bits: int) -> dict[tuple[int, int], int]:
    """Shard of every (picture, caption), computed bucket by bucket as the stage does."""
    rows = kept(captions)
    found = buckets(rows["order"], bits)
    ordered = [order_bucket(b, [Block.of(rows[found == b])], [], per_picture) for b in sorted(set(found.tolist()))]
    totals = [(len(item.captions), sum(item.captions)) for item in ordered]
    samples = sum(total[0 if options.layout == "images" else 1] for total in totals)
    plan = ShardPlan.of(options, per_picture, samples)
    blocks: dict[int, list[Rows]] = {}
    for number, item in enumerate(ordered):
        before = totals[:number]
        numbered, q = number_samples(item, False, sum(b[0] for b in before), sum(b[1] for b in before), options.layout)
        if options.layout == "images":
            numbered["place"] = numbered["order"]
        for block in np.unique(q % plan.blocks):
            blocks.setdefault(int(block), []).append(numbered[q % plan.blocks == block])
    places = {}
    for block, pieces in blocks.items():
        joined = np.concatenate(pieces)
        joined = joined[np.argsort(joined["place"])]
        assert len(joined) == plan.block_size(block)
        shard, position = plan.shard(block, np.arange(len(joined)))
        for sample, number, at in zip(joined, shard, position, strict=True):
            key = int(sample["row"]), int(sample["caption"])
            assert key not in places
            places[key] = int(number)
            assert at >= 0
        for number in np.unique(shard):
            assert sorted(position[shard == number]) == list(range(int((shard == number).sum())))
    return places


mixes = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(sum), min_size=1, max_size=120)


@settings(max_examples=60, deadline=None)
@given(mixes, st.integers(1, 40), st.integers(1, 30), st.integers(0, 3))
def test_pairs(captions: list[tuple[int, int]], samples: int, minimum: int, bits: int) -> None:
    places = place(captions, Shards(samples=samples, minimum=minimum), 6, bits)
    assert len(places) == sum(human + rules for human, rules in captions)
    sizes = Counter(places.values())
    assert max(sizes.values()) - min(sizes.values()) <= 1
    if len(sizes) >= 6:
        for picture, (human, rules) in enumerate(captions):
            shards = [places[picture, caption] for caption in range(human + rules)]
            assert len(set(shards)) == len(shards)
    assert places == place(captions, Shards(samples=samples, minimum=minimum), 6, 2)


@settings(max_examples=40, deadline=None)
@given(mixes, st.integers(1, 40), st.integers(1, 30))
def test_images(captions: list[tuple[int, int]], samples: int, minimum: int) -> None:
    places = place(captions, Shards(layout="images", samples=samples, minimum=minimum), 6, 1)
    assert sorted(picture for picture, _ in places) == list(range(len(captions)))
    sizes = Counter(places.values())
    assert max(sizes.values()) - min(sizes.values()) <= 1
    assert sorted(sizes) == list(range(len(sizes)))


@pytest.mark.parametrize(
    ("layout", "samples", "minimum", "each", "shards"),
    [
        ("pairs", 12_345, 1, 1000, 15),  # 5 blocks of ceil(12345 / 5000)
        ("pairs", 10, 48, 1000, 10),  # never more shards than samples
        ("pairs", 3, 1, 1000, 3),  # fewer samples than blocks
        ("pairs", 5000, 48, 1000, 50),  # ceil(48 / 5) a block
        ("images", 12_345, 1, 1000, 13),
        ("images", 12_345, 48, 1000, 48),
        ("images", 0, 1, 1000, 0),
    ],
)
def test_number_of_shards(layout: str, samples: int, minimum: int, each: int, shards: int) -> None:
    options = Shards(layout=layout, samples=each, minimum=minimum)  # type: ignore[arg-type]
    assert ShardPlan.of(options, 5, samples).shards == shards


def test_inherited_captions_come_in_rank_order_and_once() -> None:
    pictures = kept([(1, 4)])
    given_captions = np.zeros(4, DONATION)
    given_captions["keeper"] = pictures["order"][0]
    own = pictures["texts"][0, 0]
    for row, (high, number, text) in zip(given_captions, [(7, 0, 900), (3, 1, 800), (3, 0, own), (9, 0, 800)], strict=True):
        row["rank_high"], row["number"], row["text"], row["part"] = high, number, text, np.void(bytes([high]) * 16)
    for arrival in (given_captions, given_captions[::-1]):
        ordered = order_bucket(0, [Block.of(pictures)], [Block.of(arrival)], 5)
        donors = ordered.donors.rows(DONOR)
        # rank 3 offers the own text (refused) and 800, rank 7 offers 900, rank 9 the 800 that is there already
        assert [(row["part"].tobytes()[0], int(row["number"])) for row in donors] == [(3, 1), (7, 0)]
        assert list(ordered.captions) == [5]


def test_inherited_captions_give_way_to_own_human_ones() -> None:
    pictures = kept([(3, 2)])
    offer = np.zeros(3, DONATION)
    offer["keeper"], offer["text"], offer["number"] = pictures["order"][0], [700, 701, 702], [0, 1, 2]
    ordered = order_bucket(0, [Block.of(pictures)], [Block.of(offer)], 4)
    assert len(ordered.donors.rows(DONOR)) == 1
    assert list(ordered.captions) == [4]


def test_caption_numbers_go_round_from_a_hashed_start() -> None:
    ordered = order_bucket(0, [Block.of(kept([(0, 5)] * 200))], [], 5)
    rows, numbers = number_samples(ordered, False, 0, 0, "pairs")
    assert rows.dtype == SAMPLE
    assert list(numbers) == list(range(1000))
    starts = Counter(rows["caption"][::5].tolist())
    assert sorted(starts) == [0, 1, 2, 3, 4]
    for picture in range(200):
        captions = rows["caption"][5 * picture : 5 * picture + 5].tolist()
        assert captions == [(captions[0] + step) % 5 for step in range(5)]
