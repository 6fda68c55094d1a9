"""What each folder of src/ may include: other folders by src/architecture.txt, foreign headers and
calls by the table below."""
import re
import unittest

import tree

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')

# Foreign headers that stay behind one folder: (pattern, where allowed, why).
FOREIGN_HEADERS = [
    (r"duckdb[./]", r"engine/", "DuckDB's classes are not a stable interface"),
    (r"(grpc|grpcpp|spark/connect|google/protobuf)/", r"connect/", "the wire stays at the door"),
    (r"arrow/", r"engine/|(session|connect)/.*\.cc$", "Arrow's headers are slow to compile"),
    (r"sqlite3\.h", r"meta/", "one thin database interface"),
    (r"unicode/", r"engine/", "collation and case are kernels"),
]

# Calls that a simulation replaces or that one folder does for all: (pattern, where allowed, why).
CALLS = [
    (r"system_clock\s*::\s*now|\bgettimeofday\s*\(|\bCLOCK_REALTIME\b|(?<![\w:.>])(std)?::time\s*\(",
     r"base/", "the clock comes from base/"),
    (r"random_device|\bgetrandom\s*\(|/dev/u?random", r"base/", "randomness comes from base/"),
    (r"(?<![\w.>])v?fork\s*\(|\bposix_spawnp?\s*\(|(?<![\w.>])(popen|system)\s*\(",
     r"base/", "processes are launched by base/"),
]


class Includes(unittest.TestCase):
    def setUp(self):
        self.allowed = tree.allowed_includes()

    def test_list_is_acyclic(self):
        """A folder names only folders above it."""
        above = set()
        for folder, others in self.allowed.items():
            self.assertLessEqual(set(others), above, f"{folder} may include only folders above it")
            above.add(folder)

    def test_every_folder_is_listed(self):
        self.assertLessEqual({folder for folder, _ in tree.source_files()}, set(self.allowed))

    def test_folders_include_only_what_the_list_allows(self):
        wrong = []
        for folder, path in tree.source_files():
            for number, line in enumerate(path.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                if not match or match[1] != '"':
                    continue
                other = match[2].split("/")[0]
                if other in self.allowed and other not in [folder, *self.allowed[folder]]:
                    wrong.append(f"{tree.name(path)}:{number}: {folder} may not include {match[2]}")
        self.assertEqual([], wrong, "\n" + "\n".join(wrong))

    def test_includes_are_full_paths(self):
        generated = {"base/version.h"}
        wrong = []
        for _, path in tree.source_files():
            for number, line in enumerate(path.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                if not match or match[1] != '"':
                    continue
                ours = match[2].split("/")[0] in self.allowed or "/" not in match[2]
                if ours and match[2] not in generated and not (tree.SOURCE / match[2]).exists() \
                        and not re.match(FOREIGN_HEADERS[0][0], match[2]):
                    wrong.append(f"{tree.name(path)}:{number}: {match[2]} is not a path from src/")
        self.assertEqual([], wrong, "\n" + "\n".join(wrong))

    def test_foreign_headers_stay_behind_their_folders(self):
        wrong = []
        for _, path in tree.source_files():
            inside = str(path.relative_to(tree.SOURCE))
            for number, line in enumerate(path.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                for pattern, where, why in FOREIGN_HEADERS if match else []:
                    if re.match(pattern, match[2]) and not re.match(where, inside):
                        wrong.append(f"{tree.name(path)}:{number}: {match[2]} ({why})")
        self.assertEqual([], wrong, "\n" + "\n".join(wrong))

    def test_clock_randomness_and_processes_come_from_base(self):
        wrong = []
        for _, path in tree.source_files():
            inside = str(path.relative_to(tree.SOURCE))
            if "/tests/" in inside:
                continue
            for number, line in tree.code_lines(path):
                for pattern, where, why in CALLS:
                    if re.search(pattern, line) and not re.match(where, inside):
                        wrong.append(f"{tree.name(path)}:{number}: {line.strip()} ({why})")
        self.assertEqual([], wrong, "\n" + "\n".join(wrong))
