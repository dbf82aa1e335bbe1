"""Row types of the shuffles between the decisions and the shards. See `packed.py` for what a block is."""

from dataclasses import dataclass

import numpy as np

from skypairs.schemas.packed import Block

CARD_PLACE = [("part", "V16"), ("offset", "<u8"), ("length", "<u4")]
"""One range read: a card in the cards file of a part."""

MOST_WORDINGS = 16
"""Captions on a card, at most."""

KEPT = np.dtype(
    [
        ("order", "S16"),  # order_hash(seed, id): the picture's place in the global shuffle
        ("row", "<u4"),
        ("shelf", "<u2"),  # the set of shards that it goes to: see shard_names.py
        ("human", "u1"),  # how many of its captions are human; they come first
        ("rules", "u1"),
        ("imported", "u1"),  # of the rules: written by others, not by a rule; they come first
        ("chosen", "<u2"),  # bit n: caption n of its card may be used
        ("texts", "<u8", (MOST_WORDINGS,)),  # text_hash of each caption, human first
        *CARD_PLACE,
    ]
)
"""A picture that stays."""

DONATION = np.dtype(
    [
        ("keeper", "S16"),  # order hash of the picture that it goes to
        ("rank_high", "<u8"),
        ("rank_low", "<u8"),
        ("number", "u1"),  # of the caption on the donor's card
        ("text", "<u8"),
        *CARD_PLACE,
    ]
)
"""A human caption of a dropped duplicate, offered to its keeper."""

SAMPLE = np.dtype(
    [
        ("order", "S16"),
        ("place", "S16"),  # orders the samples of a block of shards
        ("row", "<u4"),
        ("position", "<u4"),  # in its shard, once that is known
        ("caption", "u1"),  # number of the caption in the txt member
        ("captions", "u1"),  # how many the picture has
        ("chosen", "<u2"),  # which captions of its card they are taken from: bit n for caption n
        *CARD_PLACE,
    ]
)
"""One sample of a shard."""

DONOR = np.dtype([("order", "S16"), ("number", "u1"), *CARD_PLACE])
"""A caption that the picture of that order hash inherits, in the order in which it follows its own human captions."""

WISH = np.dtype(
    [
        ("order", "S16"),
        ("wants", "u1"),  # captions by rule that the picture still lacks
        ("left", "<u2"),  # which captions of its card it has not asked for: bit n for caption n
        ("texts", "<u8", (MOST_WORDINGS,)),
    ]
)
"""A picture that is short of captions while texts are dealt out: see transforms/same_texts.py."""

ASK = np.dtype([("order", "S16"), ("text", "<u8"), ("number", "u1")])
"""A picture asks for the text of a caption of its card, or has been given it."""

GIVEN = np.dtype([("text", "<u8"), ("times", "<u4")])
"""How many pictures have been given a text."""

PLACE = np.dtype([("row", "<u4"), ("shard", "<u4"), ("shelf", "<u2"), ("captions", "u1")])
"""Where one sample of a part went, for the ledger."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """Pictures of one bucket of the global order, sorted, their captions settled."""

    bucket: int
    pictures: Block
    """KEPT rows."""
    captions: bytes
    """How many captions each of them ends up with, one byte a picture."""
    donors: Block
    """DONOR rows, by picture."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Samples on their way to one shard (or block of shards), and the captions that their pictures inherit."""

    samples: Block
    donors: Block
