// Sketches: estimates from small summaries.
#include "functions/families.h"
#include "functions/type_rules.h"

namespace lochan::functions {

std::span<const Function> sketch_functions() {
  static const std::vector<Function> rows = [] {
    static constexpr std::pair<std::string_view, std::string_view> kMissing[] = {
        {"hll_sketch_agg", "HyperLogLog sketches"},
        {"hll_sketch_estimate", "HyperLogLog sketches"},
        {"hll_union", "HyperLogLog sketches"},
        {"hll_union_agg", "HyperLogLog sketches"},
        {"kll_merge_agg_bigint", "KLL sketches"},
        {"kll_merge_agg_double", "KLL sketches"},
        {"kll_merge_agg_float", "KLL sketches"},
        {"kll_sketch_agg_bigint", "KLL sketches"},
        {"kll_sketch_agg_double", "KLL sketches"},
        {"kll_sketch_agg_float", "KLL sketches"},
        {"kll_sketch_get_n_bigint", "KLL sketches"},
        {"kll_sketch_get_n_double", "KLL sketches"},
        {"kll_sketch_get_n_float", "KLL sketches"},
        {"kll_sketch_get_quantile_bigint", "KLL sketches"},
        {"kll_sketch_get_quantile_double", "KLL sketches"},
        {"kll_sketch_get_quantile_float", "KLL sketches"},
        {"kll_sketch_get_rank_bigint", "KLL sketches"},
        {"kll_sketch_get_rank_double", "KLL sketches"},
        {"kll_sketch_get_rank_float", "KLL sketches"},
        {"kll_sketch_merge_bigint", "KLL sketches"},
        {"kll_sketch_merge_double", "KLL sketches"},
        {"kll_sketch_merge_float", "KLL sketches"},
        {"kll_sketch_to_string_bigint", "KLL sketches"},
        {"kll_sketch_to_string_double", "KLL sketches"},
        {"kll_sketch_to_string_float", "KLL sketches"},
        {"theta_difference", "theta sketches"},
        {"theta_intersection", "theta sketches"},
        {"theta_intersection_agg", "theta sketches"},
        {"theta_sketch_agg", "theta sketches"},
        {"theta_sketch_estimate", "theta sketches"},
        {"theta_union", "theta sketches"},
        {"theta_union_agg", "theta sketches"},
        {"tuple_difference_double", "tuple sketches"},
        {"tuple_difference_integer", "tuple sketches"},
        {"tuple_difference_theta_double", "tuple sketches"},
        {"tuple_difference_theta_integer", "tuple sketches"},
        {"tuple_intersection_agg_double", "tuple sketches"},
        {"tuple_intersection_agg_integer", "tuple sketches"},
        {"tuple_intersection_double", "tuple sketches"},
        {"tuple_intersection_integer", "tuple sketches"},
        {"tuple_intersection_theta_double", "tuple sketches"},
        {"tuple_intersection_theta_integer", "tuple sketches"},
        {"tuple_sketch_agg_double", "tuple sketches"},
        {"tuple_sketch_agg_integer", "tuple sketches"},
        {"tuple_sketch_estimate_double", "tuple sketches"},
        {"tuple_sketch_estimate_integer", "tuple sketches"},
        {"tuple_sketch_summary_double", "tuple sketches"},
        {"tuple_sketch_summary_integer", "tuple sketches"},
        {"tuple_sketch_theta_double", "tuple sketches"},
        {"tuple_sketch_theta_integer", "tuple sketches"},
        {"tuple_union_agg_double", "tuple sketches"},
        {"tuple_union_agg_integer", "tuple sketches"},
        {"tuple_union_double", "tuple sketches"},
        {"tuple_union_integer", "tuple sketches"},
        {"tuple_union_theta_double", "tuple sketches"},
        {"tuple_union_theta_integer", "tuple sketches"},
        {"approx_top_k", "top-k sketches"},
        {"approx_top_k_accumulate", "top-k sketches"},
        {"approx_top_k_combine", "top-k sketches"},
        {"approx_top_k_estimate", "top-k sketches"},
        {"bitmap_and_agg", "bitmaps of distinct values"},
        {"bitmap_bit_position", "bitmaps of distinct values"},
        {"bitmap_bucket_number", "bitmaps of distinct values"},
        {"bitmap_construct_agg", "bitmaps of distinct values"},
        {"bitmap_count", "bitmaps of distinct values"},
        {"bitmap_or_agg", "bitmaps of distinct values"},
        {"count_min_sketch", "count-min sketches"},
    };
    std::vector<Function> all;
    for (const auto& [name, reason] : kMissing) {
      all.push_back({.name = name, .max_arguments = kAnyNumber, .lower = Missing{reason}});
    }
    return all;
  }();
  return rows;
}

}  // namespace lochan::functions
