"""docs/api.md: what it shows is what comes out."""

import doctest
import re
from pathlib import Path

import pytest

from tests import drawn
from tests.whole_builds import build_here

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def test_every_example_of_the_page_runs(tmp_path, monkeypatch):
    drawn.write_coco(tmp_path / "pictures", range(12))
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(f"name: page\nsources: [{{dataset: coco, root: {tmp_path / 'pictures'}}}]\n")
    build_here(recipe, tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, PAGE.name, str(PAGE), 0)
    assert len(test.examples) > 20
    said: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=said.append)
    if result.failed:
        pytest.fail("".join(said))
