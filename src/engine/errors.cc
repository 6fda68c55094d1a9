#include "engine/errors.h"

namespace lochan::engine {

Error translate(const duckdb::ErrorData& error) {
  const auto& text = error.RawMessage();
  if (auto own = Error::decode(text)) return *own;
  if (auto own = Error::decode(error.Message())) return *own;
  auto says = [&](std::string_view part) { return text.find(part) != std::string::npos; };
  if (says("More than one row returned by a subquery"))
    return Error("SCALAR_SUBQUERY_TOO_MANY_ROWS");
  if (says("Map keys must be unique"))
    return Error("DUPLICATED_MAP_KEY",
                 {{"key", "?"}, {"mapKeyDedupPolicy", "\"spark.sql.mapKeyDedupPolicy\""}});
  if (says("Map keys can not be NULL")) return Error("NULL_MAP_KEY");
  // Before it fills the disk, DuckDB stops at a limit that it takes from the room there was.
  if (says("'max_temp_directory_size'") ||
      (says("duckdb_temp_") && says("No space left on device")))
    return Error("SPILL_DIRECTORY_FULL");
  if (says("database has been invalidated")) return Error("ENGINE_RESTARTED");
  // "No magic bytes found at end of file '/data/a.parquet'"
  if (says("No magic bytes found") || says("too small to be a Parquet file")) {
    const auto first = text.find('\''), last = text.rfind('\'');
    if (first < last)
      return Error("FAILED_READ_FILE.NO_HINT",
                   {{"path", "file://" + text.substr(first + 1, last - first - 1)}});
  }
  // DuckDB reads no texts of Parquet that are no UTF-8. What it says names the file and the text.
  if (says("Invalid string encoding found in Parquet file"))
    return Error("FAILED_READ_FILE.NO_HINT", {{"path", text}});
  // 'Could not write file "/data/a.parquet": No space left on device'
  if (const auto path = text.find("Could not write file \""); path != std::string::npos) {
    const auto start = path + std::string_view("Could not write file \"").size();
    const auto end = text.find("\": ", start);
    if (end != std::string::npos)
      return Error("STORAGE_IO_ERROR", {{"operation", "write"},
                                        {"path", text.substr(start, end - start)},
                                        {"reason", text.substr(end + 3)}});
  }
  // Windows over columns of an outer query: "correlated columns in window functions not supported",
  // "WHERE clause cannot contain window functions!"
  if (error.Type() == duckdb::ExceptionType::BINDER &&
      (says("not supported") || says("cannot contain window functions"))) {
    return Error::not_supported(text);
  }
  switch (error.Type()) {
    case duckdb::ExceptionType::NOT_IMPLEMENTED: return Error::not_supported(text);
    case duckdb::ExceptionType::INTERRUPT: return Error("OPERATION_CANCELED");
    case duckdb::ExceptionType::OUT_OF_MEMORY: return Error("OUT_OF_MEMORY", {{"message", text}});
    case duckdb::ExceptionType::OUT_OF_RANGE:
      return Error(
          "ARITHMETIC_OVERFLOW",
          {{"message", text}, {"alternative", ""}, {"config", "\"spark.sql.ansi.enabled\""}});
    case duckdb::ExceptionType::IO:
    case duckdb::ExceptionType::HTTP:
    case duckdb::ExceptionType::PERMISSION:
      return Error("FAILED_READ_FILE.NO_HINT", {{"path", text}});
    default: return Error::internal(error.Message());
  }
}

}  // namespace lochan::engine
