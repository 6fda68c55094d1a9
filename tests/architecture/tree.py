"""The project's files, and its list of allowed includes, as the checks of this folder see them."""
import os
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src"
NOT_OURS = {".git", ".deps", "build", "__pycache__", ".pytest_cache", "node_modules", ".cache"}


def project_files():
    """Every file of the tree that is ours; works without git."""
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = sorted(s for s in subfolders if s not in NOT_OURS)
        for name in sorted(names):
            path = pathlib.Path(folder, name)
            if path.is_file() and not path.is_symlink() and name not in NOT_OURS:
                yield path


def source_files():
    """C++ files of src/, as (folder, path)."""
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix in (".h", ".cc") and len(path.relative_to(SOURCE).parts) > 1:
            yield path.relative_to(SOURCE).parts[0], path


def name(path: pathlib.Path) -> str:
    return str(path.relative_to(ROOT))


def allowed_includes() -> dict[str, list[str]]:
    """Folder to the folders it may include, in the order of src/architecture.txt."""
    allowed: dict[str, list[str]] = {}
    for line in (SOURCE / "architecture.txt").read_text().splitlines():
        if match := re.fullmatch(r"([a-z]+):(.*)", line):
            folders = match[2].split()
            allowed[match[1]] = list(allowed) if folders == ["*"] else folders
    return allowed


def code_lines(path: pathlib.Path):
    """Lines with their numbers, from 1, without comments at their ends."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        yield number, re.sub(r"(^|\s)//.*", "", line)
