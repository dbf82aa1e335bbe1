"""`skypairs evaluate`: its figures are those of open_clip's own functions on the same pictures and texts."""

import json
from argparse import Namespace

import numpy as np
import pytest
from PIL import Image

from skypairs.api import evaluate
from skypairs.pipelines.cli import main
from skypairs.schemas.errors import DataError, PictureError, UserError
from skypairs.transforms.scores.clip_model import captions_similarity, load_model
from tests import drawn, small_clip

torch = pytest.importorskip("torch")
open_clip = pytest.importorskip("open_clip")

CLASSES = ("Harbor", "DenseResidential", "storage_tank", "bridge", "forest", "river", "airport")


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory):
    """A model of chance weights, as a folder with weights."""
    return small_clip.write_chance_model(tmp_path_factory.mktemp("model"), 1)


@pytest.fixture(scope="module")
def model(model_dir):
    return load_model(f"local-dir:{model_dir}", device="cpu")


@pytest.fixture(scope="module")
def captioned(tmp_path_factory):
    """RSICD as it lies on disk: 12 test pictures with one to three captions, and a training one."""
    root = tmp_path_factory.mktemp("rsicd")
    (root / "RSICD_images").mkdir()
    images = []
    for at in range(13):
        save(root / "RSICD_images" / f"{at:02d}.jpg", at)
        texts = [f"{number} BOATS near picture {at} ." for number in range(1, 2 + at % 3)]
        sentences = [{"raw": text, "tokens": text.split()} for text in texts]
        images.append({"filename": f"{at:02d}.jpg", "split": "test" if at else "train", "sentences": sentences})
    (root / "dataset_rsicd.json").write_text(json.dumps({"images": images}))
    return root


@pytest.fixture(scope="module")
def sorted_pictures(tmp_path_factory):
    root = tmp_path_factory.mktemp("folders")
    for number, name in enumerate(CLASSES):
        (root / name).mkdir()
        for at in range(3):
            save(root / name / f"{at}.jpg", 100 + 10 * number + at)
    return root


def save(path, seed):
    Image.fromarray(drawn.draw(seed).pixels).save(path, quality=90)


def test_retrieval_is_that_of_open_clip_on_the_same_pictures(model, captioned):
    found = evaluate.retrieval(model, evaluate.source_of("rsicd", "", str(captioned)), batch=5)
    assert (found.source.split, found.figures.pictures, found.figures.texts) == ("test", 12, 24)
    content = [item for item in json.loads((captioned / "dataset_rsicd.json").read_text())["images"] if item["split"] == "test"]
    pixels = [model.preprocess(Image.open(captioned / "RSICD_images" / item["filename"])) for item in content]
    texts = [sentence["raw"].capitalize() for item in content for sentence in item["sentences"]]
    owners = np.array([row for row, item in enumerate(content) for _ in item["sentences"]])
    with torch.inference_mode():
        pictures = model.model.encode_image(torch.stack(pixels), normalize=True)
        logits = pictures @ model.model.encode_text(model.tokenizer(texts), normalize=True).T
    for k, ours in zip((1, 5, 10), found.figures.image_to_text, strict=True):
        nearest = logits.argsort(dim=1, descending=True)[:, :k].numpy()
        assert ours == pytest.approx(np.mean([row in owners[near] for row, near in enumerate(nearest)]))
    for k, ours in zip((1, 5, 10), found.figures.text_to_image, strict=True):
        nearest = logits.T.argsort(dim=1, descending=True)[:, :k].numpy()
        assert ours == pytest.approx(np.mean([owner in near for owner, near in zip(owners, nearest, strict=True)]))


def test_zero_shot_is_that_of_open_clip_on_the_same_pictures(model, sorted_pictures, monkeypatch):
    theirs = pytest.importorskip("open_clip_train.zero_shot")
    # It calls float() on arrays of one element, which numpy 2.4 and later refuse.
    monkeypatch.setattr(theirs, "float", lambda value: np.asarray(value).item(), raising=False)
    found = evaluate.zero_shot(model, evaluate.source_of("folders", "", str(sorted_pictures)), batch=4)
    spoken = {"DenseResidential": "dense residential", "storage_tank": "storage tank"}
    names = sorted(spoken.get(name, name.lower()) for name in CLASSES)
    items = [
        (model.preprocess(Image.open(path)), names.index(spoken.get(path.parent.name, path.parent.name.lower())))
        for path in sorted(sorted_pictures.glob("*/*.jpg"))
    ]
    weights = open_clip.build_zero_shot_classifier(model.model, model.tokenizer, names, ["a satellite photo of {}."])
    loader = torch.utils.data.DataLoader(items, batch_size=4)
    top1, top5 = theirs.run(model.model, weights, loader, Namespace(device="cpu", precision="fp32", batch_size=4))
    assert found.as_dict() | {"top1": None, "top5": None} == {
        "dataset": "folders", "split": "", "task": "zero-shot", "pictures": 21, "classes": 7, "top1": None, "top5": None,
    }  # fmt: skip
    assert (found.figures.top1, found.figures.top5) == pytest.approx((top1, top5))
    assert 0 < top5 < 1


