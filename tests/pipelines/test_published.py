"""Found pictures beside published counts."""

from dataclasses import replace

import pytest

from skypairs.pipelines.catalog import load
from skypairs.pipelines.published import compared, expected
from skypairs.schemas.dataset import Split

DOTA = replace(load()["dota"], name="dota", published=(("train pictures", 1411), ("val pictures", 458), ("test pictures", 937)))
LATER = (("train pictures", 1830), ("val pictures", 593), ("train and val pictures", 2423))
NEXT = replace(DOTA, name="dota20", published=LATER)
WHOLE = replace(DOTA, name="rsod", splits=(), published=(("pictures", 976), ("annotated pictures", 936), ("objects", 6950)))
THIRDS = replace(DOTA, splits=(Split("a", "train"), Split("b", "test")), published=(("a pictures", 2), ("pictures", 9)))

CASES = [
    # found, split, dataset, what is said
    (1411, "train", DOTA, ""),
    (458, "train", DOTA, "1,411 were published: as many as dota (val) has"),
    (1869, "train", DOTA, "1,411 were published: as many as dota (train and val) has"),
    (2806, "train", DOTA, "1,411 were published: as many as dota (train and val and test) has"),
    (1830, "train", DOTA, "1,411 were published: as many as dota20 (train) has"),
    (2423, "train", DOTA, "1,411 were published: as many as dota20 (train and val) has"),
    (1400, "train", DOTA, "1,411 were published: 11 too few (0.8%)"),
    (0, "train", DOTA, "1,411 were published: 1,411 too few (100.0%)"),
    (3000, "val", DOTA, "458 were published: 2,542 too many (555.0%)"),
    (976, "", WHOLE, ""),
    (936, "", WHOLE, "976 were published: as many as rsod (annotated) has"),
    (7, "b", THIRDS, ""),  # nobody says how many b has
    (9, "a", THIRDS, "2 were published: as many as dota (all of it) has"),
    (5, "", DOTA, ""),  # nor how many there are in all
]


@pytest.mark.parametrize(("found", "split", "spec", "said"), CASES)
def test_what_is_said(found, split, spec, said):
    assert compared(found, split, spec, (DOTA, NEXT) if spec is DOTA else ()) == said


@pytest.mark.parametrize("name", sorted(load()))
def test_published_counts_of_an_entry_agree_with_themselves(name):
    """Splits that no other contains are together no more than the whole, and every split has at most as many as the whole."""
    spec = load()[name]
    whole = expected("", spec)
    splits = {item.name: count for item in spec.splits if (count := expected(item.name, spec))}
    assert all(count > 0 for count in splits.values())
    if whole:
        assert all(count <= whole for count in splits.values())
        assert sum(count for split, count in splits.items() if split != "trainval") <= whole
