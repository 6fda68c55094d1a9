// Maps: construction with Spark's rules about keys, and access.
#include <unordered_map>
#include <unordered_set>

#include "engine/kernels/cast.h"
#include "engine/kernels/elements.h"
#include "engine/kernels/java_regex.h"
#include "engine/kernels/kernel_list.h"
#include "engine/kernels/order_key.h"

namespace lochan::engine::kernels {
namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::Vector;

template <class F>
ScalarBody body(F f) {
  return [f](DataChunk& args, ExpressionState&, Vector& result) { f(args, result); };
}

/// An element as a cast to string shows it.
std::string text_of(const types::DataType& type, ElementPool& pool, idx_t element,
                    const std::string& zone) {
  Vector one(pool.vector().GetType(), 1), text(duckdb::LogicalType::VARCHAR, 1);
  duckdb::VectorOperations::Copy(pool.vector(), one, element + 1, element, 0);
  cast_to_string(type, Zone::get(zone), {})(one, text, 1);
  return text.GetValue(0).ToString();
}

/// What becomes of a key -0.0. Spark turns it around where it takes pairs one by one, and not where
/// it takes all keys at once, nor inside of arrays and structs.
enum class NegativeZero { kStays, kIsZero };

/// Builds a map result: pairs of elements of two pools. No key may be null or come twice.
class MapResult {
 public:
  MapResult(const KernelSpec& spec, Vector& result, const DataChunk& args, ElementPool& keys,
            ElementPool& values, NegativeZero negative_zero = NegativeZero::kStays)
      : spec_(spec),
        negative_zero_(negative_zero),
        result_(result),
        constant_(all_constant(args)),
        rows_(constant_ ? 1 : args.size()),
        keys_(keys),
        values_(values) {
    keys_.make_keys();
  }
  idx_t rows() const { return rows_; }
  void add(idx_t key, idx_t value) {
    if (keys_.is_null(key)) raise(spec_, "NULL_MAP_KEY", {});
    if (!seen_.insert(keys_.key(key)).second) {
      raise(spec_, "DUPLICATED_MAP_KEY",
            {{"key", text_of(spec_.result.key(), keys_, key, spec_.zone)},
             {"mapKeyDedupPolicy", "\"spark.sql.mapKeyDedupPolicy\""}});
    }
    chosen_keys_.push_back(static_cast<duckdb::sel_t>(key));
    chosen_values_.push_back(static_cast<duckdb::sel_t>(value));
  }
  void end_row(idx_t row) {
    FlatVector::GetData<duckdb::list_entry_t>(result_)[row] = {begun_,
                                                               chosen_keys_.size() - begun_};
    begun_ = chosen_keys_.size();
    seen_.clear();
  }
  void null_row(idx_t row) {
    chosen_keys_.resize(begun_);
    chosen_values_.resize(begun_);
    end_row(row);
    FlatVector::SetNull(result_, row, true);
  }
  void finish() {
    const idx_t n = chosen_keys_.size();
    duckdb::ListVector::Reserve(result_, n);
    if (n > 0) {
      duckdb::VectorOperations::Copy(keys_.vector(), duckdb::MapVector::GetKeys(result_),
                                     duckdb::SelectionVector(chosen_keys_.data()), n, 0, 0);
      duckdb::VectorOperations::Copy(values_.vector(), duckdb::MapVector::GetValues(result_),
                                     duckdb::SelectionVector(chosen_values_.data()), n, 0, 0);
    }
    if (negative_zero_ == NegativeZero::kIsZero) {
      Vector& keys = duckdb::MapVector::GetKeys(result_);
      const auto type = keys.GetType().InternalType();
      if (type == duckdb::PhysicalType::FLOAT) turn_negative_zeros<float>(keys, n);
      if (type == duckdb::PhysicalType::DOUBLE) turn_negative_zeros<double>(keys, n);
    }
    duckdb::ListVector::SetListSize(result_, n);
    if (constant_) result_.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  }

