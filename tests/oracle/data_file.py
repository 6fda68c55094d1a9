"""The text format of tests/files/*.test: files, how they are read or written, and what a real Spark makes of it.

    # Comment lines, before the first case.
    set spark.sql.session.timeZone=UTC          settings of the whole file
    spark 4.2.0 7d31ee2f...                     which Spark answered; written by tests/oracle/record

    ==== a case's name
    ---- file a.csv                             a file of the case's folder, by its bytes
    a,b\\r
    1,caf\\xe9\\c
    ---- make parquet p=1 {"compression": "gzip"}       a folder written from a statement, before reading
    SELECT 1 AS a
    ---- schema a INT, b STRING                 of the reader, if it is given one
    ---- select a, b AS c                       what is asked of what was read, if not everything
    ---- read csv {"header": "true"} *.csv      format, options, and a path below the folder (default: the folder)
    ---- types
    struct<a:int,b:string>
    ---- rows
    1	x

    ==== a writing
    ---- write csv {"header": "true"} by p      format, options, columns of the partitioning
    SELECT 1 AS a, 2 AS p
    ---- wrote
    p=2/part-00000-UUID.c000.csv	a\\n1\\n

Lines of a file end in a newline, but for one that ends in `\\c`; `\\r`, `\\t`, `\\xHH` and `\\\\` are bytes. Files whose
name ends in `.gz` are compressed. Rows and errors are as in test_file.py; `FOLDER` stands for the case's folder. What
was written is listed by name, with its text unless it is Parquet.
"""
import gzip
import json
import pathlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from ask import answer_of, error_answer, quiet_session
from test_file import Answer, TestFile, escape, parse_answer, setting


@dataclass
class DataCase:
    name: str
    lines: list[str] = field(default_factory=list)  # as in the file, without the answer
    files: dict[str, bytes] = field(default_factory=dict)
    made: list[tuple[str, str, dict, list[str], str]] = field(default_factory=list)
    schema: str = ""
    select: str = ""
    read: tuple[str, dict, str] | None = None
    write: tuple[str, dict, list[str], str] | None = None
    answer: Answer | None = None

    @property
    def ordered(self) -> bool:
        return len(self.files) <= 1 and not self.made


def parse_bytes(lines: list[str]) -> bytes:
    named = {"r": b"\r", "t": b"\t", "\\": b"\\", "c": b""}

    def replace(match: re.Match) -> bytes:
        code = match[1].decode()
        return named[code] if code in named else bytes([int(code[1:], 16)])

    out = b""
    for line in lines:
        end = b"" if re.search(r"(?<!\\)(\\\\)*\\c$", line) else b"\n"
        out += re.sub(rb"\\(x[0-9a-f]{2}|[rtc\\])", replace, line.encode()) + end
    return out


def head_with_options(text: str) -> tuple[str, dict, str]:
    before, brace, rest = text.partition("{")
    if not brace:
        return before.strip(), {}, ""
    options, end = json.JSONDecoder().raw_decode("{" + rest)
    return before.strip(), options, ("{" + rest)[end:].strip()


def columns(text: str) -> list[str]:
    return [name.strip() for name in text.removeprefix("by").split(",") if name.strip()]


def parse_case(block: str) -> DataCase:
    name, _, body = block.partition("\n")
    case = DataCase(name.strip())
    parts: list[tuple[str, list[str]]] = []
    for line in body.rstrip("\n").split("\n"):
        if line.startswith("---- "):
            parts.append((line[5:], []))
        elif parts:
            parts[-1][1].append(line)
    answer: dict[str, list[str]] = {}
    for head, lines in parts:
        kind, _, rest = head.partition(" ")
        text = "\n".join(lines)
        if kind in ("types", "rows", "error", "wrote"):
            answer[head] = lines
            continue
        case.lines += [f"---- {head}", *lines]
        if kind == "file":
            case.files[rest] = parse_bytes(lines)
        elif kind == "make":
            target, options, by = head_with_options(rest)
            form, _, path = target.partition(" ")
            case.made.append((form, path, options, columns(by), text))
        elif kind == "schema":
            case.schema = rest
        elif kind == "select":
            case.select = rest
        elif kind == "read":
            form, options, path = head_with_options(rest)
            case.read = (form, options, path)
        elif kind == "write":
            form, options, by = head_with_options(rest)
            case.write = (form, options, columns(by), text)
        else:
            raise ValueError(f"not a part of a case: {head}")
    case.answer = parse_answer(answer)
    return case


