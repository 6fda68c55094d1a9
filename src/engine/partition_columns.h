#pragma once
#include "engine/lowering/lowering.h"
#include "engine/text_files.h"

namespace lochan::engine {

/// The value of a partition column for the file that a row came from; the reader must give a column
/// `filename`.
Parsed partition_value(const TextFiles& files, size_t column);

}  // namespace lochan::engine
