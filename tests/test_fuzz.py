"""Damaged pictures are decoded or refused, in bounded memory and time, and nothing else happens."""

import pytest

from skypairs.transforms.images import decode_rgb
from tests.fuzz.mutations import MUTATIONS, damaged, originals
from tests.fuzz.run import BUG, run


def check(count: int, workers: int = 2) -> None:
    verdicts = run(range(count), workers)
    assert [verdict for verdict in verdicts if verdict.startswith(BUG)] == []
    assert verdicts.total() == count
    assert verdicts["decoded"] > count // 10  # most of a picture often survives
    assert count - verdicts["decoded"] > count // 3


def test_a_few_hundred() -> None:
    check(440)


@pytest.mark.slow
def test_twenty_thousand() -> None:
    check(20_000)


def test_the_originals_are_whole_and_the_damage_repeats() -> None:
    assert damaged(17) == damaged(17)
    done = {name for number in range(440) for name in damaged(number)[0].split(", ")[1:]}
    assert done == {mutation.__name__ for mutation in MUTATIONS}
    for data in originals().values():
        assert sorted(decode_rgb(data).shape) == [3, 60, 80]
