"""What must hold of the source itself: sizes, the map, the chain of steps, one writer of credits, settings and refusals complete."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from staffetta.lib.errors import Refused

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "staffetta"
FILE_LINES_MAX, FUNCTION_LINES_MAX = 400, 70


def sources(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts)


def functions() -> Iterator[tuple[str, int]]:
    for path in sources(PACKAGE, ROOT / "tests", ROOT / "bench"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_files_and_functions_stay_short():
    files = {str(path.relative_to(ROOT)): path.read_text().count("\n") for path in sources(PACKAGE, ROOT / "tests", ROOT / "bench")}
    assert {name: lines for name, lines in files.items() if lines > FILE_LINES_MAX} == {}
    assert {name: lines for name, lines in functions() if lines > FUNCTION_LINES_MAX} == {}


def test_every_file_says_what_it_is_for():
    silent = [str(path) for path in sources(PACKAGE) if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def test_the_readmes_map_is_the_tree():
    captions = re.findall(r"^\| `(\w+)/` \| (.+) \|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    folders = [path.name for path in sorted(PACKAGE.iterdir()) if path.is_dir() and path.name != "__pycache__"]
    assert sorted(name for name, _ in captions) == folders
    assert all(len(caption) > 10 for _, caption in captions)


def test_the_steps_name_the_next_file_from_compose_to_archive():
    steps, name = [], "compose.py"
    while name:
        steps.append(name)
        docstring = ast.get_docstring(ast.parse((PACKAGE / "messaging" / name).read_text())) or ""
        following = re.search(r"^Next: (\w+\.py)$", docstring, re.MULTILINE)
        name = following[1] if following else ""
    assert steps == [f"{step}.py" for step in ("compose", "accept", "expand", "claim", "outcome", "receipt", "settle", "archive")]
    told = (ROOT / "docs" / "life-of-a-message.md").read_text()
    assert [step for step in steps if f"`{step}`" not in told] == []


def test_only_the_ledger_writes_credits():
    writing = re.compile(
        r"(?:UPDATE|INSERT INTO|DELETE FROM)\s+billing_(?:wallet|hold|entry)\b"
        r"|\b(?:Wallet|Hold|Entry)\.objects\.(?:create|bulk_create|get_or_create|update_or_create|filter\([^)]*\)\.(?:update|delete))"
    )
    writers = [path.name for path in sources(PACKAGE) if writing.search(path.read_text())]
    assert writers == ["ledger.py"]


def test_every_setting_is_in_the_example():
    read = {name for path in sources(PACKAGE) for name in re.findall(r'env\.(?:text|integer|flag)\(\s*"(\w+)"', path.read_text())}
    example = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert example == read


def refusals(base: type[Refused] = Refused) -> Iterator[type[Refused]]:
    for each in base.__subclasses__():
        yield each
        yield from refusals(each)


@pytest.mark.parametrize("name", ["accounts", "billing", "carriers", "contacts", "messaging", "campaigns", "lookup", "webhooks"])
def test_the_tree_of_refusals_is_drawn(name):
    text = (PACKAGE / name / "errors.py").read_text()
    drawn = ast.get_docstring(ast.parse(text)) or ""
    assert [each.__name__ for each in refusals() if each.__module__ == f"staffetta.{name}.errors" and each.__name__ not in drawn] == []


def test_every_refusal_has_a_code_of_its_own_and_a_whole_sentence():
    leaves = [each for each in refusals() if not each.__subclasses__()]
    codes = [each.code for each in leaves]
    assert len(set(codes)) == len(codes)
    assert [each.__name__ for each in leaves if not re.search(r"[.:!]$|%\(why\)s$", str(each.message))] == []


def test_documents_name_no_path_of_a_machine_and_only_files_that_exist():
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        text = document.read_text()
        assert not re.findall(r"/(?:root|home|work|tmp)/\w+", text), document
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert (document.parent / link).exists(), f"{document.name} points to {link}"
        for target in re.findall(r"`make ([a-z-]+)", text):
            makefile = (ROOT / "Makefile").read_text()
            known = re.search(rf"^{target}:", makefile, re.MULTILINE) or (ROOT / "bench" / f"{target.removeprefix('bench-')}.py").exists()
            assert known, f"{document.name} names `make {target}`"
