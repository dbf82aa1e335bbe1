import hashlib
from collections.abc import Callable
from pathlib import Path

import imagehash
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageFilter

from skypairs.schemas.records import Fingerprints
from skypairs.transforms import thumbnail_hash
from skypairs.transforms.fingerprints import FINGERPRINTS
from skypairs.transforms.lanczos import thumbnail
from skypairs.transforms.orientations import ORIENTATIONS, turn
from skypairs.transforms.thumbnail_hash import FLAT_BELOW, turned_hashes
from tests.real_crops import real_crops

Rgb = npt.NDArray[np.uint8]


def fingerprints(rgb: Rgb) -> Fingerprints:
    return FINGERPRINTS["phash"](b"", lambda: rgb)


def judged(picture: npt.NDArray[np.generic]) -> bytes:
    """The hash by imagehash. A 32 x 32 grey picture passes its reduction unchanged."""
    return np.packbits(imagehash.phash(Image.fromarray(np.ascontiguousarray(picture))).hash).tobytes()


def texture(seed: int) -> Rgb:
    """Blurred noise of several scales in colour, of any shape from 1 to 400 px a side."""
    random = np.random.default_rng(seed)
    height, width = (int(random.choice([1, 7, 31, 32, 33, 64, 100, 224, 256, 400])) for _ in range(2))
    noise = Image.fromarray(random.integers(256, size=(height, width, 3), dtype=np.uint8))
    coarse = Image.fromarray(random.integers(256, size=(5, 6, 3), dtype=np.uint8)).resize((width, height))
    soft = noise.filter(ImageFilter.GaussianBlur(float(random.choice([0, 1, 4]))))
    return np.asarray(Image.blend(soft, coarse, float(random.random())))


