"""The command `python -m mappings.build`: checks all text and writes the file that `load` reads."""

import sys

from mappings import layout
from mappings.errors import MappingError
from mappings.stored import PACKAGE, build, stamp_of, write


def main() -> int:
    """Build the folder that this package stands in. Gives 1, with file, line and reason, for a text that is not fit."""
    try:
        content, built = build(PACKAGE, stamp_of(PACKAGE))
    except MappingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    write(PACKAGE / layout.BUILT, content)
    codes = sum(len(table) for table in built.drug_codes.values())
    held = sum(len(rows) for rows in built.members.values())
    sys.stdout.write(
        f"{layout.BUILT}: {len(content):,} bytes; {codes:,} drug codes in {len(built.drug_groups)} groups, "
        f"{held:,} codes in {len(built.concepts)} value sets\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
