#pragma once
#include "session/table_writer.h"

namespace lochan::session {

/// write_rows() for a folder of files, in Spark's layout: written into a hidden folder, moved into
/// place at the end.
WriteSummary write_plain_files(Session& session, const WriteTarget& target,
                               const plan::PlanPtr& query, const CancelTokenPtr& cancel);

struct FileCodec {
  std::string_view name, suffix;  // suffix: of names of files, ".gz"
  std::string_view engine_name;   // empty: not here
};
/// The codec of Parquet files, Delta's too: option compression or parquet.compression, else
/// spark.sql.parquet.compression.codec. Throws CODEC_NOT_AVAILABLE for what Spark does not know.
FileCodec parquet_codec(Session& session, const WriteTarget& target);

/// The folder that rows with this value of a partition column go into: "p=1".
std::string partition_folder(Session& session, const std::string& column,
                             const types::Value& value);

/// Format "noop": all rows are computed, none is kept.
WriteSummary run_without_writing(Session& session, const plan::PlanPtr& query,
                                 const CancelTokenPtr& cancel);

}  // namespace lochan::session
