"""Who may import whom, and what no file may hold."""

import re
import subprocess
import sys

from buildos_app.settings import ROOT

SOURCES = [path for folder in ("buildos_app", "worker") for path in sorted((ROOT / folder).rglob("*.py"))]


def test_the_floors_of_the_house_are_kept() -> None:
    linter = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    result = subprocess.run(linter, cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout


def test_a_forbidden_import_breaks_the_contracts(tmp_path) -> None:
    """The contracts can fail: the same run over a copy in which a room imports Reflex."""
    for name in ("buildos_app", "worker", "pyproject.toml"):
        subprocess.run(["cp", "-r", ROOT / name, tmp_path / name], check=True)
    (tmp_path / "buildos_app" / "projects" / "leak.py").write_text("import reflex\nimport openai\n")
    linter = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as l; l()"
    result = subprocess.run([sys.executable, "-c", linter], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert result.returncode == 1
    assert "buildos_app.projects.leak -> reflex" in result.stdout


def test_no_radix_themes_component_is_used() -> None:
    themed = re.compile(r"\brx\.(box|flex|vstack|hstack|button|text|heading|card|dialog|input|select|theme)\b")

    assert [str(path) for path in SOURCES if themed.search(path.read_text())] == []


def test_markdown_has_one_door() -> None:
    """`rx.markdown` lets HTML through and `rx.html` is HTML: text that somebody wrote goes through `safe_markdown`."""
    raw = re.compile(r"\b(rx|reflex)\.(markdown|html)\b|dangerously|import markdown\b|components_markdown")

    assert [str(path) for path in SOURCES if raw.search(path.read_text()) and path.name != "markdown.py"] == []
    drawn = [*(ROOT / "assets" / "js").glob("*.js")]
    assert [str(path) for path in drawn if re.search(r"rehype-raw|dangerously|innerHTML", path.read_text())] == []


def test_telemetry_is_off() -> None:
    assert "telemetry_enabled=False" in (ROOT / "rxconfig.py").read_text()


def test_files_stay_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCES}

    assert {path: length for path, length in lengths.items() if length > 300} == {}
