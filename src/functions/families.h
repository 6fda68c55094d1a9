#pragma once
#include <span>

#include "functions/function.h"

/// The families of the function table, one file each. registry.cc joins them.
namespace lochan::functions {

std::span<const Function> operators_functions();
std::span<const Function> conditional_functions();
std::span<const Function> cast_functions();
std::span<const Function> aggregate_functions();
std::span<const Function> window_functions();
std::span<const Function> generator_functions();
std::span<const Function> table_functions();
std::span<const Function> math_functions();
std::span<const Function> decimal_functions();
std::span<const Function> bitwise_functions();
std::span<const Function> string_functions();
std::span<const Function> regexp_functions();
std::span<const Function> binary_functions();
std::span<const Function> hash_functions();
std::span<const Function> datetime_functions();
std::span<const Function> interval_functions();
std::span<const Function> collection_functions();
std::span<const Function> map_functions();
std::span<const Function> struct_functions();
std::span<const Function> higher_order_functions();
std::span<const Function> json_functions();
std::span<const Function> csv_functions();
std::span<const Function> xml_functions();
std::span<const Function> variant_functions();
std::span<const Function> url_functions();
std::span<const Function> misc_functions();
std::span<const Function> sketch_functions();
std::span<const Function> internal_functions();

}  // namespace lochan::functions
