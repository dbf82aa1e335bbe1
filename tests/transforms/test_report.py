"""The report and the dataset card of a small finished build."""

import copy
import json
import re
import shutil
from functools import cache
from html.parser import HTMLParser

import pyarrow as pa
import pytest
import yaml

from skypairs.schemas.arrow import LEDGER
from skypairs.schemas.errors import OutputError
from skypairs.transforms.report import choose, dataset_card, flow, gallery, render, train, write_report
from skypairs.transforms.report.markup import share, text
from skypairs.transforms.report.style import FATE_COLOURS, STYLE
from tests import fakes_output as fakes

VOID = {"meta", "img", "br", "image", "rect", "polygon"}


@cache
def finished(layout):
    return fakes.finished(layout)


@pytest.fixture
def fake():
    return copy.deepcopy(finished("pairs"))


def rendered(fake, folder):
    fake.write(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    return render(str(folder), manifest), manifest


class Reader(HTMLParser):
    """Collects tags, attributes and text, and fails where tags are not closed in order."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.text = [], [], ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_is_whole_and_needs_nothing_from_outside(fake, tmp_path):
    page, _ = rendered(fake, tmp_path)
    read = Reader(page)
    assert not re.search(r"https?://|url\(|@import|<script|javascript:|\son\w+=", page)
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in read.tags}
    sources = [item["src"] for item in read.all("img")] + [item["href"] for item in read.all("image")]
    assert len(sources) == 11 + 7 and all(source.startswith("data:image/jpeg;base64,") for source in sources)
    links = [item["href"] for item in read.all("a")]
    assert len(links) == 8 and set(links) == {f"#{item['id']}" for item in read.all("section")}
    assert read.all("html") == [{"lang": "en"}] and len(read.all("h1")) == 1


def test_the_same_output_makes_the_same_bytes_wherever_it_lies(fake, tmp_path):
    page, manifest = rendered(fake, tmp_path / "here")
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    assert render(str(tmp_path / "there"), manifest) == page
    assert str(tmp_path) not in page


def test_everything_from_data_is_escaped(fake, tmp_path):
    evil = '<script>alert("x")</script>&\'"'
    fake.manifest["name"] = fake.manifest["sources"][0]["licence"] = fake.manifest["versions"]["numpy"] = evil
    fake.manifest["references"]["unread"][0] = [evil, evil]
    fake.row("alpha/P0008")["reason"] = evil
    fake.row("alpha/P0007")["keeper"] = evil
    for samples in fake.shards.values():
        for sample in samples:
            card = json.loads(fakes.dict_of(sample)["json"])
            boxes = [box | {"label": evil} for box in card["boxes"]]
            about = [item | {"rule": evil, "from": evil} for item in card["captions"]]
            changed = card | {"caption_0": evil, "boxes": boxes, "captions": about, "source": evil, "licence": evil}
            sample[1] = (sample[1][0], json.dumps(changed).encode())
    page, _ = rendered(fake, tmp_path)
    read = Reader(page)
    assert "<script" not in page and "script" not in {tag for tag, _ in read.tags}
    assert read.text.count(evil) > 20


def test_every_picture_says_what_it_shows(fake, tmp_path):
    read = Reader(rendered(fake, tmp_path)[0])
    assert all(item["alt"].startswith(("dropped: ", "kept: ", "reference: ")) for item in read.all("img"))
    pictures = [item for item in read.all("svg") if item["class"] == "pic"]
    assert len(pictures) == 11 and all(item["role"] == "img" for item in pictures)
    assert {item["aria-label"] for item in pictures} == {f"{row['id']}: 2 boat" for row in fake.ledger if row["fate"] == "kept"}
    assert all(item["aria-label"] and item["tabindex"] == "0" for item in read.all("div") if item.get("class") == "wide")


def test_boxes_captions_and_facts_of_a_sample(fake, tmp_path):
    page, _ = rendered(fake, tmp_path)
    card = next(part for part in page.split("<figure") if 'class="id">beta/1<' in part)
    read = Reader(card.partition(">")[2].partition("</figure>")[0])
    assert [item["points"] for item in read.all("polygon")] == ["40.0,30.0 70.5,45.0 55.0,60.2"] * 2
    assert [(item["x"], item["y"], item["width"], item["height"]) for item in read.all("rect")] == [
        ("4.0", "4.0", "26.0", "16.0")
    ] * 2
    assert 'a field with <1> "ponds" & a café' in read.text and "written by people" in read.text
    assert "80 × 80 px · 0.5 m a pixel · beta · academic use only" in read.text and "boat × 2" in read.text


def test_pairs_show_distance_and_orientation(fake, tmp_path):
    page, _ = rendered(fake, tmp_path)
    words = Reader(page).text
    assert "3 pictures were dropped: they are at most 2 of 64 hash bits in one of eight orientations from a reference" in words
    distance = fake.row("alpha/P0006")["distance"]
    assert f"near duplicate · {distance} of 64 bits differ · the kept one turned by 90 degrees anticlockwise" in words
    assert "dropped: beta/5" in words and "kept: beta/4" in words and "same scene" in words


def test_without_thumbnails_the_ids_are_shown(fake, tmp_path):
    fake.thumbnails.clear()
    read = Reader(rendered(fake, tmp_path)[0])
    assert "dropped: alpha/P0006" in read.text and "not shown" in read.text
    assert [item["alt"] for item in read.all("img")] == ["kept: alpha/P0001", "kept: beta/4"]  # out of the shards


def test_thumbnails_of_references_are_shown(fake, tmp_path):
    fake.thumbnails.append({"id": "ref/r1", "jpeg": fakes.encode(fakes.pixels(901))})
    read = Reader(rendered(fake, tmp_path)[0])
    assert "reference: ref/r1" in [item["alt"] for item in read.all("img")]


def test_failures_references_and_numbers(fake, tmp_path):
    words = Reader(rendered(fake, tmp_path)[0]).text
    assert "truncated picture" in words and "alpha/P0008" in words and "jpg, OSError" not in words
    assert "4 of 5 listed references were compared." in words and "ref/r5" in words
    assert "pictures kept of 21" in words and "dedup.reference_distance" in words


def test_nothing_kept_makes_a_page_too(fake, tmp_path):
    fake.shards, fake.thumbnails, fake.references, fake.duplicates = {}, [], [], []
    fake.ledger = [fake.row("alpha/P0008")]
    for row in fake.manifest["funnel"].values():
        row.update(dict.fromkeys(row, 0))
    fake.manifest["funnel"]["alpha"].update(scenes=1, failed=1)
    fake.manifest["samples"] = {"train": 0, "val": 0}
    fake.manifest["references"] = {"listed": 0, "hashed": 0, "pictures": 0, "unread": []}
    page, manifest = rendered(fake, tmp_path)
    words = Reader(page).text
    assert "nothing to train on" in words and "leaks into test sets were not looked for" in words
    card = dataset_card(manifest)
    assert "```" not in card and "No reference pictures were given" in card and "configs" not in card


def test_no_picture_listed_draws_no_flow():
    assert "No picture was listed" in flow.flow({"a": {"kept": 0}})


def test_of_many_sources_the_small_ones_are_taken_together():
    counts = {f"source-{n:02d}": {"kept": n + 1, "leak": 1} for n in range(30)}
    drawn = flow.flow(counts)
    assert "11 others" in drawn and "source-29" in drawn and "source-00" not in drawn
    assert f"{sum(range(1, 31)):,} kept" in drawn and Reader(drawn)


def test_bands_are_as_thick_as_the_pictures_are_many():
    drawn = flow.flow({"a": {"kept": 60, "leak": 20}, "b": {"kept": 20}})
    heights = [float(item["height"]) for item in Reader(drawn).all("rect")]
    assert heights == [256.0, 64.0, 256.0, 64.0]  # a, b; kept, leak, of 320 in all


def test_sources_take_turns_and_samples_are_few(monkeypatch, tmp_path):
    fake = finished("images")
    fake.write(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    ledger = pa.Table.from_pylist(fake.ledger, schema=LEDGER)
    monkeypatch.setattr(choose, "SAMPLES", 5)
    shown = choose.choose_samples(str(tmp_path), manifest, ledger)
    assert [item.card["source"] for item in shown] in (["alpha", "beta"] * 2 + ["alpha"], ["beta", "alpha"] * 2 + ["beta"])
    monkeypatch.setattr(choose, "_SHARDS", 1)
    assert len({item.shard for item in choose.choose_samples(str(tmp_path), manifest, ledger)}) == 1


def test_only_headers_and_wanted_members_of_a_local_shard_are_read(fake, monkeypatch, tmp_path):
    fake.write(tmp_path)
    row = fake.row("alpha/P0002")
    read, total = choose.storage.read, []
    monkeypatch.setattr(choose.storage, "read", lambda *place: total.append(place[2]) or read(*place))
    shown = choose.fetch_pictures(str(tmp_path), {row["id"]: (row["key"], row["shards"][0])})
    assert shown[row["id"]].card["id"] == row["id"]
    assert sum(total) < (tmp_path / row["shards"][0]).stat().st_size / 2


def test_hundreds_of_boxes_are_not_all_drawn():
    box = {"label": "car", "box": [1, 1, 2, 2], "cut": True, "difficult": False, "crowd": False}
    card = {
        "id": "a/1",
        "boxes": [box] * 350,
        "width": 9,
        "height": 9,
        "captions": [],
        "gsd": None,
        "source": "a",
        "licence": "x",
    }
    page = gallery.samples([choose.Shown(card, b"", "")])
    assert page.count("<rect") == 600 and "50 more boxes are not drawn" in page and "car × 350" in page and "car (cut)" in page


def test_write_report_makes_the_same_page_again(fake, tmp_path):
    page, _ = rendered(fake, tmp_path)
    assert write_report(str(tmp_path)) == f"{tmp_path}/report.html"
    assert (tmp_path / "report.html").read_text("utf-8") == page
    with pytest.raises(OutputError, match="not a finished build"):
        write_report(str(tmp_path / "elsewhere"))


def test_the_command_names_all_shards(fake, tmp_path):
    _, manifest = rendered(fake, tmp_path)
    command = train.training_command(manifest)
    digest = manifest["digest"][:6]
    assert f"--train-data 'train/fake-{digest}-{{00000..00002}}.tar'" in command
    assert "--train-num-samples 27" in command and "--val-num-samples 6" in command and "--dataset-type webdataset" in command
    assert text(command) in render(str(tmp_path), manifest) and command in dataset_card(manifest)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["train/a-b-1f2e3d-00000.tar"], "train/a-b-1f2e3d-00000.tar"),  # one
        (["train/a-00000.tar", "train/a-00001.tar"], "train/a-{00000..00001}.tar"),
        ([f"train/a-{n:05d}.tar" for n in range(120)], "train/a-{00000..00119}.tar"),
    ],
)
def test_brace_paths_expand_to_the_shards(paths, expected):
    assert train.brace_path(paths) == expected
    braceexpand = pytest.importorskip("braceexpand")
    assert list(braceexpand.braceexpand(expected)) == paths


def test_images_layout_tells_how_to_draw_captions():
    notes = train.training_notes({"files": [], "recipe": {"shards": {"layout": "images"}, "captions": {"per_picture": 3}}})
    assert "--json-text-key 'caption_0;caption_1;caption_2' --json-text-key-probs 1 1 1" in notes[-1]


def test_the_card_has_front_matter_that_the_hub_reads(fake, tmp_path):
    _, manifest = rendered(fake, tmp_path)
    _, front, body = dataset_card(manifest).split("---\n", 2)
    plain = yaml.safe_load(front)
    assert plain["license"] == "other" and plain["license_name"] == "per-source"
    assert plain["size_categories"] == ["n<1K"] and "webdataset" in plain["tags"]
    assert plain["configs"][0]["data_files"] == [
        {"split": "train", "path": "train/*.tar"},
        {"split": "validation", "path": "val/*.tar"},
    ]
    assert "| alpha | fakeset | CC-BY-4.0 | yes | 7 | 21 |" in body
    assert "Do not publish these shards as they are:** the licence of `beta`" in body


@pytest.mark.parametrize(
    ("licences", "expected"),
    [
        (["CC-BY-4.0", "cc-by-4.0"], "cc-by-4.0"),
        (["MIT"], "mit"),
        (["CC-BY-4.0", "MIT"], "other"),  # two
        (["academic use only"], "other"),  # no licence of the hub's list
    ],
)
def test_one_licence_is_named_and_several_are_other(licences, expected, fake):
    manifest = fake.manifest | {"files": []}
    manifest["sources"] = [
        {"name": name, "dataset": "d", "licence": licence, "redistributable": True}
        for name, licence in zip(("alpha", "beta"), licences * 2, strict=False)
    ][: len(licences)]
    card = dataset_card(manifest)
    assert yaml.safe_load(card.split("---\n")[1])["license"] == expected
    assert "Do not publish" not in card


@pytest.mark.parametrize(
    ("samples", "expected"), [(999, "n<1K"), (1000, "1K<n<10K"), (828_725, "100K<n<1M"), (10**8, "100M<n<1B")]
)
def test_size_categories(samples, expected, fake):
    manifest = fake.manifest | {"samples": {"train": samples, "val": 0}, "files": []}
    assert yaml.safe_load(dataset_card(manifest).split("---\n")[1])["size_categories"] == [expected]


def test_cells_of_the_card_stay_cells(fake):
    manifest = fake.manifest | {"files": []}
    manifest["sources"] = [dict(manifest["sources"][0], licence="see | the\nowner <here>"), manifest["sources"][1]]
    assert "| alpha | fakeset | see \\| the owner &lt;here> | yes |" in dataset_card(manifest)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 0, "0 %"), (0, 9, "0 %"), (1, 10_000, "under 0.1 %"), (1, 3, "33.3 %"), (9999, 10_000, "99.9 %"), (7, 7, "100 %")],
)
def test_shares(part, whole, expected):
    assert share(part, whole) == expected


def luminance(colour):
    values = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """WCAG 2.1, contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_text_and_colours_stand_out_on_both_grounds():
    for mode, block in enumerate(re.findall(r":root\{([^}]*)\}", STYLE)):
        colours = {
            name: value if len(value) == 7 else "#" + "".join(c * 2 for c in value[1:])
            for name, value in re.findall(r"--(\w+):(#\w+)", block)
        }
        for ground in ("ground", "card"):
            for ink in ("ink", "soft", "accent"):
                assert contrast(colours[ink], colours[ground]) >= 4.5, (mode, ink, ground)
            for fate in FATE_COLOURS:
                assert contrast(colours[fate], colours[ground]) >= 3, (mode, fate, ground)
