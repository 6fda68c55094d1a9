"""What holds for every file of the tree: documentation of folders, words and paths that stay out."""
import re
import unittest

import tree

TEXT = {".h", ".cc", ".py", ".md", ".txt", ".cmake", ".json", ".test", ".toml", ".in", ".sh", ".yml", ""}
# Recorded or generated data may hold any words.
DATA = re.compile(r"^(LICENSE|tests/(sql|goldens|oracle|clients)/.*\.(json|test|txt))$")


class Tree(unittest.TestCase):
    def lines(self):
        for path in tree.project_files():
            if path.suffix in TEXT and not DATA.match(tree.name(path)):
                for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                    yield f"{tree.name(path)}:{number}", line

    def check_absent(self, pattern: str, why: str):
        here = tree.name(tree.pathlib.Path(__file__))
        wrong = [f"{place}: {line.strip()[:120]}" for place, line in self.lines()
                 if re.search(pattern, line) and not place.startswith(here)]
        self.assertEqual([], wrong, f"{why}:\n" + "\n".join(wrong))

    def test_every_folder_has_a_readme(self):
        folders = {folder for folder, _ in tree.source_files()}
        missing = sorted(f for f in folders if not (tree.SOURCE / f / "README.md").exists())
        self.assertEqual([], missing, "folders of src/ without a README.md")

    def test_no_unfinished_work(self):
        self.check_absent(r"\b(TODO|FIXME|HACK)\b|\bXXX:", "finish it or file an issue")

    def test_no_path_of_a_machine(self):
        self.check_absent(r"(?<![\w.~-])/(work|root|Users|home/[a-z]+)/\w", "a path outside the project")

    def test_no_class_with_a_name_that_says_nothing(self):
        self.check_absent(r"^\s*(class|struct) \w*(Manager|Utils?|Helpers?|Common)\b", "name what it is")

    def test_sources_have_a_median_length(self):
        """Long files hide; the tail is watched."""
        lengths = sorted(len(p.read_text().splitlines()) for _, p in tree.source_files()
                         if "/tests/" not in str(p))
        self.assertLess(lengths[len(lengths) // 2], 250, "median length of a source file")
        self.assertLess(lengths[len(lengths) * 95 // 100], 700, "95th percentile")
