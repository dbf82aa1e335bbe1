"""Captions with one word changed: rejected where a judge of its own finds them false, accepted where they are still true."""

import re
from collections import Counter

import pytest

from skypairs.schemas.recipe import Captions
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms.box_to_caption import write_captions
from skypairs.transforms.truth.evaluate import check
from tests.judges.captions import NUMBERS, PARTS, ROUND, is_true
from tests.some_pictures import CLASSES, WORDS, Chance, picture

AMOUNTS = (
    *NUMBERS,
    *(f"at least {word}" for word in NUMBERS),
    *("a few", "several", "dozens of", "hundreds of", "about a dozen"),
    *(f"about {word}" for word in ROUND),
    *(f"more than {word}" for word in ("ten", *ROUND)),
)
DIGITS = (*map(str, range(2, 11)), "many", "lots of", "a lot of", "a quantity of")
PLACES = (
    *("right at the center", "near the center", "between the center and the edge", "near the edge", "in a corner"),
    *("in the corners", "along the border"),
)
LAYOUTS = (
    *("scattered across the picture", "clustered together", "in a row", "side by side", "far apart", "densely packed"),
    *("cut off by the border", "of similar size", "of very different sizes"),
)
DENSE = "densely packed"
"""Stands before a name too, where no other of these does."""
SIZES = ("tiny", "small", "medium-sized", "large")
ONE = {one: many for one, many in WORDS if one != many}


def any_of(words):
    return re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + r")\b", re.IGNORECASE)


_NUMBER = re.compile("(?<!the )(?<!The )" + any_of(AMOUNTS).pattern + "(?! (?:thirds|quarters|fifths))", re.IGNORECASE)
"""Not after "the": "the at least two ships" is no English."""
KINDS = {
    "number": [(_NUMBER, AMOUNTS)],
    "digits": [(any_of(DIGITS), DIGITS)],
    "class": [(any_of(ONE), tuple(ONE)), (any_of(ONE.values()), tuple(ONE.values()))],
    "place": [(any_of(PLACES), PLACES), (any_of(["in the middle", "at the edge"]), ("in the middle", "at the edge"))],
    "size": [
        (re.compile(any_of(SIZES).pattern + r"(?! vehicle| deal)"), SIZES),
        (re.compile(any_of([words for words in LAYOUTS if words != DENSE]).pattern + f"|(?<=are |and ){DENSE}"), LAYOUTS),
        (re.compile("(?<=about )(?:" + "|".join(PARTS) + ")"), tuple(PARTS)),
        (re.compile(r"\d+(?= meters)"), ("2", "5", "10", "20", "40", "80", "100", "300")),
    ],
}
ONE_OR_TWO = re.compile(rf"\ban? ((?:tiny |large |medium-sized )?)({'|'.join(ONE)})\b(?! crossing)", re.IGNORECASE)


def mutants(text, chance):
    """One mutant of each kind that the text has words for: (kind, text)."""
    for kind, swaps in KINDS.items():
        if (kind == "number" and text.endswith(" .")) or (kind == "digits" and not text.endswith(" .")):
            continue
        places = [(found, words) for pattern, words in swaps for found in pattern.finditer(text)]
        if places:
            found, words = chance.choice(places)
            other = chance.choice([word for word in words if word != found[0].lower()])
            yield kind, text[: found.start()] + other + text[found.end() :]
    if (ones := list(ONE_OR_TWO.finditer(text))) and "next to" not in text:
        found = chance.choice(ones)
        two = "2" if text.endswith(" .") else "two"
        yield "one", text[: found.start()] + f"{two} {found[1]}{ONE[found[2].lower()]}" + text[found.end() :]


def captions(seed, recipe):
    """A made-up picture, and its captions by a recipe."""
    found = picture(seed)
    options, words = Captions(recipe=recipe, per_picture=7), Vocabulary(CLASSES)
    written = write_captions(
        f"s/{seed}", found.width, found.height, found.boxes, (), 0, options, words, lost=found.lost, gsd=found.gsd
    )
    return found, [item.text for item in written]


def judged(pictures, mutants_wanted=None):
    """Counts by (recipe, kind, what the judge says, what the checker says), kind "" being captions as they were written."""
    counts = Counter()
    wrong = []
    for seed in pictures:
        for recipe in ("remoteclip", "rich"):
            found, texts = captions(seed, recipe)
            for number, text in enumerate(texts):
                for kind, mutant in [("", text), *mutants(text, Chance(11, seed, number))]:
                    truth, verdict = is_true(mutant, found), check(mutant, found)
                    counts[recipe, kind, truth, bool(verdict)] += 1
                    if truth != bool(verdict) or not (truth or kind):
                        wrong.append((seed, recipe, kind, mutant, truth, verdict))
        if mutants_wanted and sum(n for (_, kind, _, _), n in counts.items() if kind) >= mutants_wanted:
            break
    return counts, wrong


def assert_judged(counts, wrong):
    assert not [case for case in wrong if not case[2]], "captions as they were written"
    assert not [case for case in wrong if case[4]], "rejected, though they are true"
    false = sum(n for (_, kind, truth, _), n in counts.items() if kind and not truth)
    accepted = sum(n for (_, kind, truth, verdict), n in counts.items() if kind and not truth and verdict)
    assert false > 100 and accepted <= 0.005 * false, wrong[:5]
    for recipe in ("remoteclip", "rich"):  # the changes are real: most make a caption false, some do not
        for kind in ("class", "place", "digits" if recipe == "remoteclip" else "number"):
            assert counts[recipe, kind, False, False] > 10, (recipe, kind)
    assert sum(n for (_, kind, truth, _), n in counts.items() if kind and truth) > 10


def test_mutants_are_judged_rightly():
    assert_judged(*judged(range(100)))


@pytest.mark.slow
def test_a_hundred_thousand_mutants():
    counts, wrong = judged(range(1000, 100_000), 100_000)
    assert_judged(counts, wrong)
    assert sum(n for (_, kind, _, _), n in counts.items() if kind) >= 100_000
