// Arrays: construction, access, search, sets, order.
#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>

#include "base/clock.h"
#include "engine/kernels/elements.h"
#include "engine/kernels/kernel_list.h"

namespace lochan::engine::kernels {
namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::Vector;
using Keys = std::unordered_set<std::string_view>;

/// A body from a function over (args, result).
template <class F>
ScalarBody body(F f) {
  return [f](DataChunk& args, ExpressionState&, Vector& result) { f(args, result); };
}

template <class F>
std::function<ScalarBody(const KernelSpec&)> plain(F f) {
  return [f](const KernelSpec&) { return body(f); };
}

ElementPool::Part part(const ListArgument& list) { return {&list.child(), list.child_count()}; }
ElementPool::Part part(Vector& v, const DataChunk& args) { return {&v, args.size()}; }

void finish_flat(const DataChunk& args, Vector& result) {
  if (all_constant(args)) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}
idx_t row_count(const DataChunk& args) { return all_constant(args) ? 1 : args.size(); }

void empty_array(DataChunk&, Vector& result) {
  result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  *duckdb::ConstantVector::GetData<duckdb::list_entry_t>(result) = {0, 0};
  duckdb::ListVector::SetListSize(result, 0);
}

void array_distinct(DataChunk& args, Vector& result) {
  const ListArgument list(args.data[0], args.size());
  ElementPool pool{part(list)};
  pool.make_keys();
  ListResult out(result, args);
  Keys seen;
  for (idx_t row = 0; row < out.rows(); ++row) {
    seen.clear();
    for (idx_t i = list.offset(row), end = i + list.length(row); i < end; ++i) {
      if (seen.insert(pool.key(i)).second) out.add(i);
    }
    out.end_row(row);
  }
  out.finish(pool);
}

enum class SetOperation { kUnion, kIntersect, kExcept };

template <SetOperation kOperation>
void set_operation(DataChunk& args, Vector& result) {
  const ListArgument left(args.data[0], args.size()), right(args.data[1], args.size());
  ElementPool pool{part(left), part(right)};
  pool.make_keys();
  ListResult out(result, args);
  Keys seen, others;
  for (idx_t row = 0; row < out.rows(); ++row) {
    seen.clear();
    others.clear();
    const idx_t right_start = pool.start(1) + right.offset(row);
    if (kOperation != SetOperation::kUnion) {
      for (idx_t i = 0; i < right.length(row); ++i) others.insert(pool.key(right_start + i));
    }
    for (idx_t i = left.offset(row), end = i + left.length(row); i < end; ++i) {
      const auto key = pool.key(i);
      if (kOperation != SetOperation::kUnion &&
          others.contains(key) != (kOperation == SetOperation::kIntersect)) {
        continue;
      }
      if (seen.insert(key).second) out.add(i);
    }
    if (kOperation == SetOperation::kUnion) {
      for (idx_t i = 0; i < right.length(row); ++i) {
        if (seen.insert(pool.key(right_start + i)).second) out.add(right_start + i);
      }
    }
    out.end_row(row);
  }
  out.finish(pool);
}

/// True if the arrays share an element; otherwise null if a null might have been one.
void arrays_overlap(DataChunk& args, Vector& result) {
  const ListArgument left(args.data[0], args.size()), right(args.data[1], args.size());
  ElementPool pool{part(left), part(right)};
  pool.make_keys();
  auto* out = FlatVector::GetData<bool>(result);
  Keys keys;
  for (idx_t row = 0; row < row_count(args); ++row) {
    keys.clear();
    bool has_null = false, found = false;
    for (idx_t i = left.offset(row), end = i + left.length(row); i < end; ++i) {
      if (pool.is_null(i)) {
        has_null = true;
      } else {
        keys.insert(pool.key(i));
      }
    }
    for (idx_t i = pool.start(1) + right.offset(row), end = i + right.length(row);
         i < end && !found; ++i) {
      if (pool.is_null(i)) {
        has_null = true;
      } else {
        found = keys.contains(pool.key(i));
      }
    }
    out[row] = found;
    if (!found && has_null && left.length(row) > 0 && right.length(row) > 0)
      FlatVector::SetNull(result, row, true);
  }
  finish_flat(args, result);
}

/// array_contains: three-valued. array_position: from 1, 0 if absent.
template <bool kPosition>
void find_element(DataChunk& args, Vector& result) {
  const ListArgument list(args.data[0], args.size());
  ElementPool pool{part(list), part(args.data[1], args)};
  pool.make_keys();
  for (idx_t row = 0; row < row_count(args); ++row) {
    const auto wanted = pool.key(pool.start(1) + row);
    int64_t position = 0;
    bool has_null = false;
    for (idx_t i = 0; i < list.length(row) && position == 0; ++i) {
      const idx_t element = list.offset(row) + i;
      if (pool.is_null(element)) {
        has_null = true;
      } else if (pool.key(element) == wanted) {
        position = static_cast<int64_t>(i) + 1;
      }
    }
    if constexpr (kPosition) {
      FlatVector::GetData<int64_t>(result)[row] = position;
    } else {
      FlatVector::GetData<bool>(result)[row] = position > 0;
      if (position == 0 && has_null) FlatVector::SetNull(result, row, true);
    }
  }
  finish_flat(args, result);
}

void array_remove(DataChunk& args, Vector& result) {
  const ListArgument list(args.data[0], args.size());
  ElementPool pool{part(list), part(args.data[1], args)};
  pool.make_keys();
  ListResult out(result, args);
  for (idx_t row = 0; row < out.rows(); ++row) {
    const auto unwanted = pool.key(pool.start(1) + row);
    for (idx_t i = list.offset(row), end = i + list.length(row); i < end; ++i) {
      if (pool.is_null(i) || pool.key(i) != unwanted) out.add(i);
    }
    out.end_row(row);
  }
  out.finish(pool);
}

void array_compact(DataChunk& args, Vector& result) {
  const ListArgument list(args.data[0], args.size());
  ElementPool pool{part(list)};
  ListResult out(result, args);
  for (idx_t row = 0; row < out.rows(); ++row) {
    for (idx_t i = list.offset(row), end = i + list.length(row); i < end; ++i) {
      if (!pool.is_null(i)) out.add(i);
    }
    out.end_row(row);
  }
  out.finish(pool);
}

void array_repeat(DataChunk& args, Vector& result) {
  ElementPool pool{part(args.data[0], args)};
  const Column<int32_t> counts(args.data[1], args.size());
  ListResult out(result, args);
  for (idx_t row = 0; row < out.rows(); ++row) {
    if (counts.is_null(row)) {
      out.null_row(row);
      continue;
    }
    claim_memory(std::max(counts[row], 0) * sizeof(duckdb::sel_t));
    for (int32_t i = 0; i < counts[row]; ++i) out.add(row);
    out.end_row(row);
  }
  out.finish(pool);
}

template <bool kFront>
void array_add(DataChunk& args, Vector& result) {
  const ListArgument list(args.data[0], args.size());
  ElementPool pool{part(list), part(args.data[1], args)};
  ListResult out(result, args);
  for (idx_t row = 0; row < out.rows(); ++row) {
    if (list.is_null(row)) {
      out.null_row(row);
      continue;
    }
    if (kFront) out.add(pool.start(1) + row);
    for (idx_t i = list.offset(row), end = i + list.length(row); i < end; ++i) out.add(i);
    if (!kFront) out.add(pool.start(1) + row);
    out.end_row(row);
  }
  out.finish(pool);
}

/// array_insert(array, position, element): positions beyond either end are reached with nulls.
ScalarBody bind_array_insert(const KernelSpec& spec) {
  return body([&spec](DataChunk& args, Vector& result) {
    const ListArgument list(args.data[0], args.size());
    const Column<int32_t> positions(args.data[1], args.size());
    ElementPool pool{part(list), part(args.data[2], args)};
    ListResult out(result, args);
    for (idx_t row = 0; row < out.rows(); ++row) {
      if (list.is_null(row) || positions.is_null(row)) {
        out.null_row(row);
        continue;
      }
      const int64_t position = positions[row], n = static_cast<int64_t>(list.length(row));
      if (position == 0) raise(spec, "INVALID_INDEX_OF_ZERO", {});
      const idx_t inserted = pool.start(1) + row, first = list.offset(row);
      const int64_t at = position > 0 ? position - 1 : n + position + 1;
      if (at < 0) {
        out.add(inserted);
        for (int64_t i = at + 1; i <= 0; ++i) out.add(pool.null_element());
        for (int64_t i = 0; i < n; ++i) out.add(first + i);
      } else {
        for (int64_t i = 0; i < std::min(at, n); ++i) out.add(first + i);
        for (int64_t i = n; i < at; ++i) out.add(pool.null_element());
        out.add(inserted);
        for (int64_t i = at; i < n; ++i) out.add(first + i);
      }
      out.end_row(row);
    }
    out.finish(pool);
  });
}

/// slice(array, start, length): start from 1, negative from the end.
ScalarBody bind_slice(const KernelSpec& spec) {
  return body([&spec](DataChunk& args, Vector& result) {
    const ListArgument list(args.data[0], args.size());
    const Column<int32_t> starts(args.data[1], args.size()), lengths(args.data[2], args.size());
    ElementPool pool{part(list)};
    ListResult out(result, args);
    for (idx_t row = 0; row < out.rows(); ++row) {
      const int64_t start = starts[row], length = lengths[row],
                    n = static_cast<int64_t>(list.length(row));
      if (start == 0) {
        raise(spec, "INVALID_PARAMETER_VALUE.START",
              {{"parameter", "`start`"}, {"functionName", "`slice`"}});
      }
      if (length < 0) {
        raise(spec, "INVALID_PARAMETER_VALUE.LENGTH",
              {{"parameter", "`length`"},
               {"functionName", "`slice`"},
               {"length", std::to_string(length)}});
      }
      const int64_t from = start > 0 ? start - 1 : n + start;
      if (from >= 0) {
        for (int64_t i = from; i < std::min(from + length, n); ++i) out.add(list.offset(row) + i);
      }
      out.end_row(row);
    }
    out.finish(pool);
  });
}

/// sort_array(array, ascending): nulls are the smallest.
void sort_array(DataChunk& args, Vector& result) {
  const ListArgument list(args.data[0], args.size());
  const Column<bool> ascending(args.data[1], args.size());
  ElementPool pool{part(list)};
  pool.make_keys();
  ListResult out(result, args);
  for (idx_t row = 0; row < out.rows(); ++row) {
    for (idx_t i = list.offset(row), end = i + list.length(row); i < end; ++i) out.add(i);
    const auto begin = out.elements().begin() + static_cast<int64_t>(out.row_start());
    const auto less = [&](auto a, auto b) { return pool.key(a) < pool.key(b); };
    if (ascending[row]) {
      std::stable_sort(begin, out.elements().end(), less);
    } else {
      std::stable_sort(begin, out.elements().end(), [&](auto a, auto b) { return less(b, a); });
    }
    out.end_row(row);
  }
  out.finish(pool);
}

/// array_sort without a comparator: nulls last.
void array_sort(DataChunk& args, Vector& result) {
  const ListArgument list(args.data[0], args.size());
  ElementPool pool{part(list)};
  pool.make_keys();
  ListResult out(result, args);
  for (idx_t row = 0; row < out.rows(); ++row) {
    for (idx_t i = list.offset(row), end = i + list.length(row); i < end; ++i) out.add(i);
    std::stable_sort(out.elements().begin() + static_cast<int64_t>(out.row_start()),
                     out.elements().end(), [&](auto a, auto b) {
                       if (pool.is_null(a) || pool.is_null(b))
                         return !pool.is_null(a) && pool.is_null(b);
                       return pool.key(a) < pool.key(b);
                     });
    out.end_row(row);
  }
  out.finish(pool);
}

/// array_sort by a comparator: the second argument has, for each element, what it says of it beside
/// each other one.
ScalarBody bind_array_sort_by(const KernelSpec& spec) {
  return [&spec](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    const ListArgument list(args.data[0], args.size());
    const ListArgument table(args.data[1], args.size());
    const ListArgument lines(table.child(), table.child_count());
    const Column<int32_t> comparison(lines.child(), lines.child_count());
    ElementPool pool{part(list)};
    ListResult out(result, args);
    for (idx_t row = 0; row < out.rows(); ++row) {
      const idx_t first = list.offset(row), length = list.length(row);
      for (idx_t i = first; i < first + length; ++i) out.add(i);
      std::stable_sort(out.elements().begin() + static_cast<int64_t>(out.row_start()),
                       out.elements().end(), [&](auto a, auto b) {
                         const idx_t at = lines.offset(table.offset(row) + a - first) + b - first;
                         if (comparison.is_null(at)) {
                           // Spark names the first value twice.
                           const std::string value = pool.vector().GetValue(a).ToString();
                           raise(spec, "COMPARATOR_RETURNS_NULL",
                                 {{"firstValue", value}, {"secondValue", value}});
                         }
                         return comparison[at] < 0;
                       });
      out.end_row(row);
    }
    out.finish(pool);
  };
}

/// The Mersenne twister as Apache Commons seeds it with a long.
class Twister {
 public:
  explicit Twister(uint64_t seed) {
    const uint32_t key[] = {static_cast<uint32_t>(seed >> 32), static_cast<uint32_t>(seed)};
    state_[0] = 19650218;
    for (uint32_t i = 1; i < kSize; ++i)
      state_[i] = 1812433253u * (state_[i - 1] ^ (state_[i - 1] >> 30)) + i;
    uint32_t i = 1;
    const auto advance = [&] {
      if (++i < kSize) return;
      state_[0] = state_[kSize - 1];
      i = 1;
    };
    for (uint32_t k = 0; k < kSize; ++k) {
      state_[i] =
          (state_[i] ^ ((state_[i - 1] ^ (state_[i - 1] >> 30)) * 1664525u)) + key[k % 2] + k % 2;
      advance();
    }
    for (uint32_t k = 0; k < kSize - 1; ++k) {
      state_[i] = (state_[i] ^ ((state_[i - 1] ^ (state_[i - 1] >> 30)) * 1566083941u)) - i;
      advance();
    }
    state_[0] = 0x80000000u;
  }
  /// In [0, n), as Java's Random.nextInt(n) chooses it.
  int32_t below(int32_t n) {
    if ((n & -n) == n) return static_cast<int32_t>((static_cast<int64_t>(n) * (next() >> 1)) >> 31);
    int64_t bits, value;
    do {
      bits = next() >> 1;
      value = bits % n;
    } while (bits - value + (n - 1) > INT32_MAX);
    return static_cast<int32_t>(value);
  }

