"""Every fault that verify knows is planted in a finished build, and named: that one and no other."""

import copy
import hashlib
import json
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from skypairs.api import near
from skypairs.api.verify_output import verify
from skypairs.api.verify_problems import CAP, Problem, Problems
from skypairs.schemas.errors import UserError
from tests import fakes_output as fakes


@cache
def _finished(layout):
    return fakes.finished(layout)


@pytest.fixture
def fake():
    return copy.deepcopy(_finished("pairs"))


def first_shard(fake, number=0):
    return list(fake.shards)[number]


def kinds(folder, **options):
    verdict = verify(str(folder), **options)
    assert verdict.ok == (not verdict.problems)
    return verdict.counts, " | ".join(verdict.problems)


TWO_BOATS = "There are 2 boats in the picture ."


def card_of(sample):
    return json.loads(fakes.dict_of(sample)["json"])


def replace(sample, suffix, data):
    """The sample with one member's bytes replaced."""
    at = next(index for index, (name, _) in enumerate(sample) if name.endswith("." + suffix))
    sample[at] = (sample[at][0], data)


def edit_cards(fake, identifier, **changes):
    for samples in fake.shards.values():
        for sample in samples:
            card = card_of(sample)
            if card["id"] == identifier:
                replace(sample, "json", json.dumps(card | changes, sort_keys=True).encode())


def swap_picture(fake, identifier, data, group=None):
    """Another picture in all shards, json and ledger, consistently."""
    phash, pixels = fakes.hashes(data)[0].hex(), fakes.pixels_digest(data).hex() if fake.row(identifier)["flat"] else None
    changes = {"sha256": hashlib.sha256(data).hexdigest(), "phash": phash, "pixels_sha256": pixels}
    fake.row(identifier).update(changes)
    edit_cards(fake, identifier, **changes)
    for samples in fake.shards.values():
        for sample in samples:
            if card_of(sample)["id"] == identifier:
                replace(sample, sample[0][0].partition(".")[2], data)


@pytest.mark.parametrize("layout", ["pairs", "images"])
def test_a_clean_build_verifies(layout, tmp_path):
    fake = _finished(layout)
    steps = []
    verdict = verify(str(fake.write(tmp_path)), progress=lambda done, all_: steps.append((done, all_)))
    assert verdict.problems == () and verdict.ok
    assert verdict.shards == len(fake.shards) == len(steps)
    assert steps[-1] == (verdict.shards, verdict.shards)
    assert (verdict.pictures, verdict.references) == (11, 4)
    assert verdict.samples == (33 if layout == "pairs" else 11)
    assert [near.source for near in verdict.closest] == ["ref"] and verdict.closest[0].distance > 2
    assert any("1 kept pictures are flat" in note for note in verdict.notes)
    assert any("1 references could not be read" in note for note in verdict.notes)
    assert not any("picture policy" in note for note in verdict.notes)
    assert verify(str(tmp_path), quick=True).ok


def test_references_of_another_picture_policy_are_noted(tmp_path):
    fake = _finished("pairs")
    fake.references[0]["policy"] = fake.references[0]["policy"].replace('"quality": 92', '"quality": 50')
    verdict = verify(str(fake.write(tmp_path)))
    assert [note for note in verdict.notes if note.startswith("1 references were prepared under another picture policy")]


def test_the_closest_reference_is_the_one_found_by_hand(tmp_path):
    fake = _finished("pairs")
    (near,) = verify(str(fake.write(tmp_path))).closest
    best = min(
        fakes.distance(reference[f"phash_{g}"], bytes.fromhex(row["phash"]))
        for reference in fake.references
        for row in fake.ledger
        for g in range(8)
        if row["fate"] == "kept" and not row["flat"] and not reference["flat"]
    )
    reference = next(item for item in fake.references if item["id"] == near.reference)
    phash = bytes.fromhex(fake.row(near.kept)["phash"])
    assert near.distance == best == fakes.distance(reference[f"phash_{near.orientation}"], phash)


def test_without_a_manifest_it_is_no_build(tmp_path):
    assert kinds(tmp_path)[0] == {"no manifest": 1}
    (tmp_path / "manifest.json").write_text("{]")
    assert kinds(tmp_path)[0] == {"no manifest": 1}
    (tmp_path / "manifest.json").write_text('{"files": [], "name": "x"}')
    counts, text = kinds(tmp_path)
    assert counts == {"no manifest": 1} and "manifest.json: digest: Field required" in text


