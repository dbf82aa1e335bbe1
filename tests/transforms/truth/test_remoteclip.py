"""Every caption of the recipe `remoteclip` is read and found true of the boxes it was written from."""

from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.schemas.recipe import Captions
from skypairs.schemas.records import Box
from skypairs.schemas.vocabulary import Vocabulary, named
from skypairs.transforms.box_to_caption import write_captions
from skypairs.transforms.truth.evaluate import check
from skypairs.transforms.truth.picture import Picture

SIZE = 64
CLASSES = tuple(map(named, ("ship", "small vehicle", "person", "water", "T junction", "bridge and dam", "dam")))
WORDS = tuple((item.singular, item.plural) for item in CLASSES)


def box(item, x, y, kind, crowd):
    return Box(item.singular, item.native, x - 1, y - 1, x + 1, y + 1, kind, crowd=crowd)


coordinates = st.integers(1, SIZE - 1)
boxes = st.builds(
    box,
    st.sampled_from(CLASSES),
    coordinates,
    coordinates,
    st.sampled_from(["instance", "region"]),
    st.integers(0, 9).map(bool),
)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(boxes, max_size=40),
    st.text("abc", max_size=4),
    st.sampled_from([(0.25, 0.75), (0.4, 0.6), (0.0, 0.3)]),
    st.sampled_from(["", "an airport"]),
)
def test_captions_of_the_recipe_are_true(found, identifier, centre, scene):
    options = Captions(per_picture=12, centre=centre)
    captions = write_captions(identifier, SIZE, SIZE, tuple(found), (), 0, options, Vocabulary(CLASSES), scene)
    picture = Picture(tuple(found), SIZE, SIZE, words=WORDS, scene=scene.removeprefix("an "), centre=centre)
    for caption in captions:
        truth = check(caption.text, picture)
        assert truth, (caption.text, truth)
