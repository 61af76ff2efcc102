"""Options: defaults, and what is rejected."""

from __future__ import annotations

import pytest

from autograd_tiny import Value
from autograd_tiny.diagrams import (
    InapplicableOptionError,
    OptionError,
    UnknownOptionError,
    draw,
    to_dot,
    to_latex,
    to_mermaid,
    to_svg,
)
from autograd_tiny.diagrams.options import OF_GRAPHS, settings
from tests.diagrams.builders import diagram_of


@pytest.mark.parametrize(
    ("option", "setting", "expected"),
    [
        ("direction", "RL", "'LR' or 'TB'"),
        ("values", "no", "True or False"),
        ("expand", 3, "the name of a module, or a list of names"),
        ("expand", [3], "the name of a module, or a list of names"),
        ("style", "neon", "'light', 'print' or 'dark'"),
        ("style", ["dark"], "'light', 'print' or 'dark'"),
        ("precision", 0, "a whole number from 1 to 17"),
        ("precision", 2.5, "a whole number from 1 to 17"),
        ("depth", 0, "a whole number from 1 on"),
        ("cap", 1, "a whole number from 2 on"),
        ("color_by", "sign", "'weight' or 'gradient'"),
        ("color_by", ["weight"], "'weight' or 'gradient'"),
    ],
)
def test_wrong_setting_is_rejected(small, option, setting, expected):
    with pytest.raises(OptionError, match=expected) as caught:
        diagram_of(small, **{option: setting})
    assert (caught.value.option, caught.value.setting) == (option, setting)


def test_unknown_option_is_rejected_with_a_suggestion():
    with pytest.raises(UnknownOptionError, match="did you mean gradients") as caught:
        settings(gradient=True)
    assert caught.value.close[0] == "gradients"
    with pytest.raises(UnknownOptionError, match="they are direction, values"):
        settings(zzz=True)


@pytest.mark.parametrize("option", OF_GRAPHS)
def test_network_has_no_options_of_graphs(model, option):
    given = {option: getattr(settings(), option)}
    with pytest.raises(
        InapplicableOptionError, match=f"of a network has no option '{option}'; its options are"
    ) as caught:
        to_svg(model, **given)
    assert caught.value.option == option
    assert to_svg(Value(2.0) * 3.0, **given)


@pytest.mark.parametrize("to", [draw, to_dot, to_latex, to_mermaid, to_svg])
def test_graph_has_no_options_of_networks(to):
    with pytest.raises(
        InapplicableOptionError, match=r"of a graph has no option 'color_by'; .* depth, expand, cap, variable_names$"
    ):
        to(Value(2.0) * 3.0, color_by="weight")