# What is written wrongly: (what is done before writing, kinds and numbers expected, words in the sentences)


def drop_ledger_row(fake):
    fake.ledger.remove(fake.row("beta/2"))


def drop_failed_row(fake):
    fake.ledger.remove(fake.row("alpha/P0008"))


def add_leak(fake):
    swap_picture(fake, "alpha/P0003", fakes.encode(fakes.turned(fakes.pixels(903), 2), quality=80))


def add_reference_pixels(fake):
    data = fake.pictures["beta/4"]
    fake.references[3]["pixels_sha256"] = fakes.pixels_digest(data)
    fake.row("beta/8")["pixels_sha256"] = fakes.pixels_digest(data).hex()


def add_shared_scene(fake):
    fake.references[2]["group"] = "alpha/P0003"


def add_duplicate(fake):
    swap_picture(fake, "alpha/P0003", fakes.encode(fakes.turned(fakes.pixels(4), 3), quality=80))


def add_flat_duplicate(fake):
    swap_picture(fake, "beta/1", fake.pictures["beta/5"])
    changes = {"flat": True, "width": 96, "height": 72, "pixels_sha256": fakes.pixels_digest(fake.pictures["beta/5"]).hex()}
    fake.row("beta/1").update(changes)
    edit_cards(fake, "beta/1", **changes)


def double_a_key(fake):
    a, b = first_shard(fake, 0), first_shard(fake, 1)
    sample = fake.shards[a][0]
    other = next(item for item in fake.shards[b] if card_of(item)["id"] == card_of(sample)["id"])
    other[:] = sample


def double_a_key_in_one_shard(fake):
    path = first_shard(fake)
    fake.shards[path].insert(2, fake.shards[path][0])


def part_a_sample(fake):
    samples = fake.shards[first_shard(fake)]
    samples[0], samples[1] = [*samples[0][:1], *samples[1]], samples[0][1:]


def caption_count(fake):
    row = fake.row("alpha/P0002")
    row["captions"] = 4
    fake.manifest["funnel"]["alpha"]["captions"] += 1
    fake.manifest["samples"]["train"] += 1


def dot_in_a_key(fake):
    samples = fake.shards[first_shard(fake)]
    samples[1] = [(name.replace("-", ".", 1), data) for name, data in samples[1]]


def other_suffix(fake):
    samples = fake.shards[first_shard(fake)]
    samples[1][0] = (samples[1][0][0].replace(".jpg", ".tif"), samples[1][0][1])


def tampered_text(fake):
    replace(fake.shards[first_shard(fake)][0], "txt", b"a nicer caption")


def empty_text(fake):
    replace(fake.shards[first_shard(fake)][0], "txt", b" ")


def missing_text(fake):
    fake.shards[first_shard(fake)][0].pop()


def unreadable_json(fake):
    replace(fake.shards[first_shard(fake)][0], "json", b"{")


def same_captions(fake):
    edit_cards(fake, "alpha/P0001", caption_1=TWO_BOATS, caption_2=TWO_BOATS, caption_0="A boat in the middle of the picture .")
    for samples in fake.shards.values():
        for sample in samples:
            if card_of(sample)["id"] == "alpha/P0001":
                replace(sample, "txt", card_of(sample)[f"caption_{card_of(sample)['caption']}"].encode())


def new_caption(fake, text):
    edit_cards(fake, "alpha/P0001", caption_0=text)
    replace(fake.shards[first_shard(fake)][0], "txt", text.encode())


def false_number(fake):
    new_caption(fake, "There are 3 boats in the picture .")


def false_place(fake):
    new_caption(fake, "2 boats at the edge of the picture .")


def false_scene(fake):
    new_caption(fake, "A satellite photo of a harbor.")


def unknown_class(fake):
    new_caption(fake, "There are 2 ships in the picture .")


def unknown_sentence(fake):
    new_caption(fake, "Two boats meet .")


def wrong_donor(fake):
    about = card_of(fake.shards[first_shard(fake)][0])["captions"]
    about[0] = {"kind": "human", "rule": "", "template": "", "from": "alpha/P0006"}
    edit_cards(fake, "beta/1", captions=about)


def right_donor(fake):
    about = card_of(fake.shards[first_shard(fake)][0])["captions"]
    edit_cards(fake, "alpha/P0001", captions=[about[0] | {"from": "alpha/P0006"}, *about[1:]])


