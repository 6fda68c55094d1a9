// percentile, percentile_disc and percentile_approx. All values are kept, with how often they came:
// the approximate one is exact here, which its definition allows.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "engine/kernels/aggregate_state.h"
#include "engine/kernels/cast.h"

namespace lochan::engine::kernels {
namespace {

using duckdb::idx_t;
using duckdb::Vector;
using types::DataType;
using types::TypeId;

/// Numbers of any type read as double, which is what Spark computes percentiles in.
class DoubleColumn {
 public:
  DoubleColumn(const DataType& type, Vector& vector, idx_t count) : type_(type) {
    vector.ToUnifiedFormat(count, format_);
  }
  bool is_null(idx_t row) const {
    return !format_.validity.RowIsValid(format_.sel->get_index(row));
  }
  double operator[](idx_t row) const {
    const idx_t i = format_.sel->get_index(row);
    switch (type_.id()) {
      case TypeId::kByte: return at<int8_t>(i);
      case TypeId::kShort: return at<int16_t>(i);
      case TypeId::kInteger:
      case TypeId::kDate:
      case TypeId::kYearMonthInterval: return at<int32_t>(i);
      case TypeId::kFloat: return at<float>(i);
      case TypeId::kDouble: return at<double>(i);
      case TypeId::kDecimal:
        return with_decimal(type_, [&](auto t) {
          return static_cast<double>(static_cast<__int128>(at<typename decltype(t)::type>(i))) /
                 std::pow(10.0, type_.scale());
        });
      default: return static_cast<double>(at<int64_t>(i));
    }
  }

 private:
  template <class T>
  T at(idx_t i) const {
    T value;  // a decimal of a state may lie anywhere
    std::memcpy(&value, format_.data + i * sizeof(T), sizeof(T));
    return value;
  }
  DataType type_;
  duckdb::UnifiedVectorFormat format_;
};

/// `value` as the type that the column had.
duckdb::Value back_to(const DataType& type, double value) {
  switch (type.id()) {
    case TypeId::kDouble: return duckdb::Value::DOUBLE(value);
    case TypeId::kFloat: return duckdb::Value::FLOAT(static_cast<float>(value));
    case TypeId::kDecimal: return duckdb::Value::DOUBLE(value).DefaultCastAs(to_duckdb(type));
    case TypeId::kDate: return duckdb::Value::DATE(duckdb::date_t(static_cast<int32_t>(value)));
    case TypeId::kTimestamp:
      return duckdb::Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(static_cast<int64_t>(value)));
    case TypeId::kTimestampNtz:
      return duckdb::Value::TIMESTAMP(duckdb::timestamp_t(static_cast<int64_t>(value)));
    default:
      return duckdb::Value::BIGINT(static_cast<int64_t>(value)).DefaultCastAs(to_duckdb(type));
  }
}

/// Java's order of doubles: -0.0 before 0.0, NaN after all.
struct JavaLess {
  bool operator()(double a, double b) const {
    if (a != b) return a < b || (std::isnan(b) && !std::isnan(a));
    return std::signbit(a) && !std::signbit(b);
  }
};

struct Percentile {
  std::map<double, int64_t, JavaLess> counts;
  std::vector<double> shares;
  bool has_shares = false;

  struct Input {
    Input(const KernelSpec& s, Vector inputs[], idx_t count)
        : spec(s), values(s.arguments[0], inputs[0], count), shares(inputs[1]) {
      if (s.arguments.size() > 2 && s.name.find("approx") == std::string::npos) {
        weights.emplace(s.arguments[2], inputs[2], count);
      }
    }
    const KernelSpec& spec;
    DoubleColumn values;
    Vector& shares;
    std::optional<DoubleColumn> weights;
  };

