"""Listings: the same answers as from the folders themselves."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.schemas.records import FileStamp
from skypairs.transforms import storage
from skypairs.transforms.listing import Listing

NAMES = st.sampled_from(["a", "a0", "a b", "b", "b.txt", "é"])


@settings(max_examples=60)
@given(st.lists(st.lists(NAMES, min_size=1, max_size=4), max_size=12))
def test_a_listing_answers_as_the_folders_do(tmp_path_factory, paths) -> None:
    root = tmp_path_factory.mktemp("listing")
    for parts in paths:
        path = root.joinpath(*parts)
        if not any(above.is_file() for above in path.parents) and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x")
    listing = Listing(str(root), storage.list_files(str(root)))
    for place in [root, *root.rglob("*"), root / "nowhere"]:
        uri = str(place)
        assert listing.holds(uri)
        assert listing.stat(uri) == storage.stat(uri)
        if not place.is_file():
            assert listing.folders(uri) == storage.folders(uri)
            assert listing.files(uri) == storage.files(uri)
            assert listing.below(uri) == storage.list_files(uri)
            assert listing.is_folder(uri) == (storage.is_folder(uri) and bool(storage.list_files(uri)))


def test_it_answers_for_its_own_prefix_alone() -> None:
    listing = Listing("s3://b/data/", [FileStamp("s3://b/data/x/1.jpg", 1, "")])
    places = ["s3://b/data", "s3://b/data/x", "s3://b/data/y", "s3://b/data2", "s3://b", str(Path("/b/data"))]
    assert [listing.holds(place) for place in places] == [True, True, True, False, False, False]
    assert listing.is_folder("s3://b/data/") and not listing.is_folder("s3://b/data/y")
