"""VisDrone-VID: VisDrone2019-VID-SPLIT/sequences/SEQ/0000001.jpg and annotations/SEQ.txt."""

from dataclasses import replace

from PIL import Image

from skypairs.schemas.recipe import Source
from tests.fakes.pictures import cut_off, save, save_text, scatter
from tests.fakes.truth import TruePicture
from tests.fakes.videos import paint_frames

NAMES = {"pedestrian": 1, "car": 4, "awning-tricycle": 8, "motor": 10}
_SIZE = (96, 80)
_IGNORED = "ignored by the dataset"


def write(root, rng, pictures):
    found = []

    def clip(split, name, count, *, annotated=True, rows=(), lost=None):
        folder = root / f"VisDrone2019-VID-{split}"
        lines, lost = list(rows), lost or {}
        for number, pixels in enumerate(paint_frames(rng, *_SIZE, count), 1):
            save(Image.fromarray(pixels), folder / "sequences" / name / f"{number:07d}.jpg")
            boxes = scatter(rng, *_SIZE, sorted(NAMES), 3) if number != 2 else ()
            if boxes and number == 1:
                boxes = (replace(boxes[0], difficult=True, cut=True), *boxes[1:])
            for target, box in enumerate(boxes):
                place = f"{box.x0:g},{box.y0:g},{box.x1 - box.x0:g},{box.y1 - box.y0:g}"
                flags = f"{int(box.cut)},{2 if box.difficult else 1}"
                lines.append(f"{number},{target},{place},1,{NAMES[box.label]},{flags}")
            item = TruePicture(f"{name}/frame_{number:06d}", split, *_SIZE, boxes, lost=lost.get(number, ()), scene=name)
            found.append(item if annotated else replace(item, boxes=(), annotated=False))
        if annotated:
            save_text(folder / "annotations" / f"{name}.txt", "".join(f"{line}\n" for line in lines))

    clip(
        "train",
        "uav0000013_00000_v",
        pictures + 2,
        rows=("1,90,0,0,20,20,0,0,0,0", "1,91,40,40,9,9,0,11,0,0", "3,92,4,4,8,8,0,4,0,0,", "3,93,4,4,0,8,1,4,0,0"),
        lost={
            1: (("ignored regions", _IGNORED, 1), ("others", _IGNORED, 1)),
            3: (("car", _IGNORED, 1), ("car", "no area", 1)),
        },
    )
    clip("train", "uav0000020_00406_v", 3)
    clip("train", "uav0000030_00000_v", 2, annotated=False)
    clip("train", "uav0000040_00000_v", 1, rows=("2,1,4,4,8,8,1,4,0,0",))  # of a frame that is not there
    found.append(TruePicture("uav0000040_00000_v/frame_000002", "train", *_SIZE, picture=False, scene="uav0000040_00000_v"))
    train = root / "VisDrone2019-VID-train"
    save_text(train / "annotations" / "uav0000050_00000_v.txt", "1,1,4,4,8,8,1,4,0,0\n")
    found.append(TruePicture("uav0000050_00000_v", "train", *_SIZE, picture=False))
    save(Image.fromarray(paint_frames(rng, *_SIZE, 1)[0]), train / "sequences" / "uav0000060_00000_v" / "0000001.jpg")
    save_text(train / "annotations" / "uav0000060_00000_v.txt", "<html>\n")
    found.append(TruePicture("uav0000060_00000_v/frame_000001", "train", *_SIZE, parsable=False, scene="uav0000060_00000_v"))
    broken = next(item for item in found if item.key == "uav0000020_00406_v/frame_000003")
    cut_off(train / "sequences" / "uav0000020_00406_v" / "0000003.jpg")
    found[found.index(broken)] = replace(broken, readable=False)
    clip("val", "uav0000086_00000_v", 2)
    clip("test-dev", "uav0000009_03358_v", 2)
    clip("test-challenge", "uav0000006_06900_v", 2, annotated=False)
    roles = (("train", "train"), ("val", "reference"), ("test-dev", "reference"), ("test-challenge", "reference"))
    return found, [Source("visdrone-vid", str(root), split=split, role=role) for split, role in roles]
