"""Every feature that is built has a test named after it: `test_f05_…` for F05."""

from __future__ import annotations

import re

from tests.sources import files

BUILT = (
    *(1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 18, 20, 21, 22, 23, 25, 27, 32, 35, 36, 39, 41, 53),
    *(
        55,
        56,
        58,
        59,
        60,
        63,
        66,
        67,
        68,
        70,
        73,
        74,
        77,
        78,
        79,
        80,
        81,
        86,
        87,
        88,
        90,
        91,
        92,
        94,
        95,
        96,
        97,
        98,
        99,
    ),
    *range(100, 109),
)


def test_every_built_feature_has_a_test_named_after_it():
    named = {
        int(number)
        for path in files("tests")
        for line in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        for number in re.findall(r"(?<=_f)\d+(?=_)", line)
    }
    assert sorted(set(BUILT) - named) == []