def box_outside(fake):
    boxes = card_of(fake.shards[first_shard(fake)][0])["boxes"]
    edit_cards(fake, "alpha/P0001", boxes=[boxes[0], boxes[1] | {"box": [40.0, 30.0, 96.5, 60.0]}])


def fewer_boxes(fake):
    edit_cards(fake, "alpha/P0001", boxes=[], labels=[])


def other_licence_of_labels(fake):
    edit_cards(fake, "alpha/P0001", labels=["ship"])


def other_id_in_json(fake):
    edit_cards(fake, "alpha/P0001", file="elsewhere.png")


def captions_together(fake):
    a, b = first_shard(fake, 0), first_shard(fake, 1)
    identifier = card_of(fake.shards[a][0])["id"]
    moved = next(sample for sample in fake.shards[b] if card_of(sample)["id"] == identifier)
    fake.shards[b].remove(moved)
    fake.shards[a].append(moved)
    fake.row(identifier)["shards"] = sorted(set(fake.row(identifier)["shards"]) - {b})


def moved_sample(fake):
    a, b = first_shard(fake, 0), first_shard(fake, 3)
    fake.shards[b].append(fake.shards[a].pop(0))
    fake.manifest["samples"] = {"train": 26, "val": 7}


def funnel(fake):
    fake.manifest["funnel"]["beta"]["kept"] += 1


def dropped_caption(fake):
    fake.row("alpha/P0002")["dropped_captions"] = [{"reason": "blank", "count": 2}]


def sample_total(fake):
    fake.manifest["samples"]["train"] += 1


def other_recipe(fake):
    fake.manifest["recipe"]["seed"] = 5


def unaccounted_reference(fake):
    fake.manifest["references"]["listed"] += 1


def missing_reference(fake):
    fake.references.pop(2)


def another_hash(fake):
    fake.references[2]["hash"] = "fasthash"


def cut_without_tiles(fake):
    fake.row("alpha/P0010").update(fate="cut", reason=None)
    fake.manifest["funnel"]["alpha"].update(cut=2, filtered=1)


def orphan_tile(fake):
    fake.row("alpha/P0011/192_0_288_72")["parent"] = "alpha/P0001"


def keeper_not_kept(fake):
    fake.row("alpha/P0006")["keeper"] = fake.duplicates[0]["a"] = "alpha/P0010"


def keeper_not_near(fake):
    fake.row("alpha/P0006")["keeper"] = fake.duplicates[0]["a"] = "alpha/P0002"


def other_distance(fake):
    row = fake.row("alpha/P0006")
    row["distance"] = fake.duplicates[0]["distance"] = row["distance"] + 1


def other_orientation(fake):
    fake.row("alpha/P0006")["orientation"] = fake.duplicates[0]["orientation"] = 7


def leak_of_nothing(fake):
    fake.row("alpha/P0007")["keeper"] = fake.duplicates[1]["a"] = "ref/r9"


def leak_of_another_scene(fake):
    fake.row("beta/7")["group"] = "other/scene-r3"


def pixels_not_the_same(fake):
    fake.row("beta/5")["pixels_sha256"] = "00" * 32


def unlisted_pair(fake):
    fake.duplicates.pop(0)


def kept_pair(fake):
    fake.duplicates.append({"a": "alpha/P0001", "b": "beta/1", "distance": 2, "orientation": 1})


def stranger_in_a_pair(fake):
    fake.duplicates.append({"a": "alpha/P0001", "b": "gamma/1", "distance": 9, "orientation": 1})


def id_twice(fake):
    fake.ledger.append(fake.row("alpha/P0010"))
    fake.manifest["funnel"]["alpha"].update(scenes=12, filtered=3)


def no_reason(fake):
    fake.row("alpha/P0010")["reason"] = None


def wrong_key(fake):
    row = fake.row("alpha/P0002")
    old = row["key"]
    row["key"] = "boat-1"
    edit_cards(fake, "alpha/P0002", key="boat-1")
    for samples in fake.shards.values():
        for sample in samples:
            sample[:] = [(name.replace(old, "boat-1"), data) for name, data in sample]


def unknown_fate(fake):
    fake.row("alpha/P0010")["fate"] = "lost"


def unknown_source(fake):
    fake.row("alpha/P0010")["source"] = "gamma"


def capped_with_shards(fake):
    fake.row("beta/6")["shards"] = ["train/x.tar"]


