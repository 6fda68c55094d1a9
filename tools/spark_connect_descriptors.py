"""Writes the Spark Connect protocol as a FileDescriptorSet: spark_connect_descriptors.py OUT.

pyspark-client carries the protocol only as generated Python modules; their descriptors are complete,
and protoc compiles C++ from them (--descriptor_set_in).
"""
import importlib
import sys

from google.protobuf import descriptor_pb2

MODULES = ["base", "catalog", "commands", "common", "expressions", "ml", "ml_common", "pipelines",
           "relations", "types"]


def main() -> None:
    files = descriptor_pb2.FileDescriptorSet()
    added = set()

    def add(file) -> None:
        """Adds a file after those that it imports, as protoc wants them."""
        if file.name in added:
            return
        added.add(file.name)
        for dependency in file.dependencies:
            add(dependency)
        file.CopyToProto(files.file.add())

    for name in MODULES:
        add(importlib.import_module(f"pyspark.sql.connect.proto.{name}_pb2").DESCRIPTOR)
    with open(sys.argv[1], "wb") as out:
        out.write(files.SerializeToString())


if __name__ == "__main__":
    main()
