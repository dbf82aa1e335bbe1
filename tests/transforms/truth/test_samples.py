"""Captions of real pictures, cut into tiles as a build cuts them: all read, all true, by the checker and by its judge."""

import pytest

from skypairs.pipelines.catalog import load
from skypairs.schemas.dataset import Input
from skypairs.schemas.recipe import Boxes, Captions, Pictures, Source
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms.box_to_caption import write_captions
from skypairs.transforms.prepare_scene import SceneOptions, prepare_scene
from skypairs.transforms.truth.evaluate import check
from skypairs.transforms.truth.picture import Picture
from tests.judges.captions import is_true

SETS = {
    "dota": ("DOTA_devkit/example", "train"),
    "isaid": ("iSAID_Devkit/preprocess/dataset/iSAID", "train"),
    "au-air": ("auairdataset/examples/auair_subset", ""),
}


@pytest.mark.parametrize("name", SETS)
def test_captions_of_the_samples_are_true(name, samples):
    folder, split = SETS[name]
    if not (samples / folder).is_dir():
        pytest.skip(f"no sample of {name}")
    spec = load()[name]
    source = Input(Source(name, str(samples / folder), name, split=split), spec, 0, False)
    options = SceneOptions(Pictures(), Boxes(), "phash")
    vocabulary = Vocabulary(spec.classes)
    checked = 0
    for scene in list(spec.reader.scenes(source.source, source.family))[:15]:
        for sample in prepare_scene(scene, source, options).samples:
            words = tuple((item.singular, item.plural) for item in {vocabulary[box.native] for box in sample.boxes})
            picture = Picture(sample.boxes, sample.width, sample.height, sample.gsd, sample.lost, tuple(sorted(words)))
            for recipe in ("remoteclip", "rich"):
                captions = write_captions(
                    *(sample.id, sample.width, sample.height, sample.boxes, (), 0, Captions(recipe=recipe), vocabulary),
                    lost=sample.lost,
                    gsd=sample.gsd,
                )
                for caption in captions:
                    assert check(caption.text, picture), (sample.id, caption.text, check(caption.text, picture))
                    assert is_true(caption.text, picture), (sample.id, caption.text)
                    checked += 1
    assert checked >= 10