def kept_without_hash(fake):
    fake.row("beta/2")["phash"] = None
    edit_cards(fake, "beta/2", phash=None)


def flat_by_word_only(fake):
    changes = {"flat": True, "pixels_sha256": "00" * 32}
    fake.row("beta/2").update(changes)
    edit_cards(fake, "beta/2", **changes)


def other_hash_of_picture(fake):
    fake.row("beta/2")["phash"] = "0f" * 8
    edit_cards(fake, "beta/2", phash="0f" * 8)


def other_format(fake):
    for samples in fake.shards.values():
        for sample in samples:
            if card_of(sample)["id"] == "beta/1":
                sample[0] = (sample[0][0].replace(".png", ".webp"), sample[0][1])


def no_picture(fake):
    data = b"\xff\xd8\xffnot a picture"
    changes = {"sha256": hashlib.sha256(data).hexdigest()}
    fake.row("beta/3").update(changes)
    edit_cards(fake, "beta/3", **changes)
    for samples in fake.shards.values():
        for sample in samples:
            if card_of(sample)["id"] == "beta/3":
                replace(sample, "jpg", data)


PLANTED = [
    (drop_ledger_row, {"wrong funnel": 3, "unknown sample": 3, "wrong count": 1}, "has no kept row in the ledger"),
    (drop_failed_row, {"wrong funnel": 2}, "alpha: failed is 2 in the funnel, 1 in the ledger"),
    (add_leak, {"leak": 1}, "alpha/P0003 is kept and "),
    (add_reference_pixels, {"leak": 1}, "beta/4 is kept and has the pixels of the reference ref/r4"),
    (add_shared_scene, {"leak": 1}, "alpha/P0003 is kept and of the scene alpha/P0003 of the reference ref/r3"),
    (add_duplicate, {"near duplicate": 1}, "alpha/P0003 and alpha/P0004 are both kept and "),
    (add_flat_duplicate, {"same pixels": 1}, "beta/1 and beta/4 are both kept and have the same pixels"),
    (double_a_key, {"key twice": 1}, "alpha/P0001: caption 0 is in train/fake-"),
    (double_a_key_in_one_shard, {"key twice": 2, "wrong count": 1}, " comes back at "),
    (part_a_sample, {"incomplete sample": 2, "key twice": 1, "wrong count": 1, "wrong shards": 1}, "has no json"),
    (caption_count, {"wrong caption count": 4, "wrong count": 1}, "3 captions in its json, 4 in the ledger"),
    (dot_in_a_key, {"bad name": 3, "wrong shards": 1, "wrong count": 1}, "has a dot in its key: open_clip drops it"),
    (other_suffix, {"bad name": 1, "incomplete sample": 1, "wrong shards": 1}, ".tif is not KEY.jpg"),
    (tampered_text, {"wrong text": 1}, ".txt is not caption_0 of its json"),
    (empty_text, {"wrong text": 1}, ".txt is empty"),
    (missing_text, {"incomplete sample": 1, "wrong shards": 1}, "has no txt"),
    (unreadable_json, {"unreadable sample": 1, "wrong shards": 1}, "json or txt cannot be read"),
    (same_captions, {"wrong captions": 3}, "two of its captions are the same"),
    (false_number, {"false caption": 3}, "'There are 3 boats in the picture .' is false: boat: 3, but there are 2"),
    (false_place, {"false caption": 3}, "is false: boat at the edge: 2, but there are 1"),
    (false_scene, {"false caption": 3}, "is false: a picture of: harbor, but its class is not known"),
    (unknown_class, {"unread caption": 3}, "'There are 2 ships in the picture .' is no sentence that a rule writes"),
    (unknown_sentence, {"unread caption": 3}, "'Two boats meet .' is no sentence that a rule writes"),
    (wrong_donor, {"wrong donor": 3}, "a caption comes from alpha/P0006, which is no duplicate of this picture"),
    (right_donor, {}, ""),
    (box_outside, {"wrong boxes": 3}, "the box [40.0, 30.0, 96.5, 60.0] does not lie in 96 x 72 pixels"),
    (fewer_boxes, {"wrong boxes": 3, "false caption": 9}, "0 boxes in its json, 2 in the ledger"),
    (other_licence_of_labels, {"wrong boxes": 3}, "labels is not the sorted list"),
    (other_id_in_json, {"json against ledger": 3}, "file is 'elsewhere.png' in its json, 'images/P0001.png' in the ledger"),
    (captions_together, {"captions together": 1}, "alpha/P0001: two of its captions are in one shard"),
    (moved_sample, {"wrong shards": 1}, "alpha/P0001 is in train/"),
    (funnel, {"wrong funnel": 1}, "beta: kept is 5 in the funnel, 4 in the ledger"),
    (dropped_caption, {"wrong funnel": 1}, "alpha: blank_captions is 0 in the funnel, 2 in the ledger"),
    (sample_total, {"wrong count": 2}, "the shards of train hold 27 samples, it states 28"),
    (other_recipe, {"wrong digest": 1}, "its recipe has the digest"),
    (unaccounted_reference, {"wrong references": 1}, "6 references listed, 4 hashed and 1 unread"),
    (missing_reference, {"wrong references": 1}, "4 reference pictures, references/ holds 3"),
    (another_hash, {"other hash": 1}, "references/ holds fasthash fingerprints, the recipe compares phash"),
    (cut_without_tiles, {"cut without tiles": 1}, "alpha/P0010 was cut and has no tiles"),
    (orphan_tile, {"odd tile": 1}, "is a tile of alpha/P0001, which is kept"),
    (keeper_not_kept, {"wrong keeper": 1}, "a duplicate of alpha/P0010, which is no kept picture"),
    (keeper_not_near, {"wrong keeper": 1}, "a duplicate of alpha/P0002, but they are "),
    (other_distance, {"wrong keeper": 1}, "bits apart at orientation 6, the row says "),
    (other_orientation, {"wrong keeper": 1}, " at orientation 6, the row says "),
    (leak_of_nothing, {"wrong keeper": 1, "unknown pair": 1}, "a leak of ref/r9, which is no reference"),
    (leak_of_another_scene, {"wrong keeper": 1}, "the scenes are other/scene-r3 and other/scene-r2"),
    (pixels_not_the_same, {"wrong keeper": 1}, "a duplicate of beta/4, but their pixels differ"),
    (unlisted_pair, {"unlisted pair": 1}, "duplicates: alpha/P0006 is not there with alpha/P0001"),
    (kept_pair, {"near duplicate": 1}, "duplicates: alpha/P0001 and beta/1 are 2 bits apart and both are kept"),
    (stranger_in_a_pair, {"unknown pair": 1}, "gamma/1 is neither in the ledger nor a reference"),
    (id_twice, {"id twice": 1}, "alpha/P0010 has 2 rows"),
    (no_reason, {"no reason": 1}, "alpha/P0010 is filtered without a reason"),
    (wrong_key, {"wrong key": 1}, "alpha/P0002 has the key boat-1, not alpha_P0002-"),
    (unknown_fate, {"unknown fate": 1, "wrong funnel": 2}, "alpha/P0010 has the fate 'lost'"),
    (unknown_source, {"unknown source": 1, "wrong funnel": 3}, "alpha/P0010 is of gamma, fakeset"),
    (capped_with_shards, {"odd row": 1}, "beta/6 is capped, but has key None and shards ['train/x.tar']"),
    (kept_without_hash, {"odd row": 1, "wrong picture": 3}, "beta/2 is kept, but its phash is None"),
    (flat_by_word_only, {"wrong picture": 6}, "flat is False, its json states True"),
    (other_hash_of_picture, {"wrong picture": 3}, "its json states 0f0f0f0f0f0f0f0f"),
    (other_format, {"wrong picture": 3}, ".webp is png by content"),
    (no_picture, {"undecodable picture": 3}, "cannot be decoded"),
]


