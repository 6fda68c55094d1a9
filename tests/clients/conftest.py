"""What tests of clients share."""
import os

import pytest
from pyspark.sql import SparkSession


@pytest.fixture(scope="module")
def spark():
    """A session of its own for each module, on the server that is to be tested."""
    session = SparkSession.builder.remote(os.environ.get("LOCHAN_REMOTE", "sc://localhost:15002")).create()
    yield session
    session.stop()
