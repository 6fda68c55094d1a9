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

/// var_samp, var_pop, stddev_*, regr_sxx...: from the second moment.
struct Variance {
  double n = 0, mean = 0, m2 = 0;

  using Input = Moments::Input;
  void add(const Input& input, idx_t row) {
    if (!input.x.is_null(row)) add(input.x[row]);
  }
  void add(double x) {
    n += 1;
    const double delta = x - mean, delta_n = delta / n;
    mean += delta_n;
    m2 += delta * (delta - delta_n);
  }
  void merge(const Variance& o) {
    if (o.n == 0) return;
    const double total = n + o.n, delta = o.mean - mean, delta_n = delta / total;
    mean += delta_n * o.n;
    m2 = m2 + o.m2 + delta * delta_n * n * o.n;
    n = total;
  }
};

template <bool kSample, bool kRoot>
struct Spread : Variance {
  void finish(const KernelSpec&, Vector& result, idx_t row) const {
    if (n == 0 || (kSample && n == 1)) return duckdb::FlatVector::SetNull(result, row, true);
    const double variance = m2 / (kSample ? n - 1 : n);
    store(result, row, kRoot ? std::sqrt(variance) : variance);
  }
};

struct SquaredSum : Variance {
  void finish(const KernelSpec&, Vector& result, idx_t row) const {
    if (n == 0) return duckdb::FlatVector::SetNull(result, row, true);
    store(result, row, m2);
  }
};

/// covar_samp, covar_pop, regr_sxy: over pairs without nulls.
struct Covariance {
  double n = 0, x_mean = 0, y_mean = 0, ck = 0;

  struct Input {
    Input(const KernelSpec&, Vector inputs[], idx_t count)
        : x(inputs[0], count), y(inputs[1], count) {}
    Column<double> x, y;
  };
  void add(const Input& input, idx_t row) {
    if (!input.x.is_null(row) && !input.y.is_null(row)) add(input.x[row], input.y[row]);
  }
  void add(double x, double y) {
    n += 1;
    const double dx = x - x_mean, dy = y - y_mean;
    x_mean += dx / n;
    y_mean += dy / n;
    ck += dx * (y - y_mean);
  }
  void merge(const Covariance& o) {
    if (o.n == 0) return;
    const double total = n + o.n;
    const double dx = o.x_mean - x_mean, dy = o.y_mean - y_mean;
    const double dx_n = dx / total, dy_n = dy / total;
    ck = ck + o.ck + dx * dy_n * n * o.n;
    x_mean += dx_n * o.n;
    y_mean += dy_n * o.n;
    n = total;
  }
};

enum class Divisor { kOne, kCount, kCountLessOne };
template <Divisor kDivisor>
struct CovarianceOver : Covariance {
  void finish(const KernelSpec&, Vector& result, idx_t row) const {
    if (n == 0 || (kDivisor == Divisor::kCountLessOne && n == 1)) {
      return duckdb::FlatVector::SetNull(result, row, true);
    }
    store(result, row,
          kDivisor == Divisor::kOne ? ck : ck / (kDivisor == Divisor::kCount ? n : n - 1));
  }
};

/// regr_slope(y, x), regr_intercept(y, x): from the covariance of x and y and the variance of x.
template <bool kIntercept>
struct Regression {
  Covariance covariance;
  Variance x;

  using Input = Covariance::Input;  // its x is the first argument, y here
  void add(const Input& input, idx_t row) {
    if (input.x.is_null(row) || input.y.is_null(row)) return;
    covariance.add(input.y[row], input.x[row]);
    x.add(input.y[row]);
  }
  void merge(const Regression& o) {
    covariance.merge(o.covariance);
    x.merge(o.x);
  }
  void finish(const KernelSpec&, Vector& result, idx_t row) const {
    if (x.m2 == 0) return duckdb::FlatVector::SetNull(result, row, true);
    const double slope = covariance.ck / x.m2;
    store(result, row, kIntercept ? covariance.y_mean - slope * covariance.x_mean : slope);
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

/// regr_r2(y, x): null without spread in x, 1 without spread in y.
struct Determination : Correlation {
  void finish(const KernelSpec&, Vector& result, idx_t row) const {
    if (n == 0 || y_m2 == 0) return duckdb::FlatVector::SetNull(result, row, true);
    if (x_m2 == 0) return store(result, row, 1.0);
    const double correlation = ck / std::sqrt(x_m2 * y_m2);
    store(result, row, correlation * correlation);
  }
};

const AggregateKernel kKernels[] = {
    {.name = "var_samp", .bind = AggregateOf<Spread<true, false>>::bind},
    {.name = "var_pop", .bind = AggregateOf<Spread<false, false>>::bind},
    {.name = "stddev_samp", .bind = AggregateOf<Spread<true, true>>::bind},
    {.name = "stddev_pop", .bind = AggregateOf<Spread<false, true>>::bind},
    {.name = "squared_sum", .bind = AggregateOf<SquaredSum>::bind},
    {.name = "covar_samp", .bind = AggregateOf<CovarianceOver<Divisor::kCountLessOne>>::bind},
    {.name = "covar_pop", .bind = AggregateOf<CovarianceOver<Divisor::kCount>>::bind},
    {.name = "regr_sxy", .bind = AggregateOf<CovarianceOver<Divisor::kOne>>::bind},
    {.name = "regr_slope", .bind = AggregateOf<Regression<false>>::bind},
    {.name = "regr_intercept", .bind = AggregateOf<Regression<true>>::bind},
    {.name = "regr_r2", .bind = AggregateOf<Determination>::bind},
    {.name = "skewness", .bind = AggregateOf<Skewness>::bind},
    {.name = "kurtosis", .bind = AggregateOf<Kurtosis>::bind},
    {.name = "corr", .bind = AggregateOf<Correlation>::bind},
};

}  // namespace

AggregateKernels aggregate_statistics_kernels() { return pointers<AggregateKernel>(kKernels); }

}  // namespace lochan::engine::kernels