def read(path: pathlib.Path) -> TestFile:
    head, *blocks = re.split(r"^====", path.read_text(), flags=re.M)
    file = TestFile()
    for line in head.splitlines():
        if line.startswith("#"):
            file.comments.append(line)
        elif line.startswith("set "):
            key, value = setting(line[4:])
            file.settings[key] = value
        elif line.startswith("spark "):
            file.spark = line[6:]
    file.cases = [parse_case(block) for block in blocks]
    names = [case.name for case in file.cases]
    if len(names) != len(set(names)):
        raise ValueError(f"{path}: two cases with one name: {sorted(n for n in names if names.count(n) > 1)}")
    return file


def print_file(file: TestFile) -> str:
    lines = [*file.comments, *(f"set {key}={value}" for key, value in file.settings.items())]
    if file.spark:
        lines.append(f"spark {file.spark}")
    for case in file.cases:
        lines += ["", f"==== {case.name}", *case.lines]
        if case.answer:
            lines += case.answer.lines(case.ordered)
    return "\n".join(lines) + "\n"


def written(folder: pathlib.Path) -> list[str]:
    """The files of a folder that users see: names without what is random, and the text of text files."""
    out = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
        name = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID", str(path.relative_to(folder)))
        content = path.read_bytes()
        if name.endswith(".gz"):
            content = gzip.decompress(content)
        out.append(name if ".parquet" in name else f"{name}\t{escape(content.decode('latin-1'))}")
    return out


def reader(spark: SparkSession, case: DataCase, folder: pathlib.Path) -> DataFrame:
    form, options, path = case.read
    options = {key: value.replace("FOLDER", str(folder)) for key, value in options.items()}
    read = spark.read.format(form).options(**options)
    if case.schema:
        read = read.schema(case.schema)
    frame = read.load(f"{folder}/{path}" if path else str(folder))
    return frame.selectExpr(*re.split(r",\s*(?![^(]*\))", case.select)) if case.select else frame


def ask_case(spark: SparkSession, case: DataCase, folder: pathlib.Path) -> Answer:
    for name, content in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    for form, path, options, by, statement in case.made:
        spark.sql(statement).coalesce(1).write.format(form).options(**options).partitionBy(*by).mode("append").save(
            f"{folder}/{path}")
    try:
        if case.write:
            form, options, by, statement = case.write
            spark.sql(statement).coalesce(1).write.format(form).options(**options).partitionBy(*by).mode(
                "append").save(str(folder / "out"))
            return Answer(wrote=written(folder / "out"))
        return answer_of(reader(spark, case, folder))
    except PySparkException as error:
        return error_answer(error)


def masked(answer: Answer, folder: pathlib.Path) -> Answer:
    def mask(text: str) -> str:
        text = re.sub(r"part-\d{5}-[0-9a-f-]{36}", "part-UUID", text)
        return re.sub(rf"(file:/*)?/*{re.escape(str(folder).lstrip('/'))}", "FOLDER", text)
    answer.rows = [mask(row) for row in answer.rows]
    answer.parameters = {key: mask(value) for key, value in answer.parameters.items()}
    return answer


def ask_file(remote: str, file: TestFile, chosen=lambda case: True) -> Iterator[tuple[DataCase, Answer]]:
    """The cases for which `chosen`, and what the server says to each, in one new session."""
    spark = quiet_session(remote)
    try:
        for key, value in file.settings.items():
            spark.conf.set(key, value)
        for case in file.cases:
            if chosen(case):
                folder = pathlib.Path(tempfile.mkdtemp(prefix="files-"))
                folder.chmod(0o755)
                try:
                    yield case, masked(ask_case(spark, case, folder), folder)
                finally:
                    shutil.rmtree(folder)
    finally:
        spark.stop()