  void add(const Input& input, idx_t row) {
    if (!has_shares) read_shares(input.spec, input.shares.GetValue(row));
    if (input.values.is_null(row) || (input.weights && input.weights->is_null(row))) return;
    const double weight = input.weights ? (*input.weights)[row] : 1;
    if (weight < 0) {
      raise(input.spec, "INVALID_PARAMETER_VALUE.FREQUENCY",
            {{"parameter", "`frequency`"}, {"functionName", "`percentile`"}});
    }
    if (weight > 0) counts[input.values[row]] += static_cast<int64_t>(weight);
  }
  void merge(const Percentile& other) {
    if (!has_shares) {
      shares = other.shares;
      has_shares = other.has_shares;
    }
    for (const auto& [value, n] : other.counts) counts[value] += n;
  }

  /// The value at a 0-based place in the order of all values.
  double at(int64_t position) const {
    int64_t passed = 0;
    for (const auto& [value, n] : counts) {
      passed += n;
      if (passed > position) return value;
    }
    return counts.rbegin()->first;
  }
  int64_t total() const {
    int64_t sum = 0;
    for (const auto& [value, n] : counts) sum += n;
    return sum;
  }
  template <class F>
  void finish_with(const KernelSpec& spec, Vector& result, idx_t row, F value_of) const {
    if (counts.empty() || !has_shares) return duckdb::FlatVector::SetNull(result, row, true);
    const int64_t n = total();
    if (!spec.result.is(TypeId::kArray)) {
      result.SetValue(row, back_to(spec.result, value_of(shares[0], n)));
      return;
    }
    duckdb::vector<duckdb::Value> values;
    for (double share : shares)
      values.push_back(back_to(spec.result.element(), value_of(share, n)));
    result.SetValue(row, duckdb::Value::LIST(to_duckdb(spec.result.element()), std::move(values)));
  }

 private:
  void read_shares(const KernelSpec& spec, const duckdb::Value& value) {
    has_shares = !value.IsNull();
    if (!has_shares) return;
    if (spec.arguments[1].is(TypeId::kArray)) {
      for (const auto& share : duckdb::ListValue::GetChildren(value))
        shares.push_back(share.GetValue<double>());
    } else {
      shares.push_back(value.GetValue<double>());
    }
  }
};

struct Interpolated : Percentile {
  void finish(const KernelSpec& spec, Vector& result, idx_t row) const {
    finish_with(spec, result, row, [&](double share, int64_t n) {
      const double position = static_cast<double>(n - 1) * share;
      const double lower = std::floor(position), higher = std::ceil(position);
      const double low = at(static_cast<int64_t>(lower));
      if (lower == higher) return low;
      const double high = at(static_cast<int64_t>(higher));
      return low == high ? low : (higher - position) * low + (position - lower) * high;
    });
  }
};

struct Discrete : Percentile {
  void finish(const KernelSpec& spec, Vector& result, idx_t row) const {
    finish_with(spec, result, row, [&](double share, int64_t n) {
      const auto rank = static_cast<int64_t>(std::ceil(share * static_cast<double>(n)));
      return at(std::max<int64_t>(rank, 1) - 1);
    });
  }
};

/// In descending order of the values.
struct DiscreteDescending : Percentile {
  void finish(const KernelSpec& spec, Vector& result, idx_t row) const {
    finish_with(spec, result, row, [&](double share, int64_t n) {
      const auto rank = static_cast<int64_t>(std::ceil(share * static_cast<double>(n)));
      return at(n - std::max<int64_t>(rank, 1));
    });
  }
};

const AggregateKernel kKernels[] = {
    {.name = "percentile", .bind = AggregateOf<Interpolated>::bind},
    {.name = "percentile_disc", .bind = AggregateOf<Discrete>::bind},
    {.name = "percentile_disc_descending", .bind = AggregateOf<DiscreteDescending>::bind},
    {.name = "percentile_approx", .bind = AggregateOf<Discrete>::bind},
};

}  // namespace

AggregateKernels aggregate_percentile_kernels() { return pointers<AggregateKernel>(kKernels); }

}  // namespace lochan::engine::kernels
