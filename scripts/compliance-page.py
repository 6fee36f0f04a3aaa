#!/usr/bin/env python3
"""Writes the tables of docs/compliance.md anew from the rules' own data. A test compares the two."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from pabal.domain.law.page import BEGIN, END, tables  # noqa: E402  # the path above makes it a script

PAGE = ROOT / "docs" / "compliance.md"


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{tables()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
