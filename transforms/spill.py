"""The samples of one scene, their encoded pictures in memory while they are few and in a local file from then on."""

import dataclasses
import tempfile
from pathlib import Path

from skypairs.schemas.records import Sample

SPILL_BYTES = 8 << 20
"""Several scenes wait for their turn to be written; a mosaic of 20000 x 20000 pixels makes about 70 MB of tiles."""


class Spill:
    """Takes samples one after the other. What is in the file is the pictures of all of them that are not `untouched`."""

    def __init__(self, folder: str) -> None:
        """`folder`: where the file is made if one is needed; empty: never."""
        self._folder = folder
        self._samples: list[Sample] = []
        self._written = 0
        self._held = 0
        self._path: Path | None = None

    def add(self, sample: Sample) -> None:
        """Takes a sample. Its picture may go to the file at once, or later."""
        self._samples.append(sample)
        self._held += len(sample.data)
        if self._folder and self._held > SPILL_BYTES:
            self._flush()

    def close(self) -> tuple[tuple[Sample, ...], str]:
        """All samples, and the path of the file; "" where their pictures are in memory."""
        if self._path is not None:
            self._flush()
        return tuple(self._samples), "" if self._path is None else str(self._path)

    def discard(self) -> None:
        """Removes the file."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _flush(self) -> None:
        if self._path is None:
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix="scene-", delete=False) as file:
                self._path = Path(file.name)
        with self._path.open("ab") as out:
            for at in range(self._written, len(self._samples)):
                sample = self._samples[at]
                if not sample.untouched:
                    out.write(sample.data)
                self._samples[at] = dataclasses.replace(sample, data=b"")
        self._written, self._held = len(self._samples), 0
