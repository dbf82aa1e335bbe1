"""Texts dealt out: never more than the limit, nobody short who could ask for more, the same from any division of the work."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.schemas.identity import order_hash
from skypairs.schemas.packed import Block, Rows
from skypairs.schemas.placed import ASK, DONOR, KEPT, WISH, Ordered
from skypairs.transforms.same_texts import ROUNDS, ask, by_bin, give, settle, still_short, wishes

PICTURE = st.tuples(
    st.integers(0, 2),  # captions of people on its card
    st.integers(0, 2),  # inherited ones
    st.lists(st.integers(1, 12), max_size=8, unique=True),  # texts of its wordings, in order
).filter(lambda picture: picture[0] + picture[1] + len(picture[2]) > 0)


def pictures_of(captions: list[tuple[int, int, list[int]]], per_picture: int) -> tuple[Rows, np.ndarray, Rows]:
    """KEPT rows, how many captions each comes to, and DONOR rows."""
    rows = np.zeros(len(captions), KEPT)
    donors = []
    for at, (human, inherited, texts) in enumerate(captions):
        row = rows[at]
        row["order"], row["row"], row["human"], row["rules"] = order_hash(7, f"s/{at}"), at, human, len(texts)
        row["texts"][:human], row["texts"][human : human + len(texts)] = 1000 + at, texts
        row["chosen"] = (1 << human + len(texts)) - 1
        room = min(inherited, max(0, per_picture - human))
        donors += [(row["order"], number, b"", 0, 0) for number in range(room)]
    counts = [min(per_picture, human + inherited + len(texts)) for human, inherited, texts in captions]
    return rows, np.array(counts, np.uint8), np.array(donors, DONOR)


def dealt(
    captions: list[tuple[int, int, list[int]]], per_picture: int, limit: int, buckets: int, bins: int
) -> tuple[dict[int, tuple[int, tuple[int, ...]]], Counter[str]]:
    """{picture: (number of captions, texts by rule)}, and the counts: the stage by hand."""
    rows, counts, donors = pictures_of(captions, per_picture)
    mine = np.arange(len(rows)) % buckets
    ordered = []
    for bucket in range(buckets):
        chosen = rows[mine == bucket]
        given = donors[np.isin(donors["order"], chosen["order"])]
        ordered.append(Ordered(bucket, Block.of(chosen), counts[mine == bucket].tobytes(), Block.of(given)))
    short = [Block.of(wishes(item)) for item in ordered]
    given_so_far: dict[int, Block] = {}
    granted: list[list[Block]] = [[] for _ in ordered]
    for number in range(ROUNDS):
        asks: dict[int, list[Block]] = {}
        for block in short:
            for bin_, found in by_bin(ask(block.rows(WISH), number == ROUNDS - 1, limit), bins):
                asks.setdefault(bin_, []).append(found)
        answers = []
        for bin_, blocks in asks.items():
            rows_given, after = give(blocks[::-1], [given_so_far[bin_]] if bin_ in given_so_far else [], limit)
            given_so_far[bin_] = Block.of(after)
            answers.append(Block.of(rows_given))
        for block in answers:
            found = block.rows(ASK)
            for bucket, item in enumerate(ordered):
                granted[bucket].append(Block.of(found[np.isin(found["order"], item.pictures.rows(KEPT)["order"])]))
        short = [Block.of(still_short(block.rows(WISH), answers)) for block in short]
    ends: dict[int, tuple[int, tuple[int, ...]]] = {}
    costs: Counter[str] = Counter()
    for item, blocks in zip(ordered, granted, strict=True):
        settled = settle(item, blocks)
        costs += Counter(reworded=settled.reworded, dropped=settled.dropped, without=settled.without)
        left = settled.ordered.pictures.rows(KEPT)
        for row, count in zip(left, settled.ordered.captions, strict=True):
            rule_texts = [
                int(text)
                for at, text in enumerate(row["texts"])
                if int(row["chosen"]) >> at & 1 and row["human"] <= at < row["human"] + row["rules"]
            ]
            ends[int(row["row"])] = count, tuple(rule_texts)
    return ends, costs


@settings(max_examples=150, deadline=None)
@given(st.lists(PICTURE, min_size=1, max_size=30), st.integers(1, 5), st.integers(1, 4))
def test_texts_are_dealt_out(captions: list[tuple[int, int, list[int]]], per_picture: int, limit: int) -> None:
    ends, costs = dealt(captions, per_picture, limit, 1, 1)
    shared = Counter(text for _, texts in ends.values() for text in texts)
    assert not shared or max(shared.values()) <= limit
    want = {at: min(per_picture, human + inherited + len(texts)) for at, (human, inherited, texts) in enumerate(captions)}
    for at, (human, inherited, texts) in enumerate(captions):
        people = min(per_picture, human + inherited)
        if at not in ends:
            assert people == 0
            continue
        count, taken = ends[at]
        assert count == people + len(taken) <= want[at]
        assert [text for text in texts if text in taken] == list(taken)  # in the order of the rules
    assert costs["dropped"] == sum(want.values()) - sum(count for count, _ in ends.values())
    assert costs["without"] == len(captions) - len(ends)
    assert dealt(captions, per_picture, limit, 3, 5) == (ends, costs)
    everything = Counter(text for _, _, texts in captions for text in texts)
    if not everything or max(everything.values()) <= limit:
        assert not costs.total()


def test_nobody_is_short_while_a_text_is_free() -> None:
    """Forty pictures with the same eight texts: with a limit of ten, eighty captions are all there are."""
    ends, costs = dealt([(0, 0, list(range(1, 9)))] * 40, 3, 10, 4, 4)
    shared = Counter(text for _, texts in ends.values() for text in texts)
    assert max(shared.values()) == 10
    assert costs["dropped"] == 120 - sum(shared.values())
    for count, texts in ends.values():  # who is short asked for everything, and nothing was free
        assert count == 3 or all(shared[text] == 10 or text in texts for text in range(1, 9))


@pytest.mark.parametrize("limit", [1, 3, 10])
def test_what_there_is_to_give_is_given(limit: int) -> None:
    rng = np.random.default_rng(4)
    captions = [(0, 0, rng.permutation(60)[: rng.integers(3, 11)].tolist()) for _ in range(300)]
    ends, _ = dealt(captions, 3, limit, 2, 3)
    shared = Counter(text for _, texts in ends.values() for text in texts)
    assert max(shared.values()) == limit
    assert sum(shared.values()) >= 0.95 * 60 * limit


def test_captions_of_people_are_nobodys_to_deal_out() -> None:
    ends, costs = dealt([(2, 0, [5]), (2, 0, [5]), (2, 0, [5])], 3, 1, 1, 1)
    assert sorted(count for count, _ in ends.values()) == [2, 2, 3]
    assert costs == Counter(dropped=2)


def test_the_next_wording_takes_the_place_of_one_that_is_gone() -> None:
    ends, costs = dealt([(0, 0, [1, 2, 3])] * 3, 1, 1, 1, 1)
    assert sorted(texts for _, texts in ends.values()) == [(1,), (2,), (3,)]
    assert costs == Counter(reworded=2)
