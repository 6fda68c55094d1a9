#include "session/table_writer.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/error.h"
#include "session/session_state.h"
#include "session/write_delta.h"
#include "session/write_files.h"
#include "types/data_type.h"

namespace lochan::session {

bool asks_for_dynamic_overwrite(Session& session, const WriteTarget& target) {
  const auto option = target.options.find("partitionoverwritemode");
  return lower_case(option != target.options.end()
                        ? option->second
                        : session.config().get_or("spark.sql.sources.partitionOverwriteMode",
                                                  "static")) == "dynamic";
}

std::string display_name(const WriteTarget& target) {
  return target.table_name.empty() ? types::quote_identifier(target.path) : target.table_name;
}

int64_t max_records_per_file(Session& session, const WriteTarget& target) {
  const auto option = target.options.find("maxrecordsperfile");
  const std::string text = option != target.options.end()
                               ? option->second
                               : session.config().get_or("spark.sql.files.maxRecordsPerFile", "0");
  int64_t rows = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rows);
  if (error != std::errc() || end != text.data() + text.size())
    throw Error("INVALID_OPTION_VALUE", {{"option", "maxRecordsPerFile"},
                                         {"value", text},
                                         {"reason", "it must be a whole number"}});
  return std::max<int64_t>(rows, 0);
}

WriteSummary write_rows(Session& session, const WriteTarget& target, const plan::PlanPtr& query,
                        const CancelTokenPtr& cancel) {
  if (target.format == "delta") return write_delta(session, target, query, cancel);
  if (target.format == "parquet" || target.format == "csv" || target.format == "json" ||
      target.format == "text")
    return write_plain_files(session, target, query, cancel);
  if (target.format == "noop") return run_without_writing(session, query, cancel);
  if (target.format == "orc" || target.format == "avro" || target.format == "xml" ||
      target.format == "jdbc")
    throw Error::not_supported("writing " + target.format);
  throw Error("DATA_SOURCE_NOT_FOUND", {{"provider", target.format}});
}

}  // namespace lochan::session
