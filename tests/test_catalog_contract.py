"""Every entry of the catalogue keeps the same promises, tried on a fake of its format."""

import itertools
import json
import math
import pickle
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from skypairs.pipelines.catalog import load
from skypairs.pipelines.catalog.recognise import recognise
from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import AnnotationError, LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms import storage
from tests.fakes import WRITERS, write

SPECS = load()


@pytest.fixture(params=sorted(SPECS))
def spec(request):
    return SPECS[request.param]


@pytest.fixture
def fake(spec, tmp_path):
    return write(spec.name, tmp_path / "private-folder" / spec.name)


def read(spec, source):
    """Scenes of a source by key."""
    scenes = list(spec.reader.scenes(source, spec.family or source.name or source.dataset))
    assert len({scene.id for scene in scenes}) == len(scenes)
    return {scene.key: scene for scene in scenes}


def named(source):
    return Source(source.dataset, source.root, f"{source.dataset}-{source.split}", source.split)


def boxes_of(annotation):
    """Boxes as (label, x0, y0, x1, y1), also those that masks stand for."""
    found = [(box.native, *box.rect) for box in annotation.boxes]
    for mask in annotation.masks:
        found += mask_objects(mask)
    return sorted(found)


def mask_objects(mask):
    """The objects of a mask by plain array arithmetic."""
    pixels = np.array(Image.open(mask.file.uri))
    names = {item.value: item.native for item in mask.classes}
    if mask.encoding == "instance":
        classes = np.array(Image.open(mask.classes_file.uri))
        for colour in {tuple(value) for value in pixels.reshape(-1, 3).tolist()} - {(0, 0, 0)}:
            place = (pixels == colour).all(axis=2)
            (value,) = {tuple(value) for value in classes[place].tolist()}
            yield names[value], *bounds(place)
        return
    for value, name in names.items():
        if mask.encoding == "threshold":
            place = (pixels >= value[0]).reshape(*pixels.shape[:2], -1).any(axis=2)
        else:
            place = pixels == value[0] if mask.encoding == "index" else (pixels == value).all(axis=2)
        areas, count = ndimage.label(place, np.ones((3, 3)))
        for number in range(1, count + 1):
            yield name, *bounds(areas == number)


def bounds(place):
    ys, xs = np.nonzero(place)
    return float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1)


def test_every_entry_has_a_fake():
    assert sorted(WRITERS) == sorted(SPECS)


def test_the_entry_says_what_people_need(spec):
    assert spec.licence and spec.citation and spec.obtain and spec.layout and spec.title
    assert all(name and count > 0 for name, count in spec.published)
    assert len({split.name for split in spec.splits}) == len(spec.splits)
    assert not spec.splits or any(split.role == "train" and split.annotated for split in spec.splits)
    spoken = [Vocabulary(spec.classes)[item.native] for item in spec.classes]
    assert spoken == list(spec.classes), "two classes that are spoken alike"
    assert pickle.loads(pickle.dumps(spec)) == spec


def test_every_picture_and_annotation_is_a_scene_as_it_was_written(spec, fake):
    seen = 0
    for source in fake.sources:
        truth, scenes = fake.of(source.split), read(spec, named(source))
        assert list(scenes) == sorted(truth)
        for key, scene in scenes.items():
            item = truth[key]
            assert scene.source == f"{spec.name}-{source.split}"
            assert (scene.picture is not None) == item.picture
            assert scene.problem == ("" if item.picture else "annotation without picture")
            assert scene.annotated == item.annotated
            assert scene.group == f"{spec.family or scene.source}/{item.scene or key}"
            if item.picture:
                assert scene.picture.uri.startswith(f"{fake.root}/")
                assert scene.picture.size == len(storage.read(scene.picture.uri))
            seen += 1
    splits = {source.split for source in fake.sources}
    assert seen == len([item for item in fake.pictures if item.split in splits])


