"""Repair of human captions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.transforms.captions.human import clean, repair


@pytest.mark.parametrize(
    ("captions", "kept", "dropped"),
    [
        ((), (), ()),
        (("Many planes .",), ("Many planes .",), ()),
        (("  many \t planes\r\n. ",), ("many planes .",), ()),
        (("\ufeffa ship",), ("a ship",), ()),
        (("a\x00 \x07 ship\x7f",), ("a ship",), ()),  # a control character between blanks leaves one blank
        (("a\u00a0ship", "a\u3000ship"), ("a ship",), (("repeated", 1),)),  # wide and fixed blanks are blanks
        (("a \ud83d ship",), ("a ship",), ()),  # half a character cannot be written as UTF-8
        (("", " \n", "\ufeff"), (), (("blank", 3),)),
        (("B", "a", "b", "A", ""), ("B", "a"), (("blank", 1), ("repeated", 2))),  # the first of equals, in their order
        (("ship", "ship"), ("ship",), (("repeated", 1),)),
        (("机场", "Flughafen für Köln"), ("机场", "Flughafen für Köln"), ()),  # other scripts stay
    ],
)
def test_repair(captions, kept, dropped):
    assert repair(captions) == (kept, dropped)


@settings(deadline=None)
@given(st.lists(st.text(st.characters()) | st.text(" \n\x00\ufeff\ud800aA"), max_size=8))
def test_what_is_kept_can_be_written_and_repaired_again(captions):
    kept, dropped = repair(captions)
    assert len(kept) + sum(count for _, count in dropped) == len(captions)
    assert repair(kept) == (kept, ())
    for text in kept:
        text.encode()
        assert text == clean(text) == " ".join(text.split())