 private:
  const KernelSpec& spec_;
  NegativeZero negative_zero_;
  Vector& result_;
  bool constant_;
  idx_t rows_;
  ElementPool &keys_, &values_;
  std::unordered_set<std::string_view> seen_;
  std::vector<duckdb::sel_t> chosen_keys_, chosen_values_;
  idx_t begun_ = 0;
};

ElementPool::Part part(const ListArgument& list) { return {&list.child(), list.child_count()}; }

void empty_map(DataChunk&, Vector& result) {
  result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  *duckdb::ConstantVector::GetData<duckdb::list_entry_t>(result) = {0, 0};
  duckdb::ListVector::SetListSize(result, 0);
}

/// map(key, value, key, value, ...)
ScalarBody bind_map(const KernelSpec& spec) {
  if (spec.arguments.empty()) return body(empty_map);
  return body([&spec](DataChunk& args, Vector& result) {
    std::vector<ElementPool::Part> key_parts, value_parts;
    for (size_t i = 0; i < args.ColumnCount(); ++i) {
      (i % 2 == 0 ? key_parts : value_parts).emplace_back(&args.data[i], args.size());
    }
    ElementPool keys(key_parts), values(value_parts);
    MapResult out(spec, result, args, keys, values, NegativeZero::kIsZero);
    for (idx_t row = 0; row < out.rows(); ++row) {
      for (size_t i = 0; i < key_parts.size(); ++i)
        out.add(keys.start(i) + row, values.start(i) + row);
      out.end_row(row);
    }
    out.finish();
  });
}

ScalarBody bind_from_arrays(const KernelSpec& spec) {
  return body([&spec](DataChunk& args, Vector& result) {
    const ListArgument k(args.data[0], args.size()), v(args.data[1], args.size());
    ElementPool keys{part(k)}, values{part(v)};
    MapResult out(spec, result, args, keys, values);
    for (idx_t row = 0; row < out.rows(); ++row) {
      if (k.length(row) != v.length(row)) {
        raise(spec, "MAP_LENGTHS_DIFFER", {});
      }
      for (idx_t i = 0; i < k.length(row); ++i) out.add(k.offset(row) + i, v.offset(row) + i);
      out.end_row(row);
    }
    out.finish();
  });
}

/// map_from_entries(array of structs of two fields); null if an entry is null.
ScalarBody bind_from_entries(const KernelSpec& spec) {
  return body([&spec](DataChunk& args, Vector& result) {
    const ListArgument list(args.data[0], args.size());
    duckdb::UnifiedVectorFormat entries;
    list.child().ToUnifiedFormat(list.child_count(), entries);
    Vector flat(list.child().GetType(), list.child_count() + 1);
    if (list.child_count() > 0) {
      duckdb::VectorOperations::Copy(list.child(), flat, list.child_count(), 0, 0);
    }
    auto& fields = duckdb::StructVector::GetEntries(flat);
    ElementPool keys{{fields[0].get(), list.child_count()}},
        values{{fields[1].get(), list.child_count()}};
    MapResult out(spec, result, args, keys, values, NegativeZero::kIsZero);
    for (idx_t row = 0; row < out.rows(); ++row) {
      bool has_null = false;
      for (idx_t i = list.offset(row), end = i + list.length(row); i < end; ++i) {
        has_null = has_null || !entries.validity.RowIsValid(entries.sel->get_index(i));
      }
      if (has_null) {
        out.null_row(row);
        continue;
      }
      for (idx_t i = list.offset(row), end = i + list.length(row); i < end; ++i) out.add(i, i);
      out.end_row(row);
    }
    out.finish();
  });
}

ScalarBody bind_concat(const KernelSpec& spec) {
  if (spec.arguments.empty()) return body(empty_map);
  return body([&spec](DataChunk& args, Vector& result) {
    std::vector<ListArgument> maps;
    std::vector<ElementPool::Part> key_parts, value_parts;
    for (auto& v : args.data) {
      const auto& map = maps.emplace_back(v, args.size());
      key_parts.emplace_back(&duckdb::MapVector::GetKeys(v), map.child_count());
      value_parts.emplace_back(&duckdb::MapVector::GetValues(v), map.child_count());
    }
    ElementPool keys(key_parts), values(value_parts);
    MapResult out(spec, result, args, keys, values, NegativeZero::kIsZero);
    for (idx_t row = 0; row < out.rows(); ++row) {
      for (size_t m = 0; m < maps.size(); ++m) {
        for (idx_t i = maps[m].offset(row), end = i + maps[m].length(row); i < end; ++i) {
          out.add(keys.start(m) + i, values.start(m) + i);
        }
      }
      out.end_row(row);
    }
    out.finish();
  });
}

/// map_keys, map_values, map_entries: the map's own lists under another type.
enum class Side { kKeys, kValues, kEntries };
template <Side kSide>
void map_side(DataChunk& args, Vector& result) {
  const ListArgument map(args.data[0], args.size());
  const idx_t n = map.child_count();
  Vector elements(duckdb::ListType::GetChildType(result.GetType()), n + 1);
  auto& keys = duckdb::MapVector::GetKeys(args.data[0]);
  auto& values = duckdb::MapVector::GetValues(args.data[0]);
  if (n > 0) {
    if constexpr (kSide == Side::kEntries) {
      auto& fields = duckdb::StructVector::GetEntries(elements);
      duckdb::VectorOperations::Copy(keys, *fields[0], n, 0, 0);
      duckdb::VectorOperations::Copy(values, *fields[1], n, 0, 0);
    } else {
      duckdb::VectorOperations::Copy(kSide == Side::kKeys ? keys : values, elements, n, 0, 0);
    }
  }
  ListResult out(result, args);
  for (idx_t row = 0; row < out.rows(); ++row) {
    for (idx_t i = map.offset(row), end = i + map.length(row); i < end; ++i) out.add(i);
    out.end_row(row);
  }
  out.finish(elements);
}

void contains_key(DataChunk& args, Vector& result) {
  const ListArgument map(args.data[0], args.size());
  ElementPool keys{{&duckdb::MapVector::GetKeys(args.data[0]), map.child_count()},
                   {&args.data[1], args.size()}};
  keys.make_keys();
  const bool constant = all_constant(args);
  for (idx_t row = 0; row < (constant ? 1 : args.size()); ++row) {
    bool found = false;
    for (idx_t i = map.offset(row), end = i + map.length(row); i < end && !found; ++i) {
      found = keys.key(i) == keys.key(keys.start(1) + row);
    }
    FlatVector::GetData<bool>(result)[row] = found;
  }
  if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

/// str_to_map(text, pair delimiter, key delimiter): both delimiters are regular expressions.
ScalarBody bind_str_to_map(const KernelSpec& spec) {
  return body([&spec](DataChunk& args, Vector& result) {
    using Text = std::string_view;
    const Column<Text> texts(args.data[0], args.size()), pair_delimiters(args.data[1], args.size()),
        key_delimiters(args.data[2], args.size());
    const auto regex = [&](Text pattern) {
      auto compiled = JavaRegex::compile(pattern);
      if (!compiled) {
        raise(spec, "INVALID_PARAMETER_VALUE.PATTERN",
              {{"parameter", "`regexp`"},
               {"functionName", "`str_to_map`"},
               {"value", types::Value::string(std::string(pattern)).sql()}});
      }
      return compiled;
    };
    std::vector<std::pair<Text, std::optional<Text>>> pairs;
    std::vector<size_t> ends;
    std::string pair_pattern, key_pattern;
    std::shared_ptr<const JavaRegex> pair_regex, key_regex;
    const idx_t rows = all_constant(args) ? 1 : args.size();
    for (idx_t row = 0; row < rows; ++row) {
      if (!pair_regex || pair_pattern != pair_delimiters[row]) {
        pair_pattern = pair_delimiters[row];
        pair_regex = regex(pair_pattern);
      }
      if (!key_regex || key_pattern != key_delimiters[row]) {
        key_pattern = key_delimiters[row];
        key_regex = regex(key_pattern);
      }
      pair_regex->split(texts[row], -1, [&](Text pair) {
        std::vector<Text> sides;
        key_regex->split(pair, 2, [&](Text side) { sides.push_back(side); });
        pairs.emplace_back(sides[0], sides.size() > 1 ? std::optional(sides[1]) : std::nullopt);
      });
      ends.push_back(pairs.size());
    }
    Vector key_vector(duckdb::LogicalType::VARCHAR, pairs.size() + 1),
        value_vector(duckdb::LogicalType::VARCHAR, pairs.size() + 1);
    for (size_t i = 0; i < pairs.size(); ++i) {
      store(key_vector, i, pairs[i].first);
      store(value_vector, i, pairs[i].second);
    }
    ElementPool keys{{&key_vector, pairs.size()}}, values{{&value_vector, pairs.size()}};
    MapResult out(spec, result, args, keys, values);
    size_t i = 0;
    for (idx_t row = 0; row < rows; ++row) {
      for (; i < ends[row]; ++i) out.add(i, i);
      out.end_row(row);
    }
    out.finish();
  });
}

template <class F>
std::function<ScalarBody(const KernelSpec&)> plain(F f) {
  return [f](const KernelSpec&) { return body(f); };
}

const ScalarKernel kKernels[] = {
    {.name = "map", .bind = bind_map, .fallible = true, .handles_nulls = true},
    {.name = "map_from_arrays", .bind = bind_from_arrays, .fallible = true},
    {.name = "map_from_entries", .bind = bind_from_entries, .fallible = true},
    {.name = "map_concat", .bind = bind_concat, .fallible = true},
    {.name = "map_keys", .bind = plain(map_side<Side::kKeys>)},
    {.name = "map_values", .bind = plain(map_side<Side::kValues>)},
    {.name = "map_entries", .bind = plain(map_side<Side::kEntries>)},
    {.name = "str_to_map", .bind = bind_str_to_map, .fallible = true},
    {.name = "map_contains_key", .bind = plain(contains_key)},
};

}  // namespace

ScalarKernels map_kernels() { return pointers<ScalarKernel>(kKernels); }

}  // namespace lochan::engine::kernels
