#pragma once
#include <span>

#include "engine/kernels/families.h"

namespace lochan::engine::kernels {

/// Pointers to the rows of a family's table.
template <class Kernel>
std::vector<const Kernel*> pointers(std::span<const Kernel> rows) {
  std::vector<const Kernel*> out;
  for (const auto& row : rows) out.push_back(&row);
  return out;
}

}  // namespace lochan::engine::kernels
