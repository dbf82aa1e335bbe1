"""HRSC2016 XML: `HRSC_Image/HRSC_Objects/HRSC_Object`, an upright and an oriented box each.

`mbox_cx`, `mbox_cy`, `mbox_w`, `mbox_h` are in pixels; `mbox_ang` is in radians and turns clockwise on the screen (x right,
y down). `box_xmin` ... was annotated on its own and is not the bounds of the oriented box: it is the box, and the oriented
one its outline. Read so by open-mmlab/mmrotate (mmrotate/datasets/hrsc.py) and jbwang1997/BboxToolkit.
"""

import math
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.geometry import bounds
from skypairs.schemas.records import Annotation, Scene
from skypairs.transforms.readers import objects
from skypairs.transforms.readers.pairs import Pairs
from skypairs.transforms.readers.voc import parse_xml

_BOX = ("box_xmin", "box_ymin", "box_xmax", "box_ymax")
_TURNED = ("mbox_cx", "mbox_cy", "mbox_w", "mbox_h", "mbox_ang")


@dataclass(frozen=True, slots=True)
class Hrsc(Pairs):
    """Reader of HRSC2016. No `HRSC_Objects`, or no object in it, is an annotated, empty picture."""

    classes: tuple[tuple[int, str], ...] = ()
    """`Class_ID` and what it names."""
    default: str = "ship"
    """Name of an object whose `Class_ID` is not listed."""

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotations:
            return Annotation()
        root = parse_xml(objects.read_annotation(scene.annotations[0]))
        if root.tag != "HRSC_Image":
            raise AnnotationError("unparsable annotation", f"the root element is <{root.tag}>, not <HRSC_Image>")
        found = objects.Objects()
        names = dict(self.classes)
        for item in root.findall("HRSC_Objects/HRSC_Object"):
            number = objects.whole(item.findtext("Class_ID"))
            _add(found, item, names.get(number, self.default) if number else self.default)
        width, height = objects.whole(root.findtext("Img_SizeWidth")), objects.whole(root.findtext("Img_SizeHeight"))
        metres = objects.number(root.findtext("Img_Resolution"))
        gsd = metres if metres and metres > 0 else None
        return found.annotation(size=(width, height) if width and height else None, gsd=gsd)


def corners_of(cx: float, cy: float, width: float, height: float, angle: float) -> tuple[float, ...]:
    """x, y of the four corners of a box turned clockwise by `angle` radians about its centre."""
    cos, sin = math.cos(angle), math.sin(angle)
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    halves = [(x * width / 2, y * height / 2) for x, y in signs]
    return tuple(value for x, y in halves for value in (cx + x * cos - y * sin, cy + x * sin + y * cos))


def _add(found: objects.Objects, item: Element, name: str) -> None:
    """The upright box where it can be read, else the bounds of the oriented one."""
    corners: tuple[float | None, ...] = tuple(objects.number(item.findtext(tag)) for tag in _BOX)
    turned = [value for tag in _TURNED if (value := objects.number(item.findtext(tag))) is not None]
    polygon = corners_of(*turned) if len(turned) == len(_TURNED) and turned[2] > 0 and turned[3] > 0 else ()
    if polygon and None in corners:
        corners = tuple(bounds(polygon))
    difficult, cut = (bool(objects.number(item.findtext(tag))) for tag in ("difficult", "truncated"))
    found.add(name, corners, polygon=polygon, difficult=difficult, cut=cut)
