"""Fingerprints as a stage of one's own Beam pipeline; a build takes them in prepare_parts, from pixels already decoded."""

from dataclasses import dataclass

import apache_beam as beam
from apache_beam.pvalue import PCollection

from skypairs.schemas.records import Fingerprints
from skypairs.transforms.fingerprints import FINGERPRINTS
from skypairs.transforms.images import decode_rgb


@dataclass
class Fingerprint(beam.PTransform):
    """(id, encoded picture) -> (id, Fingerprints).

    Raises ValueError at once for a hash that is not among FINGERPRINTS; a picture that cannot be decoded raises
    PictureError where it is met.
    """

    hash: str = "phash"

    def __post_init__(self) -> None:
        if self.hash not in FINGERPRINTS:
            raise ValueError(f"no hash {self.hash!r}: {', '.join(FINGERPRINTS)}")

    def expand(self, pictures: PCollection[tuple[str, bytes]]) -> PCollection[tuple[str, Fingerprints]]:
        return pictures | "HashPictures" >> beam.Map(_fingerprint, self.hash)


def _fingerprint(picture: tuple[str, bytes], name: str) -> tuple[str, Fingerprints]:
    identifier, data = picture
    return identifier, FINGERPRINTS[name](decode_rgb(data))
