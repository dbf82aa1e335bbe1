"""docs/datasets.md is what the catalogue says."""

import subprocess
import sys
from pathlib import Path

import pytest

from skypairs.pipelines import describe
from skypairs.pipelines.catalog import load
from skypairs.pipelines.catalog.document import document

PAGE = Path(__file__).resolve().parents[2] / "docs" / "datasets.md"


def test_the_page_is_current():
    """Write it anew with `python -m skypairs.pipelines.catalog.document > docs/datasets.md`."""
    assert PAGE.read_text() == document(load())


def test_the_command_prints_the_page():
    done = subprocess.run(
        [sys.executable, "-m", "skypairs.pipelines.catalog.document"], capture_output=True, text=True, check=True
    )
    assert done.stdout == document(load())


@pytest.mark.parametrize("name", sorted(load()))
def test_every_field_of_an_entry_is_shown(name):
    spec = load()[name]
    page, lines = document({name: spec}), "\n".join(describe.dataset_lines(spec))
    facts = [spec.title, spec.licence, spec.homepage, spec.sensor, spec.notes, spec.citation, spec.task, *spec.obtain]
    facts += [split.name for split in spec.splits] + [what for what, _ in spec.published]
    facts += [item.singular or item.native for item in spec.classes]
    for text in (page, lines):
        flat = " ".join(text.split())
        assert all(" ".join(fact.split()) in flat for fact in facts)
        assert all(line.strip() in text for line in spec.layout.splitlines())
        assert ("reference" in text) >= (spec.default_role == "reference")
        assert ("may not be passed on" in flat) or spec.redistributable


def test_the_table_has_a_row_a_dataset():
    rows = describe.dataset_rows(load())
    assert [row[0] for row in rows[1:]] == sorted(load())
    assert all(len(row) == len(rows[0]) for row in rows)
