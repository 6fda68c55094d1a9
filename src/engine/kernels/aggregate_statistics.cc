// skewness, kurtosis, corr: central moments, updated and merged by Welford's and Chan's formulas as
// Spark does, so that the last digits agree.
#include <cmath>

#include "engine/kernels/aggregate_state.h"

namespace lochan::engine::kernels {
namespace {

using duckdb::idx_t;
using duckdb::Vector;

struct Moments {
  double n = 0, mean = 0, m2 = 0, m3 = 0, m4 = 0;

  struct Input {
    Input(const KernelSpec&, Vector inputs[], idx_t count) : x(inputs[0], count) {}
    Column<double> x;
  };
  void add(const Input& input, idx_t row) {
    if (input.x.is_null(row)) return;
    const double x = input.x[row];
    n += 1;
    const double delta = x - mean, delta_n = delta / n;
    mean += delta_n;
    m2 += delta * (delta - delta_n);
    const double delta2 = delta * delta, delta_n2 = delta_n * delta_n;
    m3 += -3.0 * delta_n * m2 + delta * (delta2 - delta_n2);
    m4 += -4.0 * delta_n * m3 - 6.0 * delta_n2 * m2 + delta * (delta * delta2 - delta_n * delta_n2);
  }
  void merge(const Moments& o) {
    if (o.n == 0) return;
    const double n1 = n, n2 = o.n, total = n1 + n2;
    const double delta = o.mean - mean, delta_n = total == 0 ? 0 : delta / total;
    const double new_m4 =
        m4 + o.m4 + delta_n * delta_n * delta_n * delta * n1 * n2 * (n1 * n1 - n1 * n2 + n2 * n2) +
        6.0 * delta_n * delta_n * (n1 * n1 * o.m2 + n2 * n2 * m2) +
        4.0 * delta_n * (n1 * o.m3 - n2 * m3);
    const double new_m3 = m3 + o.m3 + delta_n * delta_n * delta * n1 * n2 * (n1 - n2) +
                          3.0 * delta_n * (n1 * o.m2 - n2 * m2);
    m2 = m2 + o.m2 + delta * delta_n * n1 * n2;
    m3 = new_m3;
    m4 = new_m4;
    mean = mean + delta_n * n2;
    n = total;
  }
};

struct Skewness : Moments {
  void finish(const KernelSpec&, Vector& result, idx_t row) const {
    if (n == 0 || m2 == 0) return duckdb::FlatVector::SetNull(result, row, true);
    store(result, row, std::sqrt(n) * m3 / std::sqrt(m2 * m2 * m2));
  }
};

struct Kurtosis : Moments {
  void finish(const KernelSpec&, Vector& result, idx_t row) const {
    if (n == 0 || m2 == 0) return duckdb::FlatVector::SetNull(result, row, true);
    store(result, row, n * m4 / (m2 * m2) - 3.0);
  }
};

struct Correlation {
  double n = 0, x_mean = 0, y_mean = 0, ck = 0, x_m2 = 0, y_m2 = 0;

  struct Input {
    Input(const KernelSpec&, Vector inputs[], idx_t count)
        : x(inputs[0], count), y(inputs[1], count) {}
    Column<double> x, y;
  };
  void add(const Input& input, idx_t row) {
    if (input.x.is_null(row) || input.y.is_null(row)) return;
    const double x = input.x[row], y = input.y[row];
    n += 1;
    const double dx = x - x_mean, dy = y - y_mean;
    x_mean += dx / n;
    y_mean += dy / n;
    ck += dx * (y - y_mean);
    x_m2 += dx * (x - x_mean);
    y_m2 += dy * (y - y_mean);
  }
  void merge(const Correlation& o) {
    if (o.n == 0) return;
    const double n1 = n, n2 = o.n, total = n1 + n2;
    const double dx = o.x_mean - x_mean, dy = o.y_mean - y_mean;
    const double dx_n = total == 0 ? 0 : dx / total, dy_n = total == 0 ? 0 : dy / total;
    ck = ck + o.ck + dx * dy_n * n1 * n2;
    x_m2 = x_m2 + o.x_m2 + dx * dx_n * n1 * n2;
    y_m2 = y_m2 + o.y_m2 + dy * dy_n * n1 * n2;
    x_mean += dx_n * n2;
    y_mean += dy_n * n2;
    n = total;
  }
  void finish(const KernelSpec& spec, Vector& result, idx_t row) const {
    if (n < 2) return duckdb::FlatVector::SetNull(result, row, true);
    const double spread = std::sqrt(x_m2 * y_m2);
    if (spread == 0) {
      if (spec.mode == plan::CastMode::kAnsi) {
        raise(spec, "DIVIDE_BY_ZERO", {{"config", "\"spark.sql.ansi.enabled\""}});
      }
      return duckdb::FlatVector::SetNull(result, row, true);
    }
    store(result, row, ck / spread);
  }
};

const AggregateKernel kKernels[] = {
    {.name = "skewness", .bind = AggregateOf<Skewness>::bind},
    {.name = "kurtosis", .bind = AggregateOf<Kurtosis>::bind},
    {.name = "corr", .bind = AggregateOf<Correlation>::bind},
};

}  // namespace

AggregateKernels aggregate_statistics_kernels() { return pointers<AggregateKernel>(kKernels); }

}  // namespace lochan::engine::kernels
