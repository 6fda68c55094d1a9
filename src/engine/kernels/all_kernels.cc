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
  append(all, kernels::order_key_kernels());
  append(all, kernels::cast_kernels());
  append(all, kernels::arithmetic_kernels());
  append(all, kernels::math_kernels());
  append(all, kernels::rounding_kernels());
  append(all, kernels::bits_kernels());
  append(all, kernels::random_kernels());
  append(all, kernels::number_format_kernels());
  append(all, kernels::string_kernels());
  append(all, kernels::string_encoding_kernels());
  append(all, kernels::string_format_kernels());
  append(all, kernels::collection_kernels());
  append(all, kernels::map_kernels());
  append(all, kernels::sequence_kernels());
  append(all, kernels::hash_kernels());
  append(all, kernels::misc_kernels());
  append(all, kernels::url_kernels());
  append(all, kernels::json_kernels());
  append(all, kernels::csv_kernels());
  append(all, kernels::regexp_kernels());
  append(all, kernels::date_fields_kernels());
  append(all, kernels::date_shift_kernels());
  append(all, kernels::datetime_format_kernels());
  append(all, kernels::datetime_make_kernels());
  append(all, kernels::interval_arithmetic_kernels());
  return all;
}

std::vector<const AggregateKernel*> all_aggregate_kernels() {
  kernels::AggregateKernels all;
  append(all, kernels::aggregate_statistics_kernels());
  append(all, kernels::aggregate_percentile_kernels());
  append(all, kernels::aggregate_text_kernels());
  append(all, kernels::aggregate_distinct_kernels());
  append(all, kernels::sum_kernels());
  return all;
}

}  // namespace lochan::engine
