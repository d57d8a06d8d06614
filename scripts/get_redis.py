"""Makes sure that there is a Redis for the tests of several web processes: one that is here, or Debian's."""

import os
import shutil
import subprocess
import sys

DEBIAN = (("apt-get", "update", "--quiet"), ("apt-get", "install", "--yes", "--quiet", "redis-server"))


def main() -> int:
    """Get one unless there is one; 0 when there is one in the end."""
    if shutil.which("redis-server"):
        return 0
    print("Getting Debian's Redis for the tests", flush=True)
    if shutil.which("apt-get"):
        prefix = [] if os.geteuid() == 0 else ["sudo"]
        for command in DEBIAN:
            subprocess.run([*prefix, *command], check=False)
    if shutil.which("redis-server"):
        return 0
    print("There is no redis-server, and none could be installed: install one, then try again.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
