#pragma once
#include "engine/lowering/lowering.h"

namespace lochan::engine {

/// The name of the column that splits what is written into files of a number of rows.
inline constexpr const char* kFileNumber = "file number";

/// The number of the file that a row goes into, from 0, if a file takes `rows` of each partition.
Parsed file_number(ParsedList partition_by, int64_t rows);

}  // namespace lochan::engine
