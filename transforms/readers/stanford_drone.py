"""Stanford Drone: videos of a campus from above, one track file a video.

    annotations/SCENE/videoN/annotations.txt    track xmin ymin xmax ymax frame lost occluded generated "Label"
    annotations/SCENE/videoN/reference.jpg      the first frame
    videos/SCENE/videoN/video.mov               or extracted frames whose names end in the frame's number, from 0

Lines stand track by track; the frames that are annotated go from the first to the last that any line names, and one of them
without lines shows no object. lost = 1 means out of view: no object, and none that is hidden. generated = 1 means
interpolated and is kept. Read so by JosephKJ/SDD-Utils and flclain/StanfordDroneDataset.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from skypairs.schemas.dataset import Look
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import MIDDLE, Annotation, FileStamp, Scene
from skypairs.transforms import storage
from skypairs.transforms.readers import clips, files, layout, objects
from skypairs.transforms.readers.layout import Folder, Place

_CLIP = re.compile(r"(?:.*/)?[^/]+/video\d+")


@dataclass(frozen=True, slots=True)
class StanfordDrone:
    """Reader of Stanford Drone. Of a clip the video is read if there is one, else its extracted frames, else its reference."""

    places: tuple[Place, ...]

    def look(self, source: Source) -> Look:
        return clips.look(self.scenes(source, ""))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        spot = layout.settle(source, self.places)
        pictures = [folder for folder in spot.pictures if _CLIP.fullmatch(folder.prefix)]
        texts = [folder for folder in spot.annotations if _CLIP.fullmatch(folder.prefix)]
        labels = _by_clip(files.list_keyed(source, texts, (".txt",), wanted=lambda name: name == "annotations"))
        references = _by_clip(files.list_keyed(source, texts, files.PICTURES, wanted=lambda name: name == "reference"))
        videos = _by_clip(files.list_keyed(source, pictures, files.VIDEOS))
        frames = _extracted(source, pictures)
        listed = clips.in_order([*labels, *references, *videos, *frames])
        if not listed:
            raise layout.nothing_there(source, self.places)
        for clip in listed:
            yield from self._clip(
                source, family, clip, labels.get(clip), videos.get(clip), frames.get(clip, {}), references.get(clip)
            )

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.inline:
            return Annotation()
        found = objects.Objects()
        for row in clips.load_rows(scene, found):
            found.add(" ".join(row[4:]).strip('"'), [objects.number(value) for value in row[:4]])
        return found.annotation()

    def _clip(
        self,
        source: Source,
        family: str,
        clip: str,
        label: FileStamp | None,
        video: FileStamp | None,
        frames: dict[int, FileStamp],
        reference: FileStamp | None,
    ) -> Iterator[Scene]:
        if not video and not frames and not reference:
            yield files.scene_of(source, family, clip, None, (label,) if label else (), problem=files.NO_PICTURE)
            return
        if not label and video:  # without annotation nobody says how many frames there are
            yield replace(files.scene_of(source, family, clip, video), frame=MIDDLE)
            return
        pictures = frames or ({0: reference} if reference else {})
        tracks = clips.read_tracks(storage.read(label.uri), 5, 10) if label else clips.Tracks()
        annotated = range(0)
        if label:
            annotated = range(min(tracks.frames, default=0), max(tracks.frames, default=0) + 1)
        numbers = annotated if video else sorted(pictures)
        first = next((number for number in numbers if number in annotated), None)
        for number in numbers:
            rows = [[*row[1:5], *row[9:]] for row in tracks.frames.get(number, ()) if row[6] != "1"]
            inline = clips.dump_rows(rows, tracks.broken if number == first else 0) if number in annotated else ""
            picture = video or pictures[number]
            yield clips.frame_scene(source, family, clip, number, picture, inline=inline, in_video=video is not None)


def _by_clip(found: dict[str, FileStamp]) -> dict[str, FileStamp]:
    """Files by the folder they lie in; of several the first by name."""
    return {key.rpartition("/")[0]: found[key] for key in sorted(found, reverse=True)}


def _extracted(source: Source, folders: list[Folder]) -> dict[str, dict[int, FileStamp]]:
    """Extracted frames by clip: beside the video, or in one folder below it."""
    found: dict[str, dict[int, FileStamp]] = {}
    for clip, frames in clips.list_frames(source, folders).items():
        folder = clip if _CLIP.fullmatch(clip) else clip.rpartition("/")[0]
        if folder in found:
            raise files.two_of_one_name(source, folder, next(iter(found[folder].values())).uri, next(iter(frames.values())).uri)
        found[folder] = frames
    return found
