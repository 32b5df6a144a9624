#!/usr/bin/env python3
"""Writes `verifiers/vectors.json`, the same each time; needs `cryptography` (44 or newer).

    make_vectors.py            write the file
    make_vectors.py --check    exit with 1 if the file is not what would be written
"""

import json
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from vector_maker import alibaba, basic, huawei, rfc9421, vendors  # noqa: E402
from vector_maker.case import Cases  # noqa: E402

VENDORS = HERE.parent / "crates" / "countersign-sign" / "vectors"
FILE = HERE / "vectors.json"


def text() -> str:
    """One case a line, so that a change shows as the cases it changes."""
    cases = Cases()
    vendors.add_to(cases, VENDORS)
    for part in (alibaba, huawei, basic, rfc9421):
        part.add_to(cases)
    lines = [json.dumps(case, ensure_ascii=True, separators=(",", ":")) for case in cases.all]
    return '{"format":1,"cases":[\n' + ",\n".join(lines) + "\n]}\n"


def main() -> int:
    made = text()
    if sys.argv[1:] == ["--check"]:
        return 0 if FILE.read_text() == made else 1
    FILE.write_text(made)
    cases = json.loads(made)["cases"]
    print(len(cases), dict(Counter(case["expect"] for case in cases)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
