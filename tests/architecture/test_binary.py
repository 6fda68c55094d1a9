"""What holds for the built server: where it finds its libraries, and that no two of them define the
same symbol."""
import collections
import pathlib
import re
import subprocess
import tempfile
import unittest

import tree

BUILD = tree.ROOT / "build/release"
SERVER = BUILD / "bin/lochan"
KNOWN_CLASHES = pathlib.Path(__file__).with_name("known_symbol_clashes.txt")

# The C and C++ runtime, which shares symbols among its own parts by design.
RUNTIME = re.compile(r"/(ld-linux|lib(c|m|dl|rt|pthread|resolv|gcc_s|stdc\+\+|nss_\w+))[.-]")


def output(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def loaded_libraries(binary: pathlib.Path) -> dict[str, str]:
    """Name to path of all that the loader maps for a binary."""
    return dict(re.findall(r"^\s*(\S+) => (\S+) \(", output("ldd", str(binary)), re.M))


def strong_symbols(library: str) -> set[str]:
    """Global symbols that a library defines, without weak and unique ones: the linker folds those."""
    found = set()
    for line in output("nm", "-D", "--defined-only", "--format=posix", library).splitlines():
        symbol, kind = line.split()[:2]
        if kind in "TDBRGSC":
            found.add(symbol.split("@")[0])
    return found


def known_clashes() -> list[tuple[set[str], re.Pattern]]:
    known = []
    for line in KNOWN_CLASHES.read_text().splitlines():
        if line and not line.startswith("#"):
            one, other, pattern, _ = line.split(maxsplit=3)
            known.append(({one, other}, re.compile(pattern)))
    return known


class Binary(unittest.TestCase):
    def test_libraries_are_found_beside_the_binary(self):
        dynamic = output("readelf", "-d", str(SERVER))
        self.assertEqual(["$ORIGIN/../lib"], re.findall(r"\((?:RUNPATH|RPATH)\).*\[(.*)\]", dynamic))
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
        self.assertEqual([], [n for n in needed if "/" in n])

    def test_installed_server_stands_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            output("cmake", "--install", str(BUILD), "--prefix", folder)
            server = pathlib.Path(folder, "bin/lochan")
            ours = {path.name for path in pathlib.Path(folder, "lib").iterdir()}
            self.assertIn("libduckdb.so", ours)
            for name, path in loaded_libraries(server).items():
                inside = pathlib.Path(path).resolve().is_relative_to(pathlib.Path(folder).resolve())
                self.assertEqual(name in ours, inside, f"{name} comes from {path}")
            said = subprocess.run([server, "version"], env={}, stdout=subprocess.PIPE, text=True)
            self.assertEqual(0, said.returncode)
            version = re.search(r"VERSION (\S+)", (tree.ROOT / "CMakeLists.txt").read_text()
                                .split("project(")[1])[1]
            self.assertIn(version, said.stdout)

    def test_no_library_that_brings_its_own_openssl(self):
        """libparquet exports a whole OpenSSL; libarrow_dataset and libarrow_python load it."""
        wrong = [n for n in loaded_libraries(SERVER) if re.match(r"lib(parquet|arrow_(dataset|python))", n)]
        self.assertEqual([], wrong)

    def test_no_two_libraries_define_the_same_symbol(self):
        definers = collections.defaultdict(list)
        for name, path in {"lochan": str(SERVER), **loaded_libraries(SERVER)}.items():
            if not RUNTIME.search(path):
                for symbol in strong_symbols(path):
                    definers[symbol].append(re.sub(r"\.so.*", "", name))
        known = known_clashes()
        clashes = collections.defaultdict(list)
        for symbol, libraries in definers.items():
            for other in libraries[1:]:
                pair = {libraries[0], other}
                if not any(pair == libs and pattern.fullmatch(symbol) for libs, pattern in known):
                    clashes[" and ".join(sorted(pair))].append(symbol)
        text = "\n".join(f"{pair}: {len(symbols)}: {sorted(symbols)[:10]}"
                         for pair, symbols in clashes.items())
        self.assertEqual({}, dict(clashes), "defined twice:\n" + text[:4000])


if __name__ == "__main__":
    unittest.main()