@pytest.mark.parametrize(("plant", "expected", "words"), PLANTED, ids=[case[0].__name__ for case in PLANTED])
def test_a_planted_fault_is_named_and_no_other(plant, expected, words, fake, tmp_path):
    plant(fake)
    counts, text = kinds(fake.write(tmp_path))
    assert counts == expected, text
    assert words in text


# What happens to files after they were written: (damage, kinds without and with a manifest that was signed again, words)


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


def tars(out):
    return sorted((out / "train").glob("*.tar"))


def flip_in_a_picture(out):
    flip(tars(out)[0], 512 + 700)


def flip_in_a_header(out):
    flip(tars(out)[0], 40)


def flip_in_the_ledger_statistics(out):
    path = next((out / "ledger").iterdir())
    pq.write_table(pq.read_table(path), path, compression="gzip")


def cut_short(out):
    path = tars(out)[1]
    path.write_bytes(path.read_bytes()[:-1024])


def padded(out):
    path = tars(out)[1]
    path.write_bytes(path.read_bytes() + bytes(512))


def wrong_sizes(out):
    path = out / "train" / "sizes.json"
    sizes = json.loads(path.read_text())
    sizes[tars(out)[1].name] += 1
    path.write_text(json.dumps(sizes) + "\n")


def unordered_sizes(out):
    path = out / "train" / "sizes.json"
    path.write_text(json.dumps(dict(reversed(json.loads(path.read_text()).items()))) + "\n")


