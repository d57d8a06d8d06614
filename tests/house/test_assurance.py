"""What docs/assurance.md claims is shown by tests that there are, and the list of parts is that of the locks."""

import json
import re

import pytest

from buildos_app.settings import ROOT
from tests.assurance.claims import Claim, read_claims

CLAIMS = read_claims()


@pytest.mark.parametrize("claim", [claim for claim in CLAIMS if claim.tests], ids=lambda claim: claim.items[0])
def test_every_claim_names_tests_that_there_are(claim: Claim) -> None:
    for test in claim.tests:
        path, name = test.split("::")
        source = (ROOT / "tests" / path).read_text()
        assert name == "*" or re.search(rf"^(async )?def {name}\(", source, re.MULTILINE), test


def test_no_item_is_claimed_twice_in_a_section() -> None:
    items = [(claim.section, item) for claim in CLAIMS for item in claim.items]

    assert len(items) == len(set(items))


def test_the_report_has_every_claim() -> None:
    report = (ROOT / "docs" / "assurance.md").read_text()

    assert [claim.words for claim in CLAIMS if claim.words not in report] == [], "run make assurance"


def test_the_list_of_parts_is_that_of_the_locks() -> None:
    parts = json.loads((ROOT / "docs" / "sbom.json").read_text())["components"]
    listed = {(part["purl"].split("/")[0], part["name"].lower(), part["version"]) for part in parts}
    lock = re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    browser = json.loads((ROOT / "reflex.lock" / "package-lock.json").read_text())["packages"]

    wanted = {("pkg:pypi", name.lower(), version) for name, version in lock}
    wanted |= {
        ("pkg:npm", path.rpartition("node_modules/")[2].lower(), one["version"])
        for path, one in browser.items()
        if path
    }
    assert listed == wanted, "run make sbom"