def test_the_size_of_batches_does_not_show(model, captioned):
    source = evaluate.source_of("rsicd", "test", str(captioned))
    one, all_at_once = (evaluate.retrieval(model, source, batch=size).figures for size in (1, 100))
    assert one == all_at_once


def test_captions_are_capitalised_unless_wanted_as_written(model, captioned, monkeypatch):
    seen = []
    tokenizer = model.tokenizer
    monkeypatch.setitem(model.__dict__, "tokenizer", lambda texts: seen.extend(texts) or tokenizer(texts))
    for capitalise in (True, False):
        evaluate.retrieval(model, evaluate.source_of("rsicd", "", str(captioned)), capitalise=capitalise, limit=2)
    assert seen[0].endswith("boats near picture " + seen[0].split()[4] + " .") and "BOATS" in seen[-1]


def test_the_command_prints_a_table_and_writes_json(model_dir, captioned, sorted_pictures, tmp_path, capsys):
    words = ["evaluate", f"local-dir:{model_dir}", "--retrieval", f"rsicd={captioned}", "--zero-shot"]
    words += [f"folders={sorted_pictures}", "--device", "cpu", "--json", str(tmp_path / "found.json")]
    assert main(words) == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["set", "pictures", "figure", "per cent"]
    assert {line[0] for line in lines[1:]} == {"rsicd test", "folders"}
    found = json.loads((tmp_path / "found.json").read_text())["results"]
    shown = {(line[0].split()[0], line[2]): float(line[3]) for line in lines[1:]}
    for item in found:
        for name, value in item.items():
            if isinstance(value, float):
                assert shown[item["dataset"], name] == pytest.approx(100 * value, abs=0.005)
    assert len(shown) == 7 + 2
    first = (tmp_path / "found.json").read_bytes()
    assert main(words) == 0 and (tmp_path / "found.json").read_bytes() == first


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ViT-B-32", "openai"], "nothing to evaluate on"),
        (["ViT-B-33", "x", "--retrieval", "rsicd=/r"], "no model ViT-B-33"),
        (["ViT-B-32", "--retrieval", "rsicd=/r"], "needs weights: one of openai"),
        (["ViT-B-32", "/no/such/file.pt", "--retrieval", "rsicd=/r"], "is neither"),
        (["local-dir:/nowhere", "--retrieval", "rsicd=/r"], "holds no weights"),
        (["ViT-B-32", "openai", "--retrieval", "rsicdd=/r"], 'did you mean "rsicd"'),
        (["ViT-B-32", "openai", "--retrieval", "rsicd:tests=/r"], 'did you mean "test"'),
        (["ViT-B-32", "openai", "--zero-shot", "aid=/r", "--template", "a photo"], "a template needs one {}"),
    ],
)
def test_what_the_user_can_put_right_is_said(words, said, capsys):
    assert main(["evaluate", *words]) == 2
    assert said in capsys.readouterr().err


def test_weights_of_another_model_are_refused(model_dir, tmp_path):
    torch.save({"positional_embedding": torch.zeros(3, 3)}, tmp_path / "other.pt")
    with pytest.raises(UserError, match="cannot be loaded"):
        load_model(f"local-dir:{model_dir}", str(tmp_path / "other.pt"), "cpu")


def test_a_set_of_another_kind_is_refused(model, captioned, sorted_pictures):
    with pytest.raises(UserError, match="no captions"):
        evaluate.retrieval(model, evaluate.source_of("folders", "", str(sorted_pictures)))
    with pytest.raises(UserError, match="no classes"):
        evaluate.zero_shot(model, evaluate.source_of("rsicd", "", str(captioned)))


def test_a_picture_that_cannot_be_read_stops_it(model, sorted_pictures, tmp_path):
    for path in sorted_pictures.glob("*/*.jpg"):
        (tmp_path / path.parent.name).mkdir(exist_ok=True)
        (tmp_path / path.parent.name / path.name).write_bytes(path.read_bytes())
    (tmp_path / "river" / "1.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")
    with pytest.raises(DataError, match="river/1 of folders"):
        evaluate.zero_shot(model, evaluate.source_of("folders", "", str(tmp_path)))
    with pytest.raises(PictureError):
        model.pictures([b"nothing"])


def test_a_picture_is_as_similar_as_its_best_caption(model):
    pictures = model.pictures([drawn.draw(seed).pixels for seed in (1, 2)])
    texts = model.texts(["a ship", "two ships", "a bridge"])
    plain = pictures @ texts.T
    assert captions_similarity(pictures, texts, [0, 0, 1]) == pytest.approx(
        [max(plain[0, 0], plain[0, 1]), plain[1, 2]], abs=1e-6
    )
