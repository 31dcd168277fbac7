"""Check the web interface: its types with tsc, its elements with vitest."""

from __future__ import annotations

import sys

import hatch_build


def main() -> None:
    """Run both with the Node of the build, printing only what went wrong."""
    try:
        hatch_build.install_packages(development=True)
        hatch_build.node("node_modules/typescript/bin/tsc", "--noEmit")
        hatch_build.node("node_modules/vitest/vitest.mjs", "run")
    except RuntimeError as error:
        sys.exit(str(error))
    print("web: types and unit tests pass")


if __name__ == "__main__":
    main()