def grey(height: int, width: int, value: Callable[..., npt.NDArray[np.generic]]) -> Rgb:
    y, x = np.mgrid[:height, :width]
    return np.repeat(np.clip(value(y, x), 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


DEGENERATE = {
    "black": grey(64, 64, lambda y, x: 0 * x),
    "white": grey(800, 800, lambda y, x: 0 * x + 255),
    "grey 31": grey(100, 80, lambda y, x: 0 * x + 31),
    "grey 127": grey(256, 256, lambda y, x: 0 * x + 127),
    "grey 128": grey(33, 47, lambda y, x: 0 * x + 128),
    "one pixel": grey(1, 1, lambda y, x: 0 * x + 77),
    "gradient along x": grey(300, 300, lambda y, x: x * 255 // 299),
    "gradient along y": grey(300, 200, lambda y, x: y * 255 // 299),
    "gradient along both": grey(256, 256, lambda y, x: (x + y) // 2),
    "half black, left": grey(400, 400, lambda y, x: np.where(x < 200, 0, 200)),
    "half black, top": grey(400, 300, lambda y, x: np.where(y < 200, 0, 200)),
    "a quarter": grey(128, 128, lambda y, x: np.where((x < 64) & (y < 64), 255, 0)),
    "checkers": grey(256, 256, lambda y, x: (x // 32 + y // 32) % 2 * 255),
    "stripes": grey(256, 256, lambda y, x: x // 16 % 2 * 255),
    "disc": grey(255, 255, lambda y, x: np.where((x - 127) ** 2 + (y - 127) ** 2 < 80**2, 220, 30)),
    "cross": grey(256, 256, lambda y, x: np.where((abs(x - 127.5) < 20) | (abs(y - 127.5) < 20), 220, 30)),
    "symmetric about the diagonal": grey(32, 32, lambda y, x: (x * 37 + y * 37 + x * y * 11) % 256),
}
DECIDED = {
    "gradient along both",
    "a quarter",
    "symmetric about the diagonal",
}  # 32 coefficients above the median: hashed as others are


def assert_exact(rgb: Rgb) -> None:
    found = fingerprints(rgb)
    assert found.phash[0] == judged(rgb)
    small = thumbnail(rgb)
    assert list(found.phash) == [judged(turn(small, g)) for g in range(ORIENTATIONS)]


@pytest.mark.parametrize("first", range(0, 320, 40))
def test_textures_hash_as_by_imagehash(first: int) -> None:
    for seed in range(first, first + 40):
        assert_exact(texture(seed))


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_pictures_hash_as_by_imagehash(name: str) -> None:
    assert_exact(DEGENERATE[name])


@pytest.mark.parametrize("name", [name for name in DEGENERATE if name not in DECIDED])
def test_where_coefficients_tie_pictures_are_flat(name: str) -> None:
    assert fingerprints(DEGENERATE[name]).flat


def test_thumbnails_of_few_values_hash_as_by_imagehash() -> None:
    """Coefficients tie often here, and signs alone would give other bits."""
    random = np.random.default_rng(4)
    for _ in range(150):
        small = random.integers(2, size=(4, 4), dtype=np.uint8).repeat(8, 0).repeat(8, 1) * np.uint8(random.integers(1, 256))
        small = small + small.T // np.uint8(2) if random.random() < 0.5 else small
        assert list(turned_hashes(small)) == [judged(turn(small, g)) for g in range(ORIENTATIONS)]


def test_signs_alone_would_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnail_hash, "_ROUNDING", -1.0)
    small = thumbnail(DEGENERATE["symmetric about the diagonal"])
    assert list(turned_hashes(small)) != [judged(turn(small, g)) for g in range(ORIENTATIONS)]


def apart_when_turned(rgb: Rgb) -> list[int]:
    """Bits that differ between the hash of a turned picture and that of its turned thumbnail, for orientations 1 to 7."""
    hashes = fingerprints(rgb).phash
    turned = [judged(turn(rgb, g)) for g in range(ORIENTATIONS)]
    return [(int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count() for a, b in zip(hashes, turned, strict=True)][1:]


def test_a_turned_picture_hashes_nearly_as_its_turned_thumbnail() -> None:
    """Pillow reduces the rows first and rounds to 8 bits in between: see the figures in the module."""
    textures = [rgb for rgb in (texture(seed) for seed in range(400, 520)) if min(rgb.shape[:2]) >= 64]
    apart = [bits for rgb in textures for bits in apart_when_turned(rgb)]
    assert len(apart) > 200
    assert max(apart) <= 4
    assert np.mean(np.array(apart) > 0) < 0.2
    assert np.mean(np.array(apart) > 2) < 0.01


@pytest.mark.parametrize(
    ("sigma", "side", "flat"),
    [
        (0, 512, True),  # nothing at all
        (4, 256, True),  # sea with sensor noise
        (15, 512, True),  # the reduction averages it away
        (60, 256, False),  # strong enough to be seen in the thumbnail
    ],
)
def test_noise_without_a_motif_is_flat(sigma: float, side: int, flat: bool) -> None:
    noise = np.random.default_rng(1).normal(100, sigma, (side, side, 1)).clip(0, 255).round()
    rgb = np.repeat(noise.astype(np.uint8), 3, axis=2)
    assert fingerprints(rgb).flat == flat == bool(thumbnail(rgb).std() < FLAT_BELOW)


def test_textures_are_not_flat() -> None:
    large = [rgb for rgb in (texture(seed) for seed in range(60)) if min(rgb.shape[:2]) >= 64]
    assert len(large) > 10
    assert not any(fingerprints(rgb).flat for rgb in large)
    assert not any(fingerprints(DEGENERATE[name]).flat for name in DECIDED)


def test_the_digest_is_of_size_and_pixels() -> None:
    assert fingerprints(texture(11)).pixels_sha256 is None  # compared by its hash
    rgb = texture(11) // 64 + 100
    height, width = rgb.shape[:2]
    expected = hashlib.sha256(width.to_bytes(4, "big") + height.to_bytes(4, "big") + rgb.tobytes()).digest()
    assert fingerprints(rgb).pixels_sha256 == expected
    view = np.pad(rgb, ((0, 0), (0, 3), (0, 0)))[:, :width]  # not contiguous
    assert fingerprints(view) == fingerprints(rgb)
    assert fingerprints(rgb.reshape(width, height, 3)).pixels_sha256 != expected or width == height


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((8, 8), np.uint8),  # grey
        np.zeros((8, 8, 4), np.uint8),  # with transparency
        np.zeros((8, 8, 3), np.uint16),
        np.zeros((0, 8, 3), np.uint8),
    ],
)
def test_other_arrays_are_refused(bad: npt.NDArray[np.generic]) -> None:
    with pytest.raises(ValueError, match="not an RGB picture"):
        fingerprints(bad)  # type: ignore[arg-type]


def test_the_registry_holds_one_hash_a_file() -> None:
    assert list(FINGERPRINTS) == ["phash", "phash-fast"]


def test_real_crops_hash_as_by_imagehash(samples: Path) -> None:
    """Five or six crops of a hundred real pictures; the first of each also turned."""
    crops = list(real_crops(samples))
    assert len(crops) >= 500
    apart = [bits for crop in crops[::6] for bits in apart_when_turned(crop)]
    for crop in crops:
        assert fingerprints(crop).phash[0] == np.packbits(imagehash.phash(Image.fromarray(crop)).hash).tobytes()
    assert max(apart) <= 4
    assert np.mean(np.array(apart) > 0) < 0.2
    assert np.mean(np.array(apart) > 2) < 0.02
