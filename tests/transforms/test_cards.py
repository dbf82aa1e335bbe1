"""Cards: what is put together from text is the json that would be written of the whole."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.schemas.dataset import Input
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Caption
from skypairs.transforms.cards import decode_card, encode_card, finish_json
from tests.pipelines.small_catalog import CATALOG

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
CAPTIONS = st.one_of(
    st.builds(Caption, TEXTS, st.just("human")),
    st.builds(Caption, TEXTS, st.just("rule"), TEXTS, TEXTS, st.integers(3, 77), negative=TEXTS),
    st.builds(Caption, TEXTS, st.just("imported"), tokens=st.integers(3, 77), by=TEXTS, checked=TEXTS),
)
BOX = {"native": "n", "kind": "instance", "difficult": False, "crowd": False, "cut": True, "area": None, "polygon": []}


def row(name: str, boxes: list[str], flat: bool) -> dict[str, Any]:
    """One row of the records, of a picture in a pack."""
    corners = {"x0": 1.0, "y0": 2.0, "x1": 3.5, "y1": 4.0}
    about = {
        "relative": name,
        "group": "g",
        "window": None,
        "width": 9,
        "height": 8,
        "gsd": None,
        "lost": [],
        "focus": None,
        "rendering": None,
    }
    picture = {"uri": "/u", "format": "jpg", "offset": 7, "length": 5, "sha256": bytes(32), "phash": bytes(64)}
    rest = {"rendering": None, "scene_class": None, "flat": flat, "pixels_sha256": bytes(32) if flat else None}
    return {"id": f"s/{name}", "boxes": [{"label": label, **corners, **BOX} for label in boxes], **about, **picture, **rest}


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.lists(TEXTS, max_size=3), st.booleans(), st.lists(CAPTIONS, min_size=1, max_size=5), TEXTS)
def test_the_json_is_sorted_and_says_what_the_row_says(
    name: str, boxes: list[str], flat: bool, captions: list[Caption], donor: str
) -> None:
    source = Input(Source("small", "/r", "s"), next(iter(CATALOG.values())), 0, False)
    card = decode_card(encode_card(row(name, boxes, flat), "look", source, captions))
    assert card.captions == tuple(captions)
    assert (card.id, card.uri, card.offset, card.length, card.look) == (f"s/{name}", "", 7, 5, "look")
    for number in range(len(captions)):
        data = finish_json(card, [(item, donor) for item in captions], number)
        plain = json.loads(data)
        assert data == json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert (plain["id"], plain["file"], plain["caption"], plain["width"]) == (f"s/{name}", name, number, 9)
        assert [plain[f"caption_{index}"] for index in range(len(captions))] == [item.text for item in captions]
        assert [plain.get(f"negative_{index}", "") for index in range(len(captions))] == [item.negative for item in captions]
        assert [(about["kind"], about["from"]) for about in plain["captions"]] == [(item.kind, donor) for item in captions]
        assert [box["label"] for box in plain.get("boxes", [])] == boxes
        assert ("pixels_sha256" in plain) == flat and "gsd" not in plain
