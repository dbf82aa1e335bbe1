"""A scene's picture: its header at once, its pixels when they are wanted, in no more memory than that takes."""

from collections.abc import Callable

from skypairs.schemas.errors import PictureError
from skypairs.schemas.recipe import Bands
from skypairs.schemas.records import FileStamp, Scene
from skypairs.transforms import images, storage
from skypairs.transforms.pictures.header import decoding, tiff_header
from skypairs.transforms.pictures.opened import open_tiff
from skypairs.transforms.pictures.tiff_pixels import TiffPixels
from skypairs.transforms.ranges import InStorage
from skypairs.transforms.video import read_frame

_WHOLE_FILE = 16 << 20
"""A smaller file is read by one request, whatever it is."""
Opener = Callable[[Bands], images.OpenPicture]


def look_at_scene(scene: Scene, max_pixels: int) -> tuple[images.Header, Opener]:
    """The header, and what opens the picture by a policy. A frame of a video is decoded at once. Raises PictureError.

    What claims more than `max_pixels` allows is refused here, before any pixel is decoded.
    """
    assert scene.picture is not None, f"{scene.id} has neither picture nor problem"
    if scene.in_video:
        frame = images.from_pixels(read_frame(scene.picture, scene.frame, max_pixels))
        return frame.header, lambda _: frame
    header, opener = look_at_file(scene.picture)
    images.check_size(header, max_pixels)
    return header, opener


def look_at_file(file: FileStamp) -> tuple[images.Header, Opener]:
    """As `look_at_scene`, of any picture. A large TIFF is read by ranges."""
    try:
        if file.size > _WHOLE_FILE and images.sniff(storage.read(file.uri, 0, 16)) == "tiff":
            with decoding("tiff header"):
                ranges = InStorage(file)
                tiff = TiffPixels(ranges)
                return tiff_header(tiff), lambda policy: open_tiff(ranges, tiff, policy)
        data = storage.read(file.uri)
    except FileNotFoundError as error:
        raise PictureError("missing picture") from error
    header = images.read_header(data)
    return header, lambda policy: images.open_picture(data, header, policy)