def test_annotations_hold_what_was_written(spec, fake):
    for source in fake.sources:
        truth, scenes = fake.of(source.split), read(spec, named(source))
        for key, scene in scenes.items():
            item = truth[key]
            if scene.problem:
                continue
            if not item.parsable:
                with pytest.raises(AnnotationError, match="unparsable annotation"):
                    spec.reader.annotation(scene)
                continue
            annotation = spec.reader.annotation(scene)
            assert boxes_of(annotation) == sorted(box.place for box in item.boxes)
            assert annotation.captions == item.captions
            assert annotation.scene_class == item.scene_class
            assert tuple((lost.label, lost.reason, lost.count) for lost in annotation.lost) == tuple(sorted(item.lost))
            if annotation.size is not None:
                assert annotation.size == (item.width, item.height)
            for box in annotation.boxes:
                assert all(map(math.isfinite, (*box.rect, *box.polygon)))
                assert box.label == box.native and len(box.polygon) % 2 == 0
            flags = {(box.native, *box.rect): (box.difficult, box.crowd, box.cut) for box in annotation.boxes}
            if flags:
                assert flags == {box.place: (box.difficult, box.crowd, box.cut) for box in item.boxes}


def test_native_classes_are_those_of_the_entry(spec, fake):
    listed = {item.native for item in spec.classes}
    for item in fake.pictures if listed else ():
        assert {box.label for box in item.boxes} <= listed
        assert not item.scene_class or item.scene_class in listed


def test_files_that_annotate_a_picture_are_stamped(spec, fake):
    for source in fake.sources:
        for scene in read(spec, named(source)).values():
            if scene.annotated and not scene.inline:
                assert scene.annotations, "a change of the annotation would go unseen"
            if scene.inline:
                json.loads(scene.inline)
            for file in scene.annotations:
                assert file.size == len(storage.read(file.uri)) and file.stamp


def test_identity_holds_no_local_path_and_no_control_character(spec, fake, tmp_path):
    for source in fake.sources:
        for scene in read(spec, named(source)).values():
            for text in (scene.id, scene.group, scene.inline, scene.problem):
                assert str(tmp_path) not in text and "private-folder" not in text
                assert not re.search(r"[\x00-\x1f\x7f]", text)
            assert not re.search(r"\.(jpg|png|tif)$", scene.key)


def test_scenes_and_annotations_pickle(spec, fake):
    for scene in read(spec, named(fake.sources[0])).values():
        assert pickle.loads(pickle.dumps(scene)) == scene
        if not scene.problem and fake.of(fake.sources[0].split)[scene.key].parsable:
            annotation = spec.reader.annotation(scene)
            assert pickle.loads(pickle.dumps(annotation)) == annotation
            assert hash(annotation) == hash(spec.reader.annotation(scene))


def test_look_counts_pictures_without_opening_them(spec, fake):
    for source in fake.sources:
        scenes = read(spec, named(source)).values()
        pictures = [scene.picture for scene in scenes if scene.picture]
        look = spec.reader.look(named(source))
        distinct = set(pictures)  # frames of one video share its file
        assert look == Look(len(pictures), sum(file.size for file in distinct), look.annotations)
        assert (look.annotations > 0) == any(scene.annotated for scene in scenes)


def test_reading_twice_gives_the_same(spec, fake):
    source = named(fake.sources[0])
    assert list(spec.reader.scenes(source, "f")) == list(spec.reader.scenes(source, "f"))


def test_the_same_seed_gives_the_same_bytes(spec, fake, tmp_path):
    again = write(spec.name, tmp_path / "again")
    for one, other in itertools.pairwise([fake.root, again.root]):
        first, second = ({path.relative_to(root): path.read_bytes() for path in files(root)} for root in (one, other))
        assert first == second
    other = write(spec.name, tmp_path / "other", seed=1)
    assert {path.read_bytes() for path in files(other.root)} != {path.read_bytes() for path in files(fake.root)}


def files(root):
    return sorted(path for path in Path(root).rglob("*") if path.is_file())


def test_init_recognises_it(spec, fake):
    # in the folder itself, and one and two levels above it
    above = fake.root.rpartition("/")[0]
    expected = [(source.dataset, source.root, source.split, source.role) for source in fake.sources]
    for root in (fake.root, above, above.rpartition("/")[0]):
        assert [(source.dataset, source.root, source.split, source.role) for source in recognise(root)] == expected


def test_a_root_that_is_not_there_is_the_users_error(spec, tmp_path):
    for root in (tmp_path / "nowhere", tmp_path):
        for split in ("", "train"):
            with pytest.raises(LayoutError, match=re.escape(str(root))):
                spec.reader.look(Source(spec.name, str(root), split=split))
            with pytest.raises(LayoutError, match=spec.name):
                list(spec.reader.scenes(Source(spec.name, str(root), split=split), "f"))