def no_sizes(out):
    (out / "val" / "sizes.json").unlink()


def missing_shard(out):
    tars(out)[1].unlink()


def extra_shard(out):
    (out / "train" / "extra.tar").write_bytes(tars(out)[0].read_bytes())


def extra_ledger(out):
    (out / "ledger" / "old.parquet").write_bytes(b"")


def missing_references(out):
    next((out / "references").iterdir()).unlink()


def broken_ledger(out):
    next((out / "ledger").iterdir()).write_bytes(b"PAR1 but no more")


DAMAGED = [
    (flip_in_a_picture, {"wrong content": 1, "wrong picture": 1}, {"wrong picture": 1}, ".jpg has the sha256 "),
    (flip_in_a_header, {"wrong content": 1, "damaged tar": 1}, {"damaged tar": 1}, "wrong checksum in the header at 0"),
    (flip_in_the_ledger_statistics, None, {}, ""),
    (cut_short, {"wrong size": 1, "wrong content": 1, "damaged tar": 1}, {"damaged tar": 1}, "without two zero blocks"),
    (
        padded,
        {"wrong size": 1, "wrong content": 1, "damaged tar": 1},
        {"damaged tar": 1},
        "and nothing more",
    ),
    (wrong_sizes, {"wrong sizes.json": 1}, {"wrong sizes.json": 1}, "states 10 for fake-"),
    (unordered_sizes, {"wrong sizes.json": 1}, {"wrong sizes.json": 1}, "keys in order"),
    (no_sizes, {"missing file": 1, "wrong sizes.json": 1}, None, "val/sizes.json is missing"),
    (missing_shard, {"missing file": 1}, None, "-00001.tar is missing"),
    (extra_shard, {"unlisted file": 1}, None, "train/extra.tar is not listed in the manifest"),
    (extra_ledger, {"unlisted file": 1}, None, "ledger/old.parquet is not listed in the manifest"),
    (missing_references, {"missing file": 1, "unreadable table": 1}, None, "references/part-00000.parquet"),
    (
        broken_ledger,
        {"wrong size": 1, "wrong content": 1, "unreadable table": 1},
        None,
        "part-00000.parquet cannot be read",
    ),
]


@pytest.mark.parametrize(("damage", "unsigned", "signed", "words"), DAMAGED, ids=[case[0].__name__ for case in DAMAGED])
def test_a_damaged_file_is_named(damage, unsigned, signed, words, fake, tmp_path):
    out = fake.write(tmp_path)
    damage(out)
    counts, text = kinds(out)
    if unsigned is not None:
        assert counts == unsigned, text
        assert words in text
    if signed is not None:
        fakes.sign(out)
        counts, text = kinds(out)
        assert counts == signed, text
        assert words in text


def test_a_shard_listed_under_another_name_is_named(fake, tmp_path):
    path = first_shard(fake, 1)
    odd = path.replace("00001", "00007")
    fake.shards[odd] = fake.shards.pop(path)
    for row in fake.ledger:
        row["shards"] = [odd if shard == path else shard for shard in row["shards"] or []]
    counts, text = kinds(fake.write(tmp_path))
    assert counts == {"wrong names": 1} and "-00007.tar" in text


def test_a_file_listed_twice_is_named(fake, tmp_path):
    out = fake.write(tmp_path)
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["files"].append(next(file for file in manifest["files"] if file["path"].startswith("duplicates/")))
    (out / "manifest.json").write_text(json.dumps(manifest))
    counts, text = kinds(out)
    assert counts == {"listed twice": 1} and "2 times" in text


def test_quick_reads_no_shard_and_no_content(fake, tmp_path):
    out = fake.write(tmp_path)
    flip_in_a_picture(out)
    assert verify(str(out), quick=True).ok
    cut_short(out)
    assert kinds(out, quick=True)[0] == {"wrong size": 1}