 private:
  static constexpr uint32_t kSize = 624, kMiddle = 397;
  uint32_t next() {
    if (at_ == kSize) {
      for (uint32_t k = 0; k < kSize; ++k) {
        const uint32_t y = (state_[k] & 0x80000000u) | (state_[(k + 1) % kSize] & 0x7fffffffu);
        state_[k] = state_[(k + kMiddle) % kSize] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0);
      }
      at_ = 0;
    }
    uint32_t y = state_[at_++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (y >> 18);
  }
  uint32_t state_[kSize];
  uint32_t at_ = kSize;
};

/// shuffle(array[, seed]): one generator per call, as on a single partition.
ScalarBody bind_shuffle(const KernelSpec& spec) {
  struct Stream {
    std::mutex mutex;
    std::optional<Twister> generator;
  };
  auto stream = std::make_shared<Stream>();
  const bool seeded = spec.arguments.size() > 1;
  return [stream, seeded](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    std::lock_guard lock(stream->mutex);
    if (!stream->generator) {
      const int64_t seed = seeded ? Column<int64_t>(args.data[1], args.size())[0]
                                  : static_cast<int64_t>(random_bits());
      stream->generator.emplace(static_cast<uint64_t>(seed));
    }
    const ListArgument list(args.data[0], args.size());
    ElementPool pool{part(list)};
    ListResult out(result, args);
    for (idx_t row = 0; row < out.rows(); ++row) {
      for (idx_t i = list.offset(row), end = i + list.length(row); i < end; ++i) out.add(i);
      auto& elements = out.elements();
      for (size_t i = elements.size(); i-- > out.row_start();) {
        const auto span = static_cast<int32_t>(i - out.row_start() + 1);
        const size_t other = span == 1 ? 0 : static_cast<size_t>(stream->generator->below(span));
        std::swap(elements[i], elements[out.row_start() + other]);
      }
      out.end_row(row);
    }
    out.finish(pool);
  };
}

/// array_min, array_max: nulls do not count; null if nothing is left.
template <bool kMax>
void array_extreme(DataChunk& args, Vector& result) {
  const ListArgument list(args.data[0], args.size());
  ElementPool pool{part(list)};
  pool.make_keys();
  ElementResult out(result, args);
  for (idx_t row = 0; row < out.rows(); ++row) {
    idx_t best = pool.null_element();
    for (idx_t i = list.offset(row), end = i + list.length(row); i < end; ++i) {
      if (pool.is_null(i)) continue;
      if (best == pool.null_element() ||
          (kMax ? pool.key(i) > pool.key(best) : pool.key(i) < pool.key(best))) {
        best = i;
      }
    }
    out.set(row, best);
  }
  out.finish(pool);
}

/// An array of arrays as one array; null if one of them is null.
void flatten(DataChunk& args, Vector& result) {
  const ListArgument outer(args.data[0], args.size());
  const ListArgument inner(outer.child(), outer.child_count());
  ElementPool pool{part(inner)};
  ListResult out(result, args);
  for (idx_t row = 0; row < out.rows(); ++row) {
    bool has_null = false;
    for (idx_t k = outer.offset(row), last = k + outer.length(row); k < last && !has_null; ++k) {
      has_null = inner.is_null(k);
      if (has_null) break;
      for (idx_t i = inner.offset(k), end = i + inner.length(k); i < end; ++i) out.add(i);
    }
    if (has_null) {
      out.null_row(row);
    } else {
      out.end_row(row);
    }
  }
  out.finish(pool);
}

/// array_join(array of strings, delimiter[, text for nulls])
ScalarBody bind_array_join(const KernelSpec& spec) {
  const bool replaces = spec.arguments.size() == 3;
  return body([replaces](DataChunk& args, Vector& result) {
    const ListArgument list(args.data[0], args.size());
    const Column<std::string_view> texts(list.child(), list.child_count());
    const Column<std::string_view> delimiters(args.data[1], args.size()),
        replacements(args.data[replaces ? 2 : 1], args.size());
    std::string text;
    for (idx_t row = 0; row < row_count(args); ++row) {
      text.clear();
      bool first = true;
      for (idx_t i = list.offset(row), end = i + list.length(row); i < end; ++i) {
        if (texts.is_null(i) && !replaces) continue;
        if (!first) text += delimiters[row];
        first = false;
        text += texts.is_null(i) ? replacements[row] : texts[i];
      }
      store(result, row, text);
    }
    finish_flat(args, result);
  });
}

/// size(array or map); legacy mode says -1 for null.
ScalarBody bind_size(const KernelSpec& spec) {
  const bool legacy = spec.mode == plan::CastMode::kLegacy;
  return body([legacy](DataChunk& args, Vector& result) {
    const Column<duckdb::list_entry_t> lists(args.data[0], args.size());
    auto* out = FlatVector::GetData<int32_t>(result);
    for (idx_t row = 0; row < row_count(args); ++row) {
      if (!lists.is_null(row)) {
        out[row] = static_cast<int32_t>(lists[row].length);
      } else if (legacy) {
        out[row] = -1;
      } else {
        FlatVector::SetNull(result, row, true);
      }
    }
    finish_flat(args, result);
  });
}

/// How an index beyond an array is met.
struct AccessRule {
  bool from_one;  // 1-based, negative from the end
  bool raises;    // in ANSI mode
  const char* condition;
};

template <class Index>
ScalarBody bind_access(const KernelSpec& spec, AccessRule rule) {
  const bool raises = rule.raises && spec.mode == plan::CastMode::kAnsi;
  return body([&spec, rule, raises](DataChunk& args, Vector& result) {
    const ListArgument list(args.data[0], args.size());
    const Column<Index> indexes(args.data[1], args.size());
    ElementPool pool{part(list)};
    ElementResult out(result, args);
    for (idx_t row = 0; row < out.rows(); ++row) {
      const int64_t index = indexes[row], n = static_cast<int64_t>(list.length(row));
      if (rule.from_one && index == 0) raise(spec, "INVALID_INDEX_OF_ZERO", {});
      const int64_t i = !rule.from_one ? index : index > 0 ? index - 1 : n + index;
      if (i >= 0 && i < n) {
        out.set(row, list.offset(row) + i);
        continue;
      }
      if (raises) {
        raise(spec, rule.condition,
              {{"indexValue", std::to_string(index)}, {"arraySize", std::to_string(n)}});
      }
      out.set(row, pool.null_element());
    }
    out.finish(pool);
  });
}

ScalarBody bind_access_any(const KernelSpec& spec, AccessRule rule) {
  switch (spec.arguments[1].id()) {
    case types::TypeId::kByte: return bind_access<int8_t>(spec, rule);
    case types::TypeId::kShort: return bind_access<int16_t>(spec, rule);
    case types::TypeId::kLong: return bind_access<int64_t>(spec, rule);
    default: return bind_access<int32_t>(spec, rule);
  }
}

/// The value of a key of a map, or null.
void map_lookup(DataChunk& args, Vector& result) {
  const ListArgument map(args.data[0], args.size());
  ElementPool keys{{&duckdb::MapVector::GetKeys(args.data[0]), map.child_count()},
                   part(args.data[1], args)};
  ElementPool values{{&duckdb::MapVector::GetValues(args.data[0]), map.child_count()}};
  keys.make_keys();
  ElementResult out(result, args);
  for (idx_t row = 0; row < out.rows(); ++row) {
    const auto wanted = keys.key(keys.start(1) + row);
    idx_t found = values.null_element();
    for (idx_t i = map.offset(row), end = i + map.length(row); i < end; ++i) {
      if (keys.key(i) == wanted) {
        found = i;
        break;
      }
    }
    out.set(row, found);
  }
  out.finish(values);
}

/// element_at over arrays (from 1) and maps.
template <bool kTry>
ScalarBody bind_element_at(const KernelSpec& spec) {
  if (spec.arguments[0].is(types::TypeId::kMap)) return body(map_lookup);
  return bind_access_any(spec, {true, !kTry, "INVALID_ARRAY_INDEX_IN_ELEMENT_AT"});
}

/// arrays_zip: the n-th elements together in a struct; shorter arrays are filled up with nulls.
ScalarBody bind_arrays_zip(const KernelSpec& spec) {
  if (spec.arguments.empty()) return body(empty_array);
  return body([](DataChunk& args, Vector& result) {
    std::vector<ListArgument> lists;
    for (auto& v : args.data) lists.emplace_back(v, args.size());
    const idx_t rows = row_count(args);
    auto* entries = FlatVector::GetData<duckdb::list_entry_t>(result);
    idx_t total = 0;
    for (idx_t row = 0; row < rows; ++row) {
      idx_t longest = 0;
      for (const auto& list : lists) longest = std::max(longest, list.length(row));
      entries[row] = {total, longest};
      total += longest;
    }
    duckdb::ListVector::Reserve(result, total);
    auto& fields = duckdb::StructVector::GetEntries(duckdb::ListVector::GetEntry(result));
    for (size_t f = 0; f < lists.size(); ++f) {
      ElementPool pool{part(lists[f])};
      std::vector<duckdb::sel_t> selected(total);
      for (idx_t row = 0; row < rows; ++row) {
        for (idx_t i = 0; i < entries[row].length; ++i) {
          selected[entries[row].offset + i] = static_cast<duckdb::sel_t>(
              i < lists[f].length(row) ? lists[f].offset(row) + i : pool.null_element());
        }
      }
      if (total > 0) {
        duckdb::VectorOperations::Copy(pool.vector(), *fields[f],
                                       duckdb::SelectionVector(selected.data()), total, 0, 0);
      }
    }
    duckdb::ListVector::SetListSize(result, total);
    finish_flat(args, result);
  });
}

const ScalarKernel kKernels[] = {
    {.name = "array_distinct", .bind = plain(array_distinct)},
    {.name = "array_union", .bind = plain(set_operation<SetOperation::kUnion>)},
    {.name = "array_intersect", .bind = plain(set_operation<SetOperation::kIntersect>)},
    {.name = "array_except", .bind = plain(set_operation<SetOperation::kExcept>)},
    {.name = "arrays_overlap", .bind = plain(arrays_overlap)},
    {.name = "array_contains", .bind = plain(find_element<false>)},
    {.name = "array_position", .bind = plain(find_element<true>)},
    {.name = "array_remove", .bind = plain(array_remove)},
    {.name = "array_compact", .bind = plain(array_compact)},
    {.name = "array_repeat", .bind = plain(array_repeat), .handles_nulls = true},
    {.name = "array_append", .bind = plain(array_add<false>), .handles_nulls = true},
    {.name = "array_prepend", .bind = plain(array_add<true>), .handles_nulls = true},
    {.name = "array_insert", .bind = bind_array_insert, .fallible = true, .handles_nulls = true},
    {.name = "slice", .bind = bind_slice, .fallible = true},
    {.name = "sort_array", .bind = plain(sort_array)},
    {.name = "array_sort", .bind = plain(array_sort)},
    {.name = "array_sort_by", .bind = bind_array_sort_by, .fallible = true},
    {.name = "shuffle", .bind = bind_shuffle, .is_volatile = true},
    {.name = "array_min", .bind = plain(array_extreme<false>)},
    {.name = "array_max", .bind = plain(array_extreme<true>)},
    {.name = "flatten", .bind = plain(flatten)},
    {.name = "array_join", .bind = bind_array_join},
    {.name = "arrays_zip", .bind = bind_arrays_zip},
    {.name = "size", .bind = bind_size, .handles_nulls = true},
    {.name = "element_at", .bind = bind_element_at<false>, .fallible = true},
    {.name = "try_element_at", .bind = bind_element_at<true>, .fallible = true},
    {.name = "get",
     .bind =
         [](const KernelSpec& s) {
           return bind_access_any(s, {false, false, ""});
         }},
    {.name = "array_subscript",
     .bind =
         [](const KernelSpec& s) {
           return bind_access_any(s, {false, true, "INVALID_ARRAY_INDEX"});
         },
     .fallible = true},
    {.name = "map_lookup", .bind = plain(map_lookup)},
};

}  // namespace

