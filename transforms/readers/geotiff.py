"""Where a GeoTIFF lies on the ground, from its header alone: OGC GeoTIFF 1.1, sections 7.1 and B.6."""

import math
import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import tifffile

from skypairs.schemas.errors import AnnotationError, PictureError
from skypairs.schemas.records import FileStamp
from skypairs.transforms.ranges import BlockStream, InStorage

_SCALE, _TIEPOINT, _MATRIX = 33550, 33922, 34264
_USER_DEFINED = 32767
_METRE = 9001
_METRES_A_DEGREE = 111_320.0

Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ground:
    """A map from pixels to ground: X = a x + b y + c, Y = d x + e y + f, with (0, 0) the corner of the first pixel."""

    affine: tuple[float, float, float, float, float, float]
    epsg: int | None
    """Code of the coordinate system; None: not stated, or of the owner's own making."""
    geographic: bool
    """X and Y are longitude and latitude in degrees."""
    metres: bool
    """X and Y are in metres."""

    def to_pixels(self, points: Points) -> Points:
        """(n, 2) ground coordinates to x and y in pixels."""
        a, b, c, d, e, f = self.affine
        east, north = points[:, 0] - c, points[:, 1] - f
        return np.column_stack((e * east - b * north, a * north - d * east)) / (a * e - b * d)

    def pixel_size(self) -> float | None:
        """Metres a pixel, the root of a pixel's area; by the latitude of the first pixel for degrees. None: not known."""
        a, b, _, d, e, f = self.affine
        side = math.sqrt(abs(a * e - b * d))
        if self.geographic:
            return side * _METRES_A_DEGREE * math.sqrt(max(math.cos(math.radians(f)), 0.0))
        return side if self.metres else None


def ground_of(picture: FileStamp) -> Ground:
    """Reads the header. Raises PictureError for what is no TIFF, AnnotationError for one without a place on the ground."""
    try:
        with tifffile.TiffFile(BlockStream(InStorage(picture))) as tiff:
            page = tiff.pages.first
            tags = {code: page.tags[code].value for code in (_SCALE, _TIEPOINT, _MATRIX) if code in page.tags}
            keys = page.geotiff_tags or {}
    except (OSError, ValueError, tifffile.TiffFileError, struct.error, IndexError, KeyError) as error:
        raise PictureError("unreadable picture", f"tiff header, {type(error).__name__}") from error
    geographic = int(keys.get("GTModelTypeGeoKey", 0)) == 2
    code = int(keys.get("GeographicTypeGeoKey" if geographic else "ProjectedCSTypeGeoKey", 0))
    epsg = code if 0 < code < _USER_DEFINED else None
    metres = not geographic and int(keys.get("ProjLinearUnitsGeoKey", _METRE)) == _METRE
    shift = 0.5 if int(keys.get("GTRasterTypeGeoKey", 1)) == 2 else 0.0  # 2: points are the middles of pixels
    return Ground(_affine(tags, shift), epsg, geographic, metres)


def _affine(tags: dict[int, tuple[float, ...]], shift: float) -> tuple[float, float, float, float, float, float]:
    if len(tags.get(_MATRIX, ())) >= 8:
        a, b, _, c, d, e, _, f = (float(value) for value in tags[_MATRIX][:8])
    elif len(tags.get(_SCALE, ())) >= 2 and len(tags.get(_TIEPOINT, ())) >= 6:
        a, e = float(tags[_SCALE][0]), -float(tags[_SCALE][1])
        x, y, _, east, north = (float(value) for value in tags[_TIEPOINT][:5])
        b = d = 0.0
        c, f = east - a * x, north - e * y
    else:
        raise AnnotationError("picture without a place on the ground", "it has neither a tie point and scale nor a matrix")
    c, f = c - shift * (a + b), f - shift * (d + e)
    if not all(map(math.isfinite, (a, b, c, d, e, f))) or a * e == b * d:
        raise AnnotationError("picture without a place on the ground", "its matrix has no inverse")
    return a, b, c, d, e, f
