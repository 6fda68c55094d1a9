"""TPC-H: its data, its 22 queries, and the rows that a real Spark answered, which lie in bench/tpch/sf<scale>/q<nn>.tsv.

A file of recorded rows begins with a line of columns, `name type` each, and has a line for each row, cells separated by
tabs, as Spark prints them. Where there are more rows than MOST_ROWS, a line `# N rows, sha256 of the sorted lines: ...`
stands in their place.
"""
import contextlib
import datetime
import decimal
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = pathlib.Path(os.environ.get("LOCHAN_DEPS", ROOT / ".deps")) / "bench"
RECORDED = ROOT / "bench/tpch"
TABLES = "customer lineitem nation orders part partsupp region supplier".split()
MOST_ROWS = 2000
MARK = "# {} rows, sha256 of the sorted lines: {}"


@contextlib.contextmanager
def made_once(folder: pathlib.Path):
    """For making `folder`: a temporary one that takes its place when the block ends well; None if it is there."""
    if folder.exists():
        yield None
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
        made = pathlib.Path(unfinished, folder.name)
        made.mkdir()
        yield made
        with contextlib.suppress(OSError):  # somebody else was faster
            made.rename(folder)


def connect():
    """DuckDB in process with its tpch extension, which makes the data and knows the queries."""
    import duckdb
    package = FOLDER / "python"
    with made_once(package) as unfinished:
        if unfinished:
            subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "--no-deps", "--target",
                            unfinished, "-r", ROOT / "bench/requirements.txt"], check=True)
    extension = next(package.glob("duckdb_extension_tpch/extensions/*/tpch.duckdb_extension"))
    connection = duckdb.connect()
    connection.execute(f"LOAD '{extension}'")
    return connection


def make_data(connection, scale: float) -> pathlib.Path:
    """The tables as Delta, made once; and as views of `connection` over the same Parquet files."""
    import deltalake
    folder = FOLDER / f"tpch-{scale:g}"
    with made_once(folder) as unfinished:
        if unfinished:
            print(f"making TPC-H data at scale {scale:g} ...", flush=True)
            connection.execute(f"CALL dbgen(sf = {scale})")
            for table in TABLES:
                deltalake.write_deltalake(f"{unfinished}/{table}", connection.execute(f"FROM {table}").to_arrow_table())
                connection.execute(f"DROP TABLE {table}")
    for table in TABLES:
        connection.execute(f"CREATE OR REPLACE VIEW {table} AS FROM '{folder}/{table}/*.parquet'")
    return folder


def queries(connection) -> list[str]:
    rows = connection.execute("SELECT query FROM tpch_queries() ORDER BY query_nr").fetchall()
    return [text.strip().rstrip(";") for text, in rows]


def recorded_file(scale: float, number: int) -> pathlib.Path:
    return RECORDED / f"sf{scale:g}" / f"q{number:02}.tsv"


def cell(value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def lines(schema, table) -> list[str]:
    """What a file of recorded rows says of these: `schema` is the DataFrame's, `table` its rows in Arrow."""
    header = "\t".join(f"{field.name} {field.dataType.simpleString()}" for field in schema.fields)
    columns = [column.to_pylist() for column in table.columns]
    return [header, *("\t".join(map(cell, row)) for row in zip(*columns))]


def shortened(text: list[str]) -> list[str]:
    if len(text) - 1 <= MOST_ROWS:
        return text
    digest = hashlib.sha256("\n".join(sorted(text[1:])).encode()).hexdigest()
    return [text[0], MARK.format(len(text) - 1, digest)]


def sort_keys(query: str, header: str) -> list[int]:
    """Which columns the query's last ORDER BY names: all of TPC-H's sort by columns of their output."""
    names = [column.split(" ")[0] for column in header.split("\t")]
    clause = re.search(r"ORDER BY((?:(?!ORDER BY).)*)$", query, re.DOTALL)
    words = re.findall(r"\w+", clause[1].split("LIMIT")[0]) if clause else []
    return [names.index(word) for word in words if word in names]


def difference(expected: list[str], query: str, actual: list[str]) -> str:
    """Empty when the rows are the recorded ones, each cell to the letter, in an order that the query allows."""
    if expected[0] != actual[0]:
        return f"columns {actual[0]!r}, not {expected[0]!r}"
    keys = sort_keys(query, actual[0])
    order = lambda text: [[row.split("\t")[key] for key in keys] for row in text[1:]]
    if len(expected) == 2 and expected[1].startswith("# "):
        mine = shortened(actual)
        return "" if mine[1:] == expected[1:] else f"{mine[1]}; recorded: {expected[1]}"
    if len(expected) != len(actual):
        return f"{len(actual) - 1} rows, not {len(expected) - 1}"
    if sorted(expected) != sorted(actual):
        row = next(i for i, pair in enumerate(zip(expected, actual)) if pair[0] != pair[1])
        return f"row {row} is {actual[row]!r}, not {expected[row]!r}"
    return "" if order(expected) == order(actual) else "the right rows in another order"
