"""WebDataset tars: a sample is a picture and its texts, members of one name up to the first dot, one after the other.

Members are grouped as open_clip groups them (src/open_clip_train/data.py, group_by_keys_nothrow): a name is split at the first
dot after the last slash, the suffix in lower case, and a new sample begins where the name changes or a suffix comes again.
Pictures are read where they lie: nothing is unpacked. Tars that are compressed cannot be read so and are left alone.
"""

import io
import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import AnnotationError, LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, Scene
from skypairs.transforms import storage
from skypairs.transforms.ranges import InStorage, RangeStream
from skypairs.transforms.readers import files, layout, objects
from skypairs.transforms.readers.caption_text import caption_of, captions_of
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.own_samples import is_own, read_own

_NAME = re.compile(r"((?:.*/)?[^./]+)\.([^/]*)")
PICTURES = tuple(suffix.removeprefix(".") for suffix in files.PICTURES)
_TEXTS = ("txt", "json")
_CAPTION = re.compile(r"(?:caption|text|title)(?:_([0-9]{1,2}))?|captions|texts")
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class WebDatasetTars:
    """Reader of tars in the layout of WebDataset. Captions are the txt member and the texts of the json member.

    Where the json is that of a build, it alone counts: it says which captions people wrote, and holds the boxes.
    """

    places: tuple[Place, ...]

    def look(self, source: Source) -> Look:
        samples = list(self._samples(source))
        pictures = [sample.picture for sample in samples if sample.picture]
        annotated = sum(bool(sample.texts) for sample in samples)
        return Look(len(pictures), sum(file.size for file in pictures), annotated)

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        seen: dict[str, FileStamp] = {}
        for sample in sorted(self._samples(source), key=lambda sample: sample.key):
            kinds = [suffix for suffix in _TEXTS if suffix in sample.texts]
            texts = tuple(sample.texts[kind] for kind in kinds)
            some = sample.picture or texts[0]
            if sample.key in seen:
                raise files.two_of_one_name(source, sample.key, seen[sample.key].uri, some.uri)
            seen[sample.key] = some
            problem = "" if sample.picture else files.NO_PICTURE
            inline = objects.dump_inline(kinds) if kinds else ""
            yield files.scene_of(source, family, sample.key, sample.picture, texts, inline=inline, problem=problem)

    def annotation(self, scene: Scene) -> Annotation:
        captions: list[str] = []
        for kind, file in zip(json.loads(scene.inline or "[]"), scene.annotations, strict=True):
            try:
                text = objects.decode(objects.read_annotation(file))
                content = json.loads(text) if kind == "json" else None
                if is_own(content):
                    return read_own(content)
                captions += _in_json(content) if kind == "json" else [caption_of(text)]
            except (ValueError, RecursionError) as error:
                raise AnnotationError("unparsable annotation", f"{type(error).__name__}: {error}") from None
        return Annotation(captions=tuple(dict.fromkeys(filter(None, captions))))

    def _samples(self, source: Source) -> Iterator["_Sample"]:
        for place in layout.usable(source, self.places):
            for folder in layout.find_folders(source.root, place.pictures, source.split):
                tars = [file for file in storage.files(folder.uri) if file.uri.lower().endswith(".tar")]
                samples = [sample for tar in tars for sample in _grouped(source, tar)]
                if any(sample.picture for sample in samples):
                    yield from samples
                    return
        raise layout.nothing_there(source, self.places)


@dataclass(slots=True)
class _Sample:
    key: str
    picture: FileStamp | None = None
    texts: dict[str, FileStamp] = field(default_factory=dict)


def _grouped(source: Source, tar: FileStamp) -> Iterator[_Sample]:
    """The samples of a tar that have a picture or a text. Keys begin with the tar's name: they may come again in another."""
    stem = layout.name_of(tar.uri)[: -len(".tar")]
    sample = _Sample("")
    for name, suffix, first, member in by_sample(_members(source, tar)):
        if first:
            if sample.picture or sample.texts:
                yield sample
            sample = _Sample(files.clean_key(f"{stem}/{name}"))
        file = storage.member_of(tar, member.offset_data, member.size)
        if suffix in PICTURES:
            sample.picture = sample.picture or file
        elif suffix in _TEXTS:
            sample.texts[suffix] = file
    if sample.picture or sample.texts:
        yield sample


def by_sample(members: Iterable[tarfile.TarInfo]) -> Iterator[tuple[str, str, bool, tarfile.TarInfo]]:
    """(name of the sample, suffix in lower case, whether a sample begins here, member) of every member with a suffix."""
    name, seen = "", set[str]()
    for member in members:
        if match := _NAME.fullmatch(member.name):
            suffix = match[2].lower()
            first = match[1] != name or suffix in seen
            if first:
                name, seen = match[1], set()
            seen.add(suffix)
            yield name, suffix, first, member


def _members(source: Source, tar: FileStamp) -> list[tarfile.TarInfo]:
    """The files in a tar by its headers alone. Raises LayoutError where it is damaged or cut off."""
    try:
        with tarfile.open(fileobj=io.BufferedReader(RangeStream(InStorage(tar)), _CHUNK), mode="r:") as archive:
            members = [member for member in archive if member.isreg() and not member.issparse()]
    except (tarfile.TarError, EOFError) as error:
        raise LayoutError(f"{source.dataset}: {tar.uri} is no sound tar: {error}") from None
    if members and members[-1].offset_data + members[-1].size > tar.size:
        raise LayoutError(f"{source.dataset}: {tar.uri} is cut off in its member {members[-1].name}")
    return members


def _in_json(content: Any) -> list[str]:
    """Captions of a json member: caption, text, title, numbered or not, and lists of them."""
    if not isinstance(content, dict):
        raise ValueError("the json member is no object")
    keys = [(int(match[1] or -1), key) for key in content if (match := _CAPTION.fullmatch(key.lower()))]
    return [text for _, key in sorted(keys) for text in captions_of(content[key])]