ScalarBody bind_array_reverse(const KernelSpec&) {
  return body([](DataChunk& args, Vector& result) {
    const ListArgument list(args.data[0], args.size());
    ElementPool pool{part(list)};
    ListResult out(result, args);
    for (idx_t row = 0; row < out.rows(); ++row) {
      for (idx_t i = list.length(row); i > 0; --i) out.add(list.offset(row) + i - 1);
      out.end_row(row);
    }
    out.finish(pool);
  });
}

ScalarBody bind_array_concat(const KernelSpec&) {
  return body([](DataChunk& args, Vector& result) {
    std::vector<ListArgument> lists;
    std::vector<ElementPool::Part> parts;
    for (auto& v : args.data) parts.push_back(part(lists.emplace_back(v, args.size())));
    ElementPool pool(parts);
    ListResult out(result, args);
    for (idx_t row = 0; row < out.rows(); ++row) {
      for (size_t k = 0; k < lists.size(); ++k) {
        const idx_t start = pool.start(k) + lists[k].offset(row);
        for (idx_t i = 0; i < lists[k].length(row); ++i) out.add(start + i);
      }
      out.end_row(row);
    }
    out.finish(pool);
  });
}

ScalarKernels collection_kernels() { return pointers<ScalarKernel>(kKernels); }

}  // namespace lochan::engine::kernels
