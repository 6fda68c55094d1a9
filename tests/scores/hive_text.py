"""Rows as Spark's golden files print them: Hive's text, with tabs between columns."""
import decimal
import math

import numpy
from pyspark.sql import types as T


def floating(value: float, single: bool = False) -> str:
    """Java's Float.toString and Double.toString."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0.0" if math.copysign(1, value) < 0 else "0.0"
    shortest = numpy.format_float_scientific(numpy.float32(value), trim="0") if single else repr(value)
    number = decimal.Decimal(shortest).normalize()
    exponent = number.adjusted()
    if -3 <= exponent < 7:
        plain = format(number, "f")
        return plain if "." in plain else plain + ".0"
    sign, digits, _ = number.as_tuple()
    first, *rest = map(str, digits)
    return f"{'-' if sign else ''}{first}.{''.join(rest) or '0'}E{exponent}"


def timestamp(value) -> str:
    text = f"{value.year:04d}-{value.month:02d}-{value.day:02d} {value:%H:%M:%S}"
    return f"{text}.{value.microsecond:06d}".rstrip("0") if value.microsecond else text


def day_time(value) -> str:
    """D HH:MM:SS.nnnnnnnnn"""
    micros = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    seconds, fraction = divmod(abs(micros), 1_000_000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    sign = "-" if micros < 0 else ""
    return f"{sign}{day} {hour:02d}:{minute:02d}:{second:02d}.{fraction * 1000:09d}"


SCALARS = {
    T.BooleanType: lambda value: "true" if value else "false",
    T.FloatType: lambda value: floating(value, single=True),
    T.DoubleType: floating,
    T.DecimalType: lambda value: format(value, "f"),
    T.TimestampType: timestamp,
    T.TimestampNTZType: timestamp,
    T.DayTimeIntervalType: day_time,
    T.BinaryType: lambda value: bytes(value).decode("utf8", "replace"),
}


def hive_value(value, kind: T.DataType, nested: bool = True) -> str:
    if value is None:
        return "null" if nested else "NULL"
    if isinstance(kind, T.StringType):
        return f'"{value}"' if nested else value
    if isinstance(kind, T.ArrayType):
        return "[" + ",".join(hive_value(v, kind.elementType) for v in value) + "]"
    if isinstance(kind, T.MapType):
        pairs = (f"{hive_value(k, kind.keyType)}:{hive_value(v, kind.valueType)}" for k, v in value.items())
        return "{" + ",".join(sorted(pairs)) + "}"
    if isinstance(kind, T.StructType):
        fields = (f'"{f.name}":{hive_value(v, f.dataType)}' for f, v in zip(kind.fields, value))
        return "{" + ",".join(fields) + "}"
    return SCALARS.get(type(kind), str)(value)


def hive_row(row, schema: T.StructType) -> str:
    return "\t".join(hive_value(value, field.dataType, nested=False)
                     for value, field in zip(row, schema.fields))
