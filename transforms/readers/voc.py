"""Pascal VOC: one XML a picture, `annotation/object/bndbox`.

Boxes are read half-open and 0-based, as remote-sensing datasets write them in practice; `one_based` reads the inclusive,
1-based pixels of the original specification (Everingham and Winn, "The PASCAL VOC2012 Development Kit", section 3.4).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, Scene
from skypairs.transforms.readers import files, layout, objects
from skypairs.transforms.readers.layout import Place

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_CORNERS = ("xmin", "ymin", "xmax", "ymax")


@dataclass(frozen=True, slots=True)
class Voc:
    """Reader of Pascal VOC XML. An XML without objects is an annotated, empty picture."""

    places: tuple[Place, ...]
    lists: tuple[str, ...] = ()
    """Text files with the names of a split's pictures; the first that exists counts."""
    one_based: bool = False
    parent: str = ""
    """Pattern whose first group is the scene that a patch was cut from."""

    def look(self, source: Source) -> Look:
        names, pictures, annotations = self._list(source)
        if names is not None:
            pictures = {key: pictures[key] for key in names if key in pictures}
            annotations = {key: annotations[key] for key in names if key in annotations}
        return Look(len(pictures), sum(file.size for file in pictures.values()), len(annotations))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        names, pictures, annotations = self._list(source)
        paired = {key: (file,) for key, file in annotations.items()}
        return files.scenes_of(source, family, pictures, paired, names=names, parent=self.parent)

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotated:
            return Annotation()
        return read_voc(objects.read_annotation(scene.annotations[0]), "object", self._add)

    def _add(self, found: objects.Objects, item: Element) -> None:
        name = item.findtext("name") or ""
        box = item.find("bndbox")
        if box is None:
            found.lose(name, objects.NO_BOX)
            return
        x0, y0, x1, y1 = [objects.number(box.findtext(tag)) for tag in _CORNERS]
        if self.one_based and x0 is not None and y0 is not None:
            x0, y0 = x0 - 1, y0 - 1
        difficult, cut = bool(objects.number(item.findtext("difficult"))), bool(objects.number(item.findtext("truncated")))
        found.add(name, (x0, y0, x1, y1), difficult=difficult, cut=cut)

    def _list(self, source: Source) -> tuple[list[str] | None, dict[str, FileStamp], dict[str, FileStamp]]:
        lists = (
            [file for name in self.lists for file in layout.find_files(source.root, name, source.split)] if source.split else []
        )
        # a list divides one folder of pictures, so that the folders' names say nothing of the split
        spot = layout.settle(replace(source, split="") if lists else source, self.places)
        pictures = files.list_pictures(source, spot.pictures)
        names = files.read_names(lists[0].uri, pictures) if lists else None
        return names, pictures, files.list_keyed(source, spot.annotations, (".xml",))


def read_voc(data: bytes, path: str, add: Callable[[objects.Objects, Element], None]) -> Annotation:
    """An XML with the frame of VOC's: the root `annotation`, the picture's size, and objects, each of which `add` reads.

    path: where objects stand, from the root; `object` are direct children, since parts of an object have boxes of their own.
    Raises AnnotationError where it is no such XML.
    """
    root = parse_xml(data)
    if root.tag != "annotation":
        raise AnnotationError("unparsable annotation", f"the root element is <{root.tag}>, not <annotation>")
    found = objects.Objects()
    for item in root.findall(path):
        add(found, item)
    width, height = objects.whole(root.findtext("size/width")), objects.whole(root.findtext("size/height"))
    return found.annotation(size=(width, height) if width and height else None)


def parse_xml(data: bytes) -> Element:
    """The root element. Raises AnnotationError.

    A document type is refused: without one there are no entities but the five of XML itself, so that nothing can grow without
    bounds and nothing is fetched. It can only begin with `<!DOCTYPE`, in these letters (XML 1.0, production 28), and it is
    looked for in the decoded text that the parser is given.
    """
    try:
        declared = _DECLARED.match(data)
        # expat itself knows no multi-byte Chinese encoding, so the text is decoded first
        text = data.decode(declared[1].decode()) if declared else objects.decode(data)
        if "<!DOCTYPE" in text:
            raise AnnotationError("unparsable annotation", "it declares a document type, which may hold entities")
        return ElementTree.fromstring(text.lstrip("\ufeff \t\r\n"))
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise AnnotationError("unparsable annotation", f"not XML: {type(error).__name__}: {error}") from None