def test_quick_still_finds_leaks_and_duplicates_of_the_ledgers_hashes(fake, tmp_path):
    add_leak(fake)
    fake.row("alpha/P0004").update(phash=fake.row("alpha/P0005")["phash"])
    assert kinds(fake.write(tmp_path), quick=True)[0] == {"leak": 1, "near duplicate": 1}


@pytest.mark.parametrize("brute", [near.BRUTE, 0])
def test_large_sets_are_joined_and_small_ones_compared_whole(fake, tmp_path, monkeypatch, brute):
    add_leak(fake)
    fake.row("alpha/P0004").update(phash=fake.row("alpha/P0005")["phash"])
    out = fake.write(tmp_path)
    monkeypatch.setattr(near, "BRUTE", brute)
    monkeypatch.setattr(near, "_join" if brute else "_brute_pairs", lambda *_: pytest.fail("the other way was taken"))
    assert kinds(out, quick=True)[0] == {"leak": 1, "near duplicate": 1}


def test_some_shards_only(fake, tmp_path):
    tampered_text(fake)
    out = fake.write(tmp_path)
    paths = list(fake.shards)
    assert kinds(out, shards=[paths[0]])[0] == {"wrong text": 1}
    assert verify(str(out), shards=paths[1:]).ok
    by_name = verify(str(out), shards=[Path(paths[1]).name])  # train and val may have shards of one base name
    assert by_name.ok and by_name.shards == 2
    assert verify(str(out), shards=[str(out / paths[2])]).shards == 1
    assert verify(str(out), shards=["val/*", "*00001.tar"]).shards == 4
    with pytest.raises(UserError, match=r"other\.tar is no shard of this build"):
        verify(str(out), shards=["other.tar"])


def test_one_orientation_compares_pictures_as_they_stand(tmp_path):
    fake = copy.deepcopy(_finished("pairs"))
    fake.manifest["recipe"]["dedup"]["orientations"] = 1
    add_duplicate(fake)
    counts, _ = kinds(fake.write(tmp_path))
    assert counts == {"wrong digest": 1, "wrong keeper": 1}  # the half turn is no duplicate, the quarter turn no keeper


def test_many_problems_of_a_kind_are_counted():
    problems = Problems()
    problems.add(Problem("kind", f"number {n}") for n in range(CAP + 5))
    assert problems.lines() == (*(f"number {n}" for n in range(CAP)), "kind: 5 more")
    assert problems.counts() == {"kind": CAP + 5}


def test_two_pictures_near_one_way_only_are_no_violation(fake, tmp_path):
    """The build turns the better-ranked picture alone: what only the other turn brings near is rightly kept."""
    from skypairs.api.manifest import Dedup
    from skypairs.api.verify_hashes import Hashed, check_near

    def of(a, b):
        turned = np.array([a, b], np.uint64)
        no = np.zeros(2, bool)
        return Hashed(["a", "b"], ["s", "s"], ["", ""], turned, ~no, no, ["1", "2"], [b"", b""])

    rule = Dedup("phash", 2, 2, 8)
    far = [0xFFFF << (4 * g) for g in range(8)]
    a = [0, *far[1:]]
    one_way = [0xFF00FF00FF, 0, *far[2:]]  # b turned is a; a turned is never b
    both_ways = [0xFF00FF00FF, 3, *far[2:]]
    assert list(check_near(of(a, one_way), rule)) == []
    assert [p.kind for p in check_near(of([0, 0xFF00FF00FE, *far[2:]], both_ways), rule)] == ["near duplicate"]


def test_a_shard_of_another_source_than_its_name_says_is_named(fake, tmp_path):
    fake.manifest["recipe"]["shards"]["group_by"] = "source"  # and yet the shards hold both sources
    counts, text = kinds(fake.write(tmp_path))
    kept = sum(row["fate"] == "kept" for row in fake.ledger)
    assert counts == {"wrong digest": 1, "wrong names": 2, "wrong shards": kept}
    assert "is no shard of this build" in text and "the shards of its source begin with" in text


def test_captions_that_the_table_lacks_are_counted(fake, tmp_path):
    fake.captions = list
    counts, text = kinds(fake.write(tmp_path))
    assert counts == {"wrong count": 1} and "captions/ has 0 rows" in text
