#pragma once
#include <cstddef>

namespace lochan::engine {

/// What calls of kernels that ended on this thread have claimed (claim_memory()), all together.
size_t claimed_by_thread();

}  // namespace lochan::engine
