"""What the documentation shows is run: the Python, the SQL and the commands of every page, in order, each page
against the server of these tests. Blocks marked ```python, ```sql and ```sh run; blocks without a mark are for a person."""
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(python|sql|sh)\n(.*?)^```$", re.M | re.S)
SERVER_IN_DOCS = "sc://localhost:15002"


def statements(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


@pytest.fixture
def spark():
    from pyspark.sql import SparkSession
    spark = SparkSession.builder.remote(os.environ["LOCHAN_REMOTE"]).create()
    # What pages take to be there.
    spark.createDataFrame([("north", "1200"), ("south", "800"), ("north", "2000")], "region string, sales string") \
        .write.mode("overwrite").option("header", True).csv("/mnt/raw/sales.csv")
    yield spark
    for row in spark.sql("SHOW TABLES IN default").collect():
        if not row.isTemporary:
            spark.sql(f"DROP TABLE default.`{row.tableName}`")
    spark.stop()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_snippets_run(page, spark, tmp_path):
    names = {}
    for language, text in BLOCK.findall(page.read_text()):
        if language == "python":
            text = text.replace(SERVER_IN_DOCS, os.environ["LOCHAN_REMOTE"]).replace("getOrCreate", "create")
            exec(compile(text, str(page), "exec"), names)
        elif language == "sql":
            for statement in statements(text):
                spark.sql(statement).collect()
        else:
            for line in text.splitlines():
                command = re.sub(r"^lochan (\w+)", rf"{os.environ['LOCHAN_SERVER']} \1 --home {tmp_path}/home", line)
                done = subprocess.run(command, shell=True, capture_output=True, text=True)
                assert done.returncode == 0, f"{line}\n{done.stderr}"
                assert done.stdout


def test_links_lead_somewhere():
    wrong = []
    for page in [*PAGES, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs/reference").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                wrong.append(f"{page.name}: {target}")
    assert wrong == []
