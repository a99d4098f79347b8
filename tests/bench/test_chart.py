"""The plot is well-formed, and its axes fit what is on them."""

from xml.etree import ElementTree as ET

from bench.chart import Line, Panel, _Axis, svg


def test_an_even_axis_starts_at_nothing_and_holds_the_largest_value() -> None:
    axis = _Axis([40.0, 4500.0], 100, log=False)
    assert axis.place(0) == 0
    assert 90 < axis.place(4500) < 100
    assert axis.ticks() == [0, 1000, 2000, 3000, 4000]


def test_a_logarithmic_axis_has_powers_of_ten() -> None:
    axis = _Axis([1.0, 1000.0], 300, log=True)
    assert axis.ticks() == [1, 10, 100, 1000]
    assert [round(axis.place(tick)) for tick in axis.ticks()] == [0, 100, 200, 300]


def test_each_panel_draws_each_line_and_the_legend_names_them() -> None:
    lines = [Line("on & off", [(1, 10), (10, 50)]), Line("other", [(1, 1), (10, 2)])]
    plot = svg([Panel("Throughput", "per s", lines), Panel("p99", "ms", lines, log_y=True)])
    root = ET.fromstring(plot)  # noqa: S314 we have just made it
    polylines = list(root.iter("{http://www.w3.org/2000/svg}polyline"))
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert len(polylines) == 4
    assert {"on & off", "other"} <= set(texts)
