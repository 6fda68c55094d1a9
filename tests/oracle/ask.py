"""Puts the cases of a test file to a server through the unmodified PySpark client."""
import logging
from collections.abc import Iterator

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.connect.client.retries import DefaultPolicy
from pyspark.sql.types import BinaryType

from test_file import Answer, Case, TestFile, escape

# The client logs each error of a server, with its stack; here errors are expected.
logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
logging.getLogger("pyspark").setLevel(logging.CRITICAL)


def quiet_session(remote: str) -> SparkSession:
    """A new session, which soon notices a dead server."""
    spark = SparkSession.builder.remote(remote).create()
    spark.client.set_retry_policies([DefaultPolicy(max_retries=2)])
    return spark


def answer_of(frame: DataFrame) -> Answer:
    schema = frame.schema
    if not schema.fields:
        frame.collect()
        return Answer(types=schema.simpleString())
    names = [f"c{i}" for i in range(len(schema.fields))]
    texts = [F.hex(name) if field.dataType == BinaryType() else F.col(name).cast("string")
             for name, field in zip(names, schema.fields)]
    rows = frame.toDF(*names).select(*texts).collect()
    return Answer(schema.simpleString(), ["\t".join(map(escape, row)) for row in rows])


def error_answer(error: PySparkException) -> Answer:
    condition = error.getCondition()
    if condition is None:
        return Answer(error=f"- {type(error).__name__}")
    return Answer(error=f"{condition} {error.getSqlState() or '-'}",
                  parameters=error.getMessageParameters() or {})


def ask(spark: SparkSession, statement: str) -> Answer:
    try:
        return answer_of(spark.sql(statement))
    except PySparkException as error:
        return error_answer(error)


def ask_case(spark: SparkSession, case: Case, settings: dict[str, str]) -> Answer:
    changed = {**settings, **case.settings}
    for key in case.settings:
        spark.conf.set(key, changed[key])
    try:
        return ask(spark, case.statement)
    finally:
        for key in case.settings:
            if key in settings:
                spark.conf.set(key, settings[key])
            else:
                spark.conf.unset(key)


def ask_file(remote: str, file: TestFile, chosen=lambda case: True) -> Iterator[tuple[Case, Answer]]:
    """The cases for which `chosen`, and what the server says to each: in order, in a new session."""
    spark = quiet_session(remote)
    try:
        for key, value in file.settings.items():
            spark.conf.set(key, value)
        for case in file.cases:
            if chosen(case):
                yield case, ask_case(spark, case, file.settings)
    finally:
        spark.stop()
