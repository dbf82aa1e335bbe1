"""WebDataset tars: two a split, captions as text, as json, or as both."""

import io
import json
import tarfile

from skypairs.schemas.recipe import Source
from tests.fakes.pictures import paint, size
from tests.fakes.truth import TruePicture


def jpeg(rng, width, height):
    out = io.BytesIO()
    paint(rng, width, height).save(out, "JPEG", quality=90)
    return out.getvalue()


def write_tar(path, members, kind=tarfile.USTAR_FORMAT):
    """Members as (name, bytes), in order; no time and no owner."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w", format=kind) as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def write(root, rng, pictures):
    found = []
    for split in ("train", "test"):
        for shard in range(2):
            stem, members = f"pairs-{shard:05d}", []
            for number in range(max(1, pictures // 2)):
                width, height = size(rng)
                texts = (f"picture {number} of {shard} in {split} .", "树木 near a road .")
                members.append((f"{number:06d}.jpg", jpeg(rng, width, height)))
                members.append((f"{number:06d}.txt", texts[0].encode()))
                members.append(
                    (f"{number:06d}.json", json.dumps({"caption_0": texts[0], "caption_1": texts[1], "n": 1}).encode())
                )
                found.append(TruePicture(f"{stem}/{number:06d}", split, width, height, captions=texts))
            if shard == 0:
                more, extra = _faults(rng, stem, split)
                members, found = members + more, found + extra
            write_tar(root / split / f"{stem}.tar", members)
    return found, [
        Source("webdataset", str(root), split="train"),
        Source("webdataset", str(root), split="test", role="reference"),
    ]


def _faults(rng, stem, split):
    """No caption, a blank one, no picture, a picture that is cut off, a json that cannot be parsed."""
    width, height = size(rng)
    whole = jpeg(rng, width, height)
    members = [
        ("plain.jpg", jpeg(rng, width, height)),
        ("blank.jpg", jpeg(rng, width, height)),
        ("blank.txt", b" \n"),
        ("orphan.txt", b"a ship ."),
        ("broken.jpg", whole[: len(whole) // 2]),
        ("broken.txt", b"a harbor ."),
        ("torn.jpg", jpeg(rng, width, height)),
        ("torn.json", b'{"caption": '),
    ]
    return members, [
        TruePicture(f"{stem}/plain", split, width, height, annotated=False),
        TruePicture(f"{stem}/blank", split, width, height),
        TruePicture(f"{stem}/orphan", split, width, height, captions=("a ship .",), picture=False),
        TruePicture(f"{stem}/broken", split, width, height, captions=("a harbor .",), readable=False),
        TruePicture(f"{stem}/torn", split, width, height, parsable=False),
    ]
