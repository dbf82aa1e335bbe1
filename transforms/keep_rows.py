"""The rows of a part that stay, and what its dropped duplicates give away: the pure half of AssignShards' first step."""

from collections.abc import Iterable

import numpy as np

from skypairs.schemas.identity import order_hash, stable_share
from skypairs.schemas.packed import DECISION, FATES, Block, Rows, rank_high
from skypairs.schemas.placed import DONATION, KEPT
from skypairs.schemas.recipe import Recipe
from skypairs.transforms import parts
from skypairs.transforms.compared_rows import rank_low
from skypairs.transforms.parts import PartRef
from skypairs.transforms.records_file import read_table
from skypairs.transforms.shard_names import shelf_of, source_index

DUPLICATE = FATES.index("duplicate")


def kept_rows(part: PartRef, decisions: Iterable[Block], recipe: Recipe, staging: str) -> tuple[Rows, Rows]:
    """(KEPT rows, DONATION rows) of one part."""
    table = read_table(parts.records_uri(staging, part.look), ["id", "fate", "group", "source_pixels"])
    cards = read_table(parts.card_index_uri(staging, part.cards)).to_pydict()
    alive = np.array([fate == "" for fate in table["fate"].to_pylist()], bool) & (np.array(cards["length"], np.int64) > 0)
    ids, groups = table["id"].to_pylist(), table["group"].to_pylist()
    given: list[tuple[object, ...]] = []
    for block in decisions:
        rows = block.rows(DECISION)
        alive[rows["row"]] = False
        for decision, keeper in zip(rows, block.id_list(), strict=True):
            row = int(decision["row"])
            if decision["fate"] != DUPLICATE or decision["orientation"] != 0:
                continue
            high = rank_high(True, table["source_pixels"][row].as_py(), part.order)
            given.extend(
                (
                    order_hash(recipe.seed, keeper),
                    high,
                    rank_low(ids[row]),
                    number,
                    int.from_bytes(text, "big"),
                    part.key,
                    cards["offset"][row],
                    cards["length"][row],
                )
                for number, text in enumerate(cards["human"][row])
            )
    rows = np.zeros(int(alive.sum()), KEPT)
    grouped = source_index(recipe, part.source)
    for place, row in enumerate(np.flatnonzero(alive).tolist()):
        human, rules = cards["human"][row], cards["rules"][row]
        texts = [int.from_bytes(text, "big") for text in (*human, *rules)]
        val = recipe.split.val > 0 and stable_share("split", recipe.seed, groups[row]) < recipe.split.val
        kept = rows[place]
        kept["order"], kept["row"], kept["shelf"] = order_hash(recipe.seed, ids[row]), row, shelf_of(grouped, val)
        kept["human"], kept["rules"], kept["imported"] = len(human), len(rules), cards["imported"][row]
        kept["texts"][: len(texts)] = texts
        kept["chosen"] = (1 << len(texts)) - 1
        kept["part"], kept["offset"], kept["length"] = np.void(part.key), cards["offset"][row], cards["length"][row]
    return rows, np.array(given, DONATION)
