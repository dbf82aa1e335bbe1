"""Repair of human captions."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.transforms.captions.human import clean, repair

SOUND = [*"aZé9 .,;:!?\"'`´-()&\n\t", "ship", " .", " , ", "..", "...", '""', "&amp;", "&quot;", "&#39;", "&nbsp;", "don't"]
ODD = ["Ã©", "â€™", "Â°", "â\x80\x99", "Â", "ß…", "\x00", "\x85", "\ufeff", "\ud800", "\u00a0", "\u00ad", "\u200b", "树"]
PIECES = st.sampled_from([*SOUND, *ODD])
TEXTS = st.lists(PIECES, max_size=12).map("".join) | st.text(st.characters(), max_size=20)


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("many planes", "many planes"),
        ("Many planes .", "Many planes."),
        ("  many \t planes\r\n. ", "many planes."),
        ("\ufeffa ship", "a ship"),
        ("a\x00 \x07 ship\x7f", "a ship"),  # a control character between blanks leaves one blank
        ("a\u00a0ship", "a ship"),  # wide and fixed blanks are blanks
        ("a\u3000ship", "a ship"),
        ("base\u00adball", "baseball"),
        ("a \ud83d ship", "a ship"),  # half a character cannot be written as UTF-8
        ("机场 .", "机场."),  # other scripts stay
        ("Flughafen für Köln", "Flughafen für Köln"),
        # encoding
        ("itâ€™s donâ\x80\x99t", "it’s don’t"),  # read as Windows-1252, and as Latin-1
        ("cafÃ© at 5Â°", "café at 5°"),
        ("cafÃƒÂ©", "café"),  # twice
        ("café donâ€™t", "café donâ€™t"),  # not all of it can have been read wrongly
        ("groß…", "groß…"),  # a letter of N'Ko in UTF-8, and no less a word of German
        ("Ñ”", "Ñ”"),
        ("cars &amp; &quot;boats&quot;", 'cars & "boats"'),
        ("R&D; a&b", "R&D; a&b"),
        # full stops and commas
        ("a road , a lake .", "a road, a lake."),
        ("green ,smooth", "green, smooth"),
        ("a road . .", "a road."),
        ("a road..", "a road."),
        ("a road,.", "a road."),
        ("a road,, a lake", "a road, a lake"),
        ("a villa! .", "a villa!"),
        ("ships, etc., and cars", "ships, etc., and cars"),
        ("and so on...", "and so on..."),
        ("and so on . . .", "and so on..."),
        (". many planes", "many planes"),
        ("a .5 m strip", "a .5 m strip"),
        ("3 . 5 m", "3 . 5 m"),
        ("1,5 m", "1,5 m"),
        ("U.S. roads", "U.S. roads"),
        ("many planes;; cars??", "many planes; cars?"),
        ("P + Q .", "P + Q."),
        ("p#q, t_junction and 4% .", "p#q, t_junction and 4%."),  # words, however odd
        # quotes
        ('"many planes ."', "many planes."),
        ('many planes"', "many planes"),
        ('a ""tennis"" court', 'a "tennis" court'),
        ('"P" and "Q"', '"P" and "Q"'),
        ('a pipe of 5"', 'a pipe of 5"'),
        ("many colors ` cars", "many colors cars"),
        ("color`s", "color's"),
        ("the 'tennis' court's", "the 'tennis' court's"),
    ],
)
def test_clean(text, repaired):
    assert clean(text) == repaired


@pytest.mark.parametrize(
    ("captions", "most", "kept", "dropped"),
    [
        ((), 5, (), ()),
        (("", " \n", "\ufeff", " .", '"'), 5, (), (("blank", 5),)),  # without letter or digit
        (("B", "a", "b", "A", ""), 5, ("B", "a"), (("blank", 1), ("repeated", 2))),  # the first of equals, in their order
        (("a ship .", "A ship."), 5, ("a ship.",), (("repeated", 1),)),  # the same once repaired
        (("a", "b", "B", "c", "", "d"), 2, ("a", "b"), (("blank", 1), ("repeated", 1), ("surplus", 2))),
        (("a", "b", "c"), None, ("a", "b", "c"), ()),
    ],
)
def test_repair(captions, most, kept, dropped):
    assert repair(captions, most) == (kept, dropped)


@settings(deadline=None)
@given(TEXTS)
def test_a_repaired_text_is_not_repaired_again_and_can_be_written(text):
    found = clean(text)
    assert clean(found) == found == " ".join(found.split())
    found.encode()
    assert len(found) <= len(text)


@settings(deadline=None)
@given(TEXTS)
def test_no_word_is_added(text):
    assert len(re.findall(r"\w+", clean(text))) <= len(re.findall(r"\w+", text))


@settings(deadline=None)
@given(st.lists(st.sampled_from([*"aZé9 .,;:!?\"'`´-()\n\t", "ship", " .", "don't", "...", "树"]), max_size=12).map("".join))
def test_words_stay_as_they_are(text):
    """Of texts whose characters are sound: marks and blanks may go, letters and digits may not."""
    assert re.findall(r"\w+", clean(text)) == re.findall(r"\w+", text)


@settings(deadline=None)
@given(st.text("àéîöüçñÀÉß°·«»’“”–—…€ abc.,", min_size=1))
def test_what_was_read_with_the_wrong_encoding_is_read_back(text):
    wrong = text.encode().decode("cp1252", "surrogateescape")
    wrong = wrong.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    wrong = "".join(chr(ord(mark) - 0xDC00) if "\udc80" <= mark <= "\udcff" else mark for mark in wrong)  # undefined bytes
    assert clean(wrong) == clean(text)


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=8), st.integers(1, 6))
def test_every_caption_is_kept_or_dropped_for_a_reason(captions, most):
    kept, dropped = repair(captions, most)
    assert len(kept) + sum(count for _, count in dropped) == len(captions)
    assert len(kept) <= most and all(kept)
    assert repair(kept, most) == (kept, ())
