"""How rules are found and ordered."""

import pytest

from skypairs.transforms.captions import Rule, all_rules, collect, rules_of
from skypairs.transforms.captions.draw import ranked


def rule(name, order=1, recipe="r"):
    return Rule(name, recipe, order, 1, (), lambda contents, draw: iter(()))


def test_rules_of_the_paper():
    assert [item.name for item in rules_of("remoteclip")] == ["middle", "edge", "counts"]
    assert set(rules_of("remoteclip")) <= set(all_rules())
    for item in rules_of("remoteclip"):
        assert item.templates and all(template.endswith(" .") for template in item.templates)


def test_order_is_by_turn_then_name():
    rules = [rule("b", 2), rule("c", 1), rule("a", 2)]
    assert [item.name for item in collect(rules)] == ["c", "a", "b"] == [item.name for item in collect(reversed(rules))]


def test_two_rules_of_one_name_are_an_error():
    with pytest.raises(ValueError, match="'a'"):
        collect([rule("a"), rule("a", recipe="other")])


def test_a_further_name_moves_none_of_the_others():
    for token in range(50):
        few = list(ranked(["a", "b", "c"], token))
        many = list(ranked(["d", "c", "b", "a"], token))
        assert sorted(few) == ["a", "b", "c"]
        assert [name for name in many if name != "d"] == few
