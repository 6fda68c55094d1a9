// approx_count_distinct: HyperLogLog++ over XXH64, with Spark's registers and thresholds, so that
// estimates agree. Only between 2.5 and 5 values per register, where Spark subtracts a measured
// bias, ours is the raw estimate.
#include <bit>
#include <cmath>

#include "engine/kernels/aggregate_state.h"
#include "engine/kernels/hasher.h"

namespace lochan::engine::kernels {
namespace {

using duckdb::idx_t;
using duckdb::Vector;

/// Below these counts linear counting is the better estimate, by precision from 4 on (from the
/// HLL++ paper).
constexpr double kThresholds[] = {10,   20,   40,    80,    220,   400,    900,   1800,
                                  3100, 6500, 11500, 20000, 50000, 120000, 350000};

struct HyperLogLog {
  std::vector<uint8_t> registers;
  int precision = 9;

  struct Input {
    Input(const KernelSpec& s, Vector inputs[], idx_t count)
        : hasher(s.arguments[0], inputs[0], count) {
      duckdb::UnifiedVectorFormat format;
      inputs[0].ToUnifiedFormat(count, format);
      for (idx_t row = 0; row < count; ++row) {
        is_null.push_back(!format.validity.RowIsValid(format.sel->get_index(row)));
      }
      const double deviation =
          s.arguments.size() > 1 && count > 0 ? inputs[1].GetValue(0).GetValue<double>() : 0.05;
      precision = std::max(
          4, static_cast<int>(std::ceil(2.0 * std::log(1.106 / deviation) / std::log(2.0))));
    }
    Hasher<XxHash64> hasher;
    std::vector<bool> is_null;
    int precision;
  };

  void add(const Input& input, idx_t row) {
    if (registers.empty()) {
      precision = input.precision;
      registers.resize(size_t{1} << precision);
    }
    if (input.is_null[row]) return;
    const auto hash = static_cast<uint64_t>(input.hasher(row, 42));
    const size_t index = hash >> (64 - precision);
    const uint64_t rest = hash << precision | uint64_t{1} << (precision - 1);
    const auto rank = static_cast<uint8_t>(std::countl_zero(rest) + 1);
    registers[index] = std::max(registers[index], rank);
  }
  void merge(const HyperLogLog& other) {
    if (other.registers.empty()) return;
    if (registers.empty()) {
      *this = other;
      return;
    }
    for (size_t i = 0; i < registers.size(); ++i)
      registers[i] = std::max(registers[i], other.registers[i]);
  }
  void finish(const KernelSpec&, Vector& result, idx_t row) const {
    int64_t estimate = 0;
    if (!registers.empty()) {
      const auto m = static_cast<double>(registers.size());
      double inverse = 0, zeros = 0;
      for (uint8_t r : registers) {
        inverse += 1.0 / static_cast<double>(uint64_t{1} << r);
        zeros += r == 0;
      }
      const double alpha = precision == 4   ? 0.673
                           : precision == 5 ? 0.697
                           : precision == 6 ? 0.709
                                            : 0.7213 / (1.0 + 1.079 / m);
      const double raw = alpha * m * m / inverse;
      double value = raw;
      if (zeros > 0) {
        const double linear = m * std::log(m / zeros);
        if ((precision < 19 && linear <= kThresholds[precision - 4]) || raw <= 2.5 * m)
          value = linear;
      }
      estimate = std::llround(value);
    }
    store(result, row, estimate);
  }
};

const AggregateKernel kApproxCountDistinct{.name = "approx_count_distinct",
                                           .bind = AggregateOf<HyperLogLog>::bind};

}  // namespace

AggregateKernels aggregate_distinct_kernels() { return {&kApproxCountDistinct}; }

}  // namespace lochan::engine::kernels
