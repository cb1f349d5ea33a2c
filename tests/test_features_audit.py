"""Every feature that is built has a test named after it: `test_f05_…` for F05."""

from __future__ import annotations

import re

from tests.sources import files

BUILT = (
    "F01 F02 F03 F04 F05 F06 F07 F09 F11 F12 F14 F18 F20 F21 F22 F23 F25 F27 F35 F36 F39 F41 "
    "F55 F56 F58 F59 F60 F63 F66 F67 F68 F70 F73 F74 F78 F79 F80 F81 F86 F88 F92 F94 F95 F97 F99 "
    "F100 F101 F102 F103 F104 F105 F106 F107 F108"
).split()


def test_every_built_feature_has_a_test_named_after_it():
    named = {
        f"F{number}"
        for path in files("tests")
        for line in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        for number in re.findall(r"(?<=_f)\d+(?=_)", line)
    }
    assert sorted(set(BUILT) - named) == []
