"""CapERA: {Train,Test}/EVENT/EVENT_001.mp4 and a caption file a split."""

import json

from skypairs.schemas.recipe import Source
from tests.fakes.pictures import cut_off, save_text
from tests.fakes.truth import TruePicture
from tests.fakes.videos import paint_frames, save_video

_EVENTS = ("Baseball", "CarRacing", "PostEarthquake")
_SIZE = (64, 64)
_FRAMES = 5


def write(root, rng, pictures):
    found = []
    for split in ("train", "test"):
        items = []
        names = [f"{_EVENTS[at % 3]}_{100 * (split == 'test') + at:03d}" for at in range(pictures)]
        if split == "train":
            names += ["Flood_900", "Flood_901", "Flood_902", "Flood_903"]
        for name in names:
            event = name.partition("_")[0]
            captions = tuple(f"{event} seen from {rng.integers(20, 90)} m above field {rng.integers(9)} ." for _ in range(5))
            path = root / split.capitalize() / event / f"{name}.mp4"
            there, whole, listed = name != "Flood_901", name != "Flood_900", name != "Flood_902"
            if there:
                save_video(paint_frames(rng, *_SIZE, _FRAMES), path)
            if not whole:
                cut_off(path)
            written = [*captions, " "] if name != "Flood_903" else []
            captions = captions if written and listed else ()
            found.append(TruePicture(name, split, *_SIZE, captions=captions, annotated=listed, picture=there, readable=whole))
            if listed:
                items.append({"video_id": f"{name}.mp4", "annotation": {"English_caption": written}})
        save_text(root / f"CapERA_{split}.json", json.dumps({"ERA_caption": items}))
    return found, [
        Source("capera", str(root), split=split, role=role) for split, role in (("train", "train"), ("test", "reference"))
    ]
