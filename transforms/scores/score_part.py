"""Scores of one part: its cards and pictures are read by range, and what comes out is a row beside each of its records."""

from functools import partial

from skypairs.schemas.recipe import Recipe
from skypairs.transforms import images, parts, storage
from skypairs.transforms.cards import Card, decode_card
from skypairs.transforms.parts import PartRef
from skypairs.transforms.records_file import read_table
from skypairs.transforms.scores.caption_scores import caption_steps
from skypairs.transforms.scores.clip_model import ClipModel
from skypairs.transforms.sinks.webdataset import picture_bytes


def score_part(part: PartRef, recipe: Recipe, staging: str, model: ClipModel, workers: int) -> list[tuple[int, ...] | None]:
    """For each record the steps of the captions that its card has, up to `per_picture`; None where there is no card.

    Raises BuildStopped where a picture is not the one that was prepared any more.
    """
    assert recipe.scores is not None
    index = read_table(parts.card_index_uri(staging, part.cards), ["offset", "length"]).to_pydict()
    whole = storage.read(parts.cards_uri(staging, part.cards))
    places = list(zip(index["offset"], index["length"], strict=True))
    cards = [decode_card(whole[offset : offset + length]) for offset, length in places if length]
    texts = [[item.text for item in card.captions[: recipe.captions.per_picture]] for card in cards]
    items = [(partial(_pixels, card, staging), own) for card, own in zip(cards, texts, strict=True)]
    found = iter(caption_steps(model, items, recipe.scores.batch, workers))
    return [next(found) if length else None for _, length in places]


def _pixels(card: Card, staging: str) -> images.RGB:
    return images.decode_rgb(picture_bytes(card, staging))
