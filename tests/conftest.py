"""What all tests share."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# The same code gives the same result; `--hypothesis-profile=default` looks for new examples.
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that tests find `tests.fakes`


@pytest.fixture
def samples():
    """Folder of real sample data; tests that need it are skipped where there is none."""
    folder = Path(os.environ.get("SKYPAIRS_SAMPLES") or ROOT.parent / "shared" / "samples")
    if not folder.is_dir():
        pytest.skip("no sample data on this machine")
    return folder
