"""What captions cost: medians over made-up pictures, both recipes side by side, in CPU time of this thread.

Only the writing is timed. No picture comes twice: a first round, which is not counted, fills what is remembered of words.

.venv/bin/python benchmarks/captions.py                 pictures of 1, 10, 100 and 1,000 boxes
.venv/bin/python benchmarks/captions.py --rounds 20     steadier
"""

import argparse
import statistics
import time

from ambiguity import CLASSES, SIDE

from skypairs.schemas.identity import stable_share
from skypairs.schemas.recipe import Captions
from skypairs.schemas.records import Box
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms.box_to_caption import write_captions

RECIPES = ("remoteclip", "rich")
COUNTS = (1, 10, 100, 1000)
PICTURES = 40


def made_up(number: int, boxes: int) -> tuple[Box, ...]:
    """Boxes of up to three classes, anywhere, of 12 to 90 pixels a side."""

    def draw(index: int, name: str, low: float, high: float) -> float:
        return low + (high - low) * stable_share("cost", number, boxes, index, name)

    found = []
    for index in range(boxes):
        kind = CLASSES[(number + int(draw(index, "class", 0, 3))) % len(CLASSES)]
        w, h = draw(index, "w", 12, 90), draw(index, "h", 12, 90)
        x, y = draw(index, "x", 0, SIDE - w), draw(index, "y", 0, SIDE - h)
        found.append(Box(kind.singular, kind.native, x, y, x + w, y + h))
    return tuple(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    words = Vocabulary(CLASSES)
    print("boxes  " + "  ".join(f"{recipe:>12}" for recipe in RECIPES) + "  rich / remoteclip")
    for count in COUNTS:
        times: dict[str, list[float]] = {recipe: [] for recipe in RECIPES}
        for turn in range(rounds + 1):
            pictures = [made_up(turn * PICTURES + number, count) for number in range(PICTURES)]
            for recipe in RECIPES:  # in turn, so that other work on the machine meets both
                options = Captions(recipe=recipe)
                started = time.thread_time()
                for number, boxes in enumerate(pictures):
                    write_captions(f"{turn}/{number}", SIDE, SIDE, boxes, (), 0, options, words)
                if turn:
                    times[recipe].append((time.thread_time() - started) / PICTURES)
        medians = [1e6 * statistics.median(times[recipe]) for recipe in RECIPES]
        print(f"{count:5}  " + "  ".join(f"{value:9.0f} us" for value in medians) + f"  {medians[1] / medians[0]:17.1f}")


if __name__ == "__main__":
    main()
