#pragma once
#include <vector>

#include "engine/kernel.h"

/// One function per family, each in a file of its name; all_kernels.cc puts them together. A kernel
/// is a static constant of its file: the pointers stay valid.
namespace lochan::engine::kernels {

using ScalarKernels = std::vector<const ScalarKernel*>;
using AggregateKernels = std::vector<const AggregateKernel*>;

ScalarKernels retype_kernels();  // retype.cc
ScalarKernels quantifier_kernels();
ScalarKernels order_key_kernels();  // order_key.cc
ScalarKernels cast_kernels();
ScalarKernels arithmetic_kernels();
ScalarKernels math_kernels();
ScalarKernels rounding_kernels();
ScalarKernels bits_kernels();
ScalarKernels random_kernels();
ScalarKernels number_format_kernels();
AggregateKernels aggregate_statistics_kernels();  // skewness, kurtosis, corr
AggregateKernels aggregate_percentile_kernels();  // percentile, percentile_disc, percentile_approx
AggregateKernels aggregate_text_kernels();        // listagg
AggregateKernels aggregate_distinct_kernels();    // approx_count_distinct
ScalarKernels date_fields_kernels();
ScalarKernels date_shift_kernels();
ScalarKernels datetime_format_kernels();
ScalarKernels datetime_make_kernels();
ScalarKernels interval_arithmetic_kernels();
AggregateKernels sum_kernels();           // agg_sum, agg_avg
ScalarKernels string_kernels();           // string.cc
ScalarKernels string_encoding_kernels();  // string_encoding.cc
ScalarKernels string_format_kernels();    // string_format.cc
ScalarKernels collection_kernels();       // collection.cc
ScalarKernels map_kernels();              // map.cc
ScalarKernels sequence_kernels();         // sequence.cc
ScalarKernels hash_kernels();             // hash.cc
ScalarKernels misc_kernels();             // misc.cc
ScalarKernels url_kernels();              // url.cc
ScalarKernels json_kernels();             // json.cc
ScalarKernels csv_kernels();              // csv.cc
ScalarKernels regexp_kernels();           // regexp.cc

}  // namespace lochan::engine::kernels
