"""Writes docs/sbom.json, a CycloneDX list of every part: Python's by cyclonedx-py, the browser's from npm's lock.

Usage: scripts/make_sbom.py CYCLONEDX_PY
"""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
KEPT = ("type", "bom-ref", "name", "version", "purl")


def main() -> int:
    """0 when it is written."""
    command = [sys.argv[1], "requirements", "--short-PURLs", "--output-reproducible", "requirements.lock"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    bom = json.loads(made)
    parts = [{name: part[name] for name in KEPT} for part in bom["components"]]
    packages = json.loads((ROOT / "reflex.lock" / "package-lock.json").read_text())["packages"]
    for path, package in packages.items():
        if path:
            name, version = path.rpartition("node_modules/")[2], package["version"]
            purl = f"pkg:npm/{quote(name, safe='/')}@{version}"
            parts.append({"type": "library", "bom-ref": path, "name": name, "version": version, "purl": purl})
    parts.sort(key=lambda part: (part["purl"], part["bom-ref"]))
    tools = [
        {name: tool[name] for name in ("type", "name", "version")} for tool in bom["metadata"]["tools"]["components"]
    ]
    whole = {
        "bomFormat": "CycloneDX",
        "specVersion": bom["specVersion"],
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "buildos", "version": "0.1.0"},
            "tools": {"components": tools},
        },
        "components": parts,
    }
    (ROOT / "docs" / "sbom.json").write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
    print(f"docs/sbom.json lists {len(parts)} parts.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
