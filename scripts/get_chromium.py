"""Makes sure that there is a Chromium for the browser tests: one that is here, Playwright's own, or Debian's."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
DEBIAN = (("apt-get", "update", "--quiet"), ("apt-get", "install", "--yes", "--quiet", "chromium"))


def main() -> int:
    """Get one unless there is one; 0 when there is one in the end."""
    if is_there():
        return 0
    print("Getting Chromium for the browser tests", flush=True)
    playwright = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(playwright, check=False).returncode == 0 and is_there():
        return 0
    if shutil.which("apt-get"):
        prefix = [] if os.geteuid() == 0 else ["sudo"]
        for command in DEBIAN:
            subprocess.run([*prefix, *command], check=False)
    if is_there():
        return 0
    print("There is no Chromium, and none could be installed: install one, then run make test again.", file=sys.stderr)
    return 1


def is_there() -> bool:
    """Is there one on the PATH, or one that Playwright keeps?"""
    if any(shutil.which(name) for name in NAMES):
        return True
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


if __name__ == "__main__":
    sys.exit(main())
