// A program with one data race, beside the prebuilt libraries. The race detector must report it:
// the settings that quiet libraries built without the detector would otherwise be free to quiet
// everything.
#include <cstdio>
#include <thread>

#include "arrow/util/config.h"
#include "duckdb/main/connection.hpp"
#include "duckdb/main/database.hpp"

namespace {

int counter = 0;

}  // namespace

int main() {
  duckdb::DuckDB database(nullptr);
  duckdb::Connection connection(database);
  connection.Query("SELECT sum(i) FROM range(1000000) t(i)");
  std::thread other([] { ++counter; });
  ++counter;
  other.join();
  std::printf("counted to %d beside Arrow %s\n", counter, ARROW_VERSION_STRING);
}
