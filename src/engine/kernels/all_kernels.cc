#include "engine/kernels/families.h"

namespace lochan::engine {
namespace {

template <class Kernels>
void append(Kernels& all, Kernels family) {
  all.insert(all.end(), family.begin(), family.end());
}

}  // namespace

std::vector<const ScalarKernel*> all_scalar_kernels() {
  kernels::ScalarKernels all;
  append(all, kernels::retype_kernels());
  append(all, kernels::quantifier_kernels());
  append(all, kernels::cast_kernels());
  return all;
}

std::vector<const AggregateKernel*> all_aggregate_kernels() {
  kernels::AggregateKernels all;
  return all;
}

}  // namespace lochan::engine
