"""Stanford Drone: annotations/SCENE/videoN/{annotations.txt,reference.jpg} and videos/SCENE/videoN/video.mov."""

from PIL import Image

from skypairs.schemas.recipe import Source
from tests.fakes.pictures import cut_off, save, save_text, scatter
from tests.fakes.truth import TruePicture
from tests.fakes.videos import paint_frames, save_video

LABELS = ("Pedestrian", "Biker", "Skater", "Cart", "Car", "Bus")
_SIZE = (96, 80)


def write(root, rng, pictures):
    found = []

    def clip(name, start, count, *, video="video.mov", broken="", empty=(), kind="video"):
        """Annotations from frame `start`, `count` frames of them."""
        frames = paint_frames(rng, *_SIZE, start + count)
        numbers = {"video": range(start, start + count), "frames": range(start, start + count, 2), "reference": (0,)}[kind]
        boxes = {number: () if number in empty else scatter(rng, *_SIZE, LABELS, 4) for number in range(start, start + count)}
        rows = [
            f'{track} {box.x0:g} {box.y0:g} {box.x1:g} {box.y1:g} {number} 0 0 {int(number > start)} "{box.label}"'
            for track in range(4)  # track by track, as in the real files
            for number in boxes
            for box in boxes[number][track : track + 1]
        ]
        rows += [f'9 1 1 9 9 {number} 1 0 1 "Pedestrian"' for number in (start, start + count - 1)]  # out of view
        save_text(
            root / "annotations" / name / "annotations.txt", "".join(f"{row}\n" for row in [*rows, *filter(None, [broken])])
        )
        save(Image.fromarray(frames[0]), root / "annotations" / name / "reference.jpg")
        if kind == "video":
            save_video(frames, root / "videos" / name / video)
        for number in numbers if kind == "frames" else ():
            save(Image.fromarray(frames[number]), root / "videos" / name / f"frame{number:05d}.jpg")
        for number in numbers:
            lost = (("", "no frame number", 1),) if broken and number == numbers[0] else ()
            found.append(TruePicture(f"{name}/frame_{number:06d}", "", *_SIZE, boxes[number], lost=lost, scene=name))

    clip("bookstore/video0", 0, pictures, empty=(1,))
    clip("bookstore/video1", 5, 3, video="video.avi", broken='7 1 1 8 8 five 0 0 0 "Car"')  # annotated from frame 5
    clip("coupa/video0", 0, 5, kind="frames")
    clip("gates/video0", 0, 3, kind="reference")
    clip("gates/video1", 0, 3)
    cut_off(root / "videos" / "gates" / "video1" / "video.mov")
    found[-3:] = [TruePicture(item.key, "", *_SIZE, item.boxes, readable=False, scene=item.scene) for item in found[-3:]]
    save(Image.fromarray(paint_frames(rng, *_SIZE, 1)[0]), root / "annotations" / "hyang" / "video0" / "reference.jpg")
    save_video(paint_frames(rng, *_SIZE, 3), root / "videos" / "hyang" / "video1" / "video.mov")
    save_text(root / "annotations" / "hyang" / "video2" / "annotations.txt", '0 1 1 9 9 0 0 0 0 "Car"\n')
    save(Image.fromarray(paint_frames(rng, *_SIZE, 1)[0]), root / "annotations" / "hyang" / "video3" / "reference.jpg")
    save_text(root / "annotations" / "hyang" / "video3" / "annotations.txt", "<html>too many requests</html>\n")
    found += [
        TruePicture("hyang/video0/frame_000000", "", *_SIZE, annotated=False, scene="hyang/video0"),
        TruePicture("hyang/video1", "", *_SIZE, annotated=False),
        TruePicture("hyang/video2", "", *_SIZE, picture=False),
        TruePicture("hyang/video3/frame_000000", "", *_SIZE, parsable=False, scene="hyang/video3"),
    ]
    return found, [Source("stanford-drone", str(root), role="train")]
