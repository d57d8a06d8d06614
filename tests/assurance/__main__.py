"""`make assurance`: writes docs/assurance.md from a run of the tests that the claims name, and of nothing else.

`python -m tests.assurance RUN.xml` takes the JUnit file of a run that was made already, such as that of CI.
"""

import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

from buildos_app.settings import ROOT
from tests.assurance.claims import Claim, read_claims

REPORT = ROOT / "docs" / "assurance.md"
ASVS = "ASVS 5.0, level 2"
COUNTS = ("faults", "lost", "doubled", "hostile_inputs", "executed")
HEAD = """# Assurance

Written by `make assurance` from a run of the tests, on {when}; never by hand. The threats are in
[threat-model.md](threat-model.md), the parts in [sbom.json](sbom.json), the claims in `tests/assurance/claims.txt`.

**{faults} faults injected, {lost} lost, {doubled} doubled; {hostile_inputs} hostile inputs, {executed} executed;
ASVS level 2: {met} of {scope} items in scope met.** {tests} tests were run for this, {failed} failed.
"""


class Run:
    """What a JUnit file says: the outcome of each test, and what the tests counted."""

    def __init__(self, file: Path) -> None:
        self.outcomes: dict[str, list[bool]] = defaultdict(list)
        self.counts = dict.fromkeys(COUNTS, 0)
        root = ElementTree.parse(file).getroot()
        self.when = next(root.iter("testsuite")).get("timestamp", "")[:10]
        for case in root.iter("testcase"):
            path = "/".join(case.get("classname", "").split(".")[1:]) + ".py"
            good = all(case.find(bad) is None for bad in ("failure", "error", "skipped"))
            name = case.get("name", "").partition("[")[0]
            for key in (f"{path}::{name}", f"{path}::*"):
                self.outcomes[key].append(good)
            for counted in case.iter("property"):
                if counted.get("name") in self.counts:
                    self.counts[str(counted.get("name"))] += int(counted.get("value", "0"))

    def is_met(self, claim: Claim) -> bool:
        """Did every test of this claim run and pass?"""
        return bool(claim.tests) and all(self.outcomes[test] and all(self.outcomes[test]) for test in claim.tests)


def report(run: Run) -> str:
    """The whole page."""
    claims = read_claims()
    asvs = [(item, claim) for claim in claims if claim.section == ASVS for item in claim.items]
    singles = [good for key, goods in run.outcomes.items() if not key.endswith("::*") for good in goods]
    figures = {"met": sum(run.is_met(claim) for _, claim in asvs), "scope": len(asvs), "tests": len(singles)}
    lines = [HEAD.format(when=run.when, failed=singles.count(False), **figures, **run.counts)]
    for section in dict.fromkeys(claim.section for claim in claims):
        lines += [f"\n## {section}\n", "| item | claim | | shown by |", "|---|---|---|---|"]
        lines += [row(claim, run) for claim in claims if claim.section == section]
    return "\n".join(lines) + "\n"


def row(claim: Claim, run: Run) -> str:
    """A line of the table."""
    state = "open" if not claim.tests else "yes" if run.is_met(claim) else "NO"
    shown = "<br>".join(f"`{test}`" for test in claim.tests)
    return f"| {', '.join(claim.items)} | {claim.words} | {state} | {shown} |"


def main() -> int:
    """0 when every claim that has a test is shown."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "run.xml"
        if len(sys.argv) == 1:
            tests = sorted({f"tests/{test.removesuffix('::*')}" for claim in read_claims() for test in claim.tests})
            command = ["-m", "pytest", "-q", "--numprocesses=2", "--no-loadscope-reorder", f"--junitxml={file}", *tests]
            subprocess.run([sys.executable, *command], cwd=ROOT, check=False)
        run = Run(file)
    REPORT.write_text(report(run))
    print(f"{REPORT} is written.")
    return 0 if all(run.is_met(claim) for claim in read_claims() if claim.tests) else 1


if __name__ == "__main__":
    sys.exit(main())
