"""The text format of tests/sql/**/*.test: statements, and what a real Spark answers to them.

    # Comment lines, before the first case.
    set spark.sql.session.timeZone=UTC        settings of the whole file
    spark 4.2.0 7d31ee2f...                   which Spark answered; written by tests/oracle/record

    ==== 1                                    a case and its name; `record` numbers those without one
    ---- set spark.sql.ansi.enabled=false     settings of this case only
    SELECT 1 / 0 AS a
    ---- types
    struct<a:double>
    ---- rows                                 `rows sorted` when the statement has no order
    NULL

    ==== 2
    SELECT 1 / 0
    ---- error DIVIDE_BY_ZERO 22012
    {"config": "\"spark.sql.ansi.enabled\""}

The cases of a file run in their order in one session. A row is a line, its values are separated by
tabs and each is what `CAST(... AS STRING)` gives (`hex` for binary), with these escapes: `NULL` is
the null and `\\NULL` that string, `\\e` the empty string, `\\s` a space at an end, `\\t`, `\\n`, `\\r`,
`\\\\`, and `\\u{hex}` for other control characters.
"""
import json
import pathlib
import re
from dataclasses import dataclass, field


@dataclass
class Answer:
    """What a server says: types and rows, or an error."""

    types: str = ""
    rows: list[str] = field(default_factory=list)
    error: str = ""  # "CONDITION SQLSTATE"
    parameters: dict[str, str] = field(default_factory=dict)
    wrote: list[str] | None = None  # files, for data_file.py

    def lines(self, ordered: bool) -> list[str]:
        if self.error:
            return [f"---- error {self.error}",
                    json.dumps(self.parameters, sort_keys=True, ensure_ascii=False)]
        if self.wrote is not None:
            return ["---- wrote", *self.wrote]
        types = self.types.replace("\n", "\\n")
        if ordered:
            return ["---- types", types, "---- rows", *self.rows]
        return ["---- types", types, "---- rows sorted", *sorted(self.rows)]


@dataclass
class Case:
    name: str
    statement: str
    settings: dict[str, str] = field(default_factory=dict)
    answer: Answer | None = None

    @property
    def ordered(self) -> bool:
        """Whether the order of the rows says something: the statement's own ORDER BY comes last."""
        return bool(re.search(r"\border\s+by\b[^)]*(\([^()]*\)[^()]*)*$", self.statement, re.I))


@dataclass
class TestFile:
    comments: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    spark: str = ""
    cases: list[Case] = field(default_factory=list)


def escape(value: str | None) -> str:
    if value is None:
        return "NULL"
    if value == "":
        return "\\e"
    if value == "NULL":
        return "\\NULL"
    text = value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    text = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", lambda m: f"\\u{{{ord(m[0]):x}}}", text)
    return re.sub(r"^ | $", r"\\s", text)


def setting(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key.strip(), value.strip()


def parse(text: str) -> TestFile:
    head, *blocks = re.split(r"^====", text, flags=re.M)
    file = TestFile()
    for line in head.splitlines():
        if line.startswith("#"):
            file.comments.append(line)
        elif line.startswith("set "):
            key, value = setting(line[4:])
            file.settings[key] = value
        elif line.startswith("spark "):
            file.spark = line[6:]
        elif line:
            raise ValueError(f"not a comment, a setting or a version: {line}")
    file.cases = [parse_case(block) for block in blocks]
    names = [case.name for case in file.cases if case.name]
    if len(names) != len(set(names)):
        raise ValueError("two cases with one name")
    return file


def parse_case(block: str) -> Case:
    name, _, body = block.partition("\n")
    case = Case(name.strip(), "")
    part, parts = "statement", {"statement": []}
    for line in body.split("\n"):
        if line.startswith("---- set "):
            key, value = setting(line[9:])
            case.settings[key] = value
        elif line.startswith("---- "):
            part = line[5:]
            parts[part] = []
        else:
            parts[part].append(line)
    case.statement = "\n".join(parts.pop("statement")).strip("\n")
    case.answer = parse_answer(parts)
    return case


def parse_answer(parts: dict[str, list[str]]) -> Answer | None:
    """What stands below `types`, `rows`, `error ...`, `wrote`; None if nothing does."""
    answer = Answer() if parts else None
    for part, lines in parts.items():
        lines = [line for line in lines if line]
        if part == "types":
            answer.types = "\n".join(lines)  # a name may hold a line break
        elif part in ("rows", "rows sorted"):
            answer.rows = lines
        elif part == "wrote":
            answer.wrote = lines
        elif part.startswith("error "):
            answer.error = part[6:]
            answer.parameters = json.loads("\n".join(lines))
        else:
            raise ValueError(f"not a part of a case: {part}")
    return answer


def print_file(file: TestFile) -> str:
    """The file's text; cases without a name get the next number."""
    lines = list(file.comments)
    lines += [f"set {key}={value}" for key, value in file.settings.items()]
    if file.spark:
        lines.append(f"spark {file.spark}")
    number = max((int(c.name) for c in file.cases if c.name.isdigit()), default=0)
    for case in file.cases:
        if not case.name:
            number += 1
            case.name = str(number)
        lines += ["", f"==== {case.name}"]
        lines += [f"---- set {key}={value}" for key, value in case.settings.items()]
        lines.append(case.statement)
        if case.answer:
            lines += case.answer.lines(case.ordered)
    return "\n".join(lines) + "\n"


def read(path: pathlib.Path) -> TestFile:
    try:
        return parse(path.read_text())
    except (ValueError, IndexError) as error:
        raise ValueError(f"{path}: {error}") from error
