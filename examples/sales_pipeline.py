"""A sales pipeline as a team would write it for Databricks; nothing in it knows which server it runs on.

    SPARK_REMOTE=sc://localhost:15002 python examples/sales_pipeline.py

It reads `/mnt/raw/sales.csv` (order_id,order_date,region,product,sales), lands it as Delta, keeps the large sales and
hands them to the next team as Parquet. A CSV file without a schema gives strings: `sales > 1000` compares numbers all
the same.
"""
from pyspark.sql import SparkSession, functions as F

RAW = "/mnt/raw/sales.csv"
LANDED = "/mnt/sales/landed"
LARGE = "/mnt/sales/large"
EXPORT = "/mnt/export/large_sales"


def land(spark):
    """Read the CSV file, write it as Delta"""
    sales = spark.read.option("header", True).csv(RAW)
    sales.write.format("delta").mode("overwrite").save(LANDED)
    return f"{spark.read.format('delta').load(LANDED).count():,} sales"


def keep_large(spark):
    """Read it back, keep sales over 1000, write Delta"""
    landed = spark.read.format("delta").load(LANDED)
    large = landed.filter(F.col("sales") > 1000)
    large.write.format("delta").mode("overwrite").save(LARGE)
    return f"{spark.read.format('delta').load(LARGE).count():,} sales"


def export(spark):
    """Write the large sales as Parquet"""
    large = spark.read.format("delta").load(LARGE)
    large.write.mode("overwrite").parquet(EXPORT)
    return f"{spark.read.parquet(EXPORT).count():,} sales"


def summarize(spark):
    """Sum them by region"""
    totals = (spark.read.parquet(EXPORT)
              .groupBy("region")
              .agg(F.count("*").alias("orders"), F.sum(F.col("sales").cast("bigint")).alias("total"))
              .orderBy(F.desc("total")))
    return "\n".join(f"{row.region}: {row.orders:,} orders, {row.total:,}" for row in totals.collect())


STEPS = [land, keep_large, export, summarize]

if __name__ == "__main__":
    session = SparkSession.builder.getOrCreate()
    for step in STEPS:
        print(f"{step.__doc__}: {step(session)}")
