// sequence: integers, dates and timestamps in steps.
#include "engine/kernels/calendar.h"
#include "engine/kernels/elements.h"
#include "engine/kernels/kernel_list.h"
#include "engine/kernels/zone.h"

namespace lochan::engine::kernels {
namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::idx_t;
using duckdb::Vector;
using types::TypeId;

constexpr int64_t kMaxElements = 2147483632;  // Spark's largest array
constexpr int64_t kCheckEvery = 1 << 16;
constexpr size_t kPieceElements = size_t{1} << 16;

/// A step of months, days and microseconds; of a number in `micros`.
struct Step {
  int64_t months = 0, days = 0, micros = 0;
};

/// The step argument of any type, read row by row.
class StepColumn {
 public:
  StepColumn(const types::DataType& type, Vector& vector, idx_t count) : id_(type.id()) {
    switch (id_) {
      case TypeId::kByte: bytes_.emplace(vector, count); break;
      case TypeId::kShort: shorts_.emplace(vector, count); break;
      case TypeId::kInteger:
      case TypeId::kYearMonthInterval: integers_.emplace(vector, count); break;
      case TypeId::kCalendarInterval: {
        auto& fields = duckdb::StructVector::GetEntries(vector);
        integers_.emplace(*fields[0], count);
        days_.emplace(*fields[1], count);
        longs_.emplace(*fields[2], count);
        break;
      }
      default: longs_.emplace(vector, count);
    }
  }
  Step operator[](idx_t row) const {
    switch (id_) {
      case TypeId::kByte: return {0, 0, (*bytes_)[row]};
      case TypeId::kShort: return {0, 0, (*shorts_)[row]};
      case TypeId::kInteger: return {0, 0, (*integers_)[row]};
      case TypeId::kYearMonthInterval: return {(*integers_)[row], 0, 0};
      case TypeId::kDayTimeInterval: {
        const int64_t micros = (*longs_)[row];
        return {0, micros / kMicrosPerDay, micros % kMicrosPerDay};
      }
      case TypeId::kCalendarInterval: return {(*integers_)[row], (*days_)[row], (*longs_)[row]};
      default: return {0, 0, (*longs_)[row]};
    }
  }

 private:
  TypeId id_;
  std::optional<Column<int8_t>> bytes_;
  std::optional<Column<int16_t>> shorts_;
  std::optional<Column<int32_t>> integers_, days_;
  std::optional<Column<int64_t>> longs_;
};

[[noreturn]] void illegal(const KernelSpec& spec, int64_t start, int64_t stop,
                          const std::string& step) {
  raise(spec, "ILLEGAL_SEQUENCE_BOUNDARIES",
        {{"start", std::to_string(start)}, {"stop", std::to_string(stop)}, {"step", step}});
}

/// Refuses what is larger than an array may be or than memory has room for.
void check_size(const KernelSpec& spec, __int128 size, size_t bytes_per_element) {
  if (size <= kMaxElements)
    return claim_memory(bytes_per_element * static_cast<size_t>(std::max<__int128>(size, 0)));
  raise(spec, "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER",
        {{"numberOfElements", types::decimal_to_string(size, 0)},
         {"functionName", "`sequence`"},
         {"maxRoundedArrayLength", std::to_string(kMaxElements)},
         {"parameter", "`count`"}});
}

template <class T>
int64_t number_count(const KernelSpec& spec, int64_t start, int64_t stop, int64_t step) {
  const bool bad =
      (step > 0 && start > stop) || (step < 0 && start < stop) || (step == 0 && start != stop);
  if (bad) illegal(spec, start, stop, std::to_string(step));
  const __int128 size = step == 0 ? 1 : (static_cast<__int128>(stop) - start) / step + 1;
  check_size(spec, size, sizeof(T));
  return static_cast<int64_t>(size);
}

/// Steps of a calendar: the i-th element is start + i * step, so that month ends do not drift.
struct Calendar {
  bool dates = false;          // values are days
  const Zone* zone = nullptr;  // null: local time

  int64_t micros(int64_t value) const { return dates ? value * kMicrosPerDay : value; }
  int64_t to_local(int64_t value) const {
    return dates || !zone ? micros(value) : zone->to_local(value);
  }
  int64_t from_local(int64_t local) const {
    return dates ? floor_div(local, kMicrosPerDay) : zone ? zone->to_utc(local) : local;
  }
  int64_t at(int64_t start, const Step& step, int64_t i) const {
    int64_t local = to_local(start);
    int64_t days = floor_div(local, kMicrosPerDay);
    const int64_t time = local - days * kMicrosPerDay;
    days = add_months(days, step.months * i) + step.days * i;
    local = days * kMicrosPerDay + time;
    if (dates || !zone) return from_local(local + step.micros * i);
    return zone->to_utc(local) + step.micros * i;
  }
};

template <class T>
void calendar_sequence(const KernelSpec& spec, const Calendar& calendar, int64_t start,
                       int64_t stop, const Step& step, std::vector<T>& out) {
  // Whether a step goes up or down is judged by months of 28 days, as Spark does.
  const int64_t length = step.months * 28 * kMicrosPerDay + step.days * kMicrosPerDay + step.micros;
  const int64_t from = calendar.micros(start), to = calendar.micros(stop);
  const bool bad =
      (length > 0 && from > to) || (length < 0 && from < to) || (length == 0 && from != to);
  if (bad) {
    illegal(spec, from, to,
            std::to_string(step.months) + " months " + std::to_string(step.days) + " days " +
                std::to_string(step.micros) + " microseconds");
  }
  if (length == 0) return out.push_back(static_cast<T>(start));
  // Twice, while they are copied.
  check_size(spec, (static_cast<__int128>(to) - from) / length + 1, 2 * sizeof(T));
  for (int64_t i = 0;; ++i) {
    if (i % kCheckEvery == 0) check_cancelled();
    const int64_t value = calendar.at(start, step, i);
    if (length > 0 ? value > stop : value < stop) break;
    out.push_back(static_cast<T>(value));
  }
}

/// The columns of a call: start, stop and, where there is one, the step.
template <class T>
struct Bounds {
  Bounds(const KernelSpec& spec, DataChunk& args)
      : constant(all_constant(args)),
        rows(constant ? 1 : args.size()),
        starts(args.data[0], args.size()),
        stops(args.data[1], args.size()) {
    if (args.ColumnCount() == 3) steps.emplace(spec.arguments[2], args.data[2], args.size());
  }
  int64_t direction(idx_t row) const { return starts[row] <= stops[row] ? 1 : -1; }

  bool constant;
  idx_t rows;
  Column<T> starts, stops;
  std::optional<StepColumn> steps;
};

template <class T>
T* reserve(Vector& result, size_t size) {
  duckdb::ListVector::Reserve(result, size);
  duckdb::ListVector::SetListSize(result, size);
  return duckdb::FlatVector::GetData<T>(duckdb::ListVector::GetEntry(result));
}

template <class T>
ScalarBody bind_numbers(const KernelSpec& spec) {
  return [&spec](DataChunk& args, ExpressionState&, Vector& result) {
    const Bounds<T> bounds(spec, args);
    const auto step = [&](idx_t row) {
      return bounds.steps ? (*bounds.steps)[row].micros : bounds.direction(row);
    };
    size_t size = 0;
    auto* entries = duckdb::FlatVector::GetData<duckdb::list_entry_t>(result);
    for (idx_t row = 0; row < bounds.rows; ++row) {
      const auto count = number_count<T>(spec, bounds.starts[row], bounds.stops[row], step(row));
      entries[row] = {size, static_cast<idx_t>(count)};
      size += count;
    }
    auto* out = reserve<T>(result, size);
    for (idx_t row = 0; row < bounds.rows; ++row) {
      const int64_t start = bounds.starts[row], by = step(row);
      for (int64_t i = 0, count = entries[row].length; i < count; ++i) {
        if (i % kCheckEvery == 0) check_cancelled();
        *out++ = static_cast<T>(start + i * by);
      }
    }
    if (bounds.constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

template <class T>
ScalarBody bind_calendar(const KernelSpec& spec) {
  const auto id = spec.arguments[0].id();
  Calendar calendar;
  calendar.dates = id == TypeId::kDate;
  if (id == TypeId::kTimestamp) calendar.zone = &Zone::get(spec.zone);
  return [&spec, calendar](DataChunk& args, ExpressionState&, Vector& result) {
    const Bounds<T> bounds(spec, args);
    // How many there are is known once they are made. In pieces, of whole rows: to grow or copy all
    // of them at once could take seconds, in which nothing would ask whether the query still runs.
    std::vector<std::vector<T>> pieces(1);
    size_t size = 0;
    auto* entries = duckdb::FlatVector::GetData<duckdb::list_entry_t>(result);
    for (idx_t row = 0; row < bounds.rows; ++row) {
      check_cancelled();
      if (pieces.back().size() >= kPieceElements) pieces.emplace_back();
      auto& values = pieces.back();
      const size_t begun = values.size();
      calendar_sequence(spec, calendar, bounds.starts[row], bounds.stops[row],
                        bounds.steps ? (*bounds.steps)[row] : Step{0, bounds.direction(row), 0},
                        values);
      entries[row] = {size, values.size() - begun};
      size += values.size() - begun;
    }
    auto* out = reserve<T>(result, size);
    for (auto& piece : pieces) {
      check_cancelled();
      out = std::copy(piece.begin(), piece.end(), out);
      std::vector<T>().swap(piece);
    }
    if (bounds.constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

ScalarBody bind_sequence(const KernelSpec& spec) {
  const auto& type = spec.arguments[0];
  switch (type.id()) {
    case TypeId::kByte: return bind_numbers<int8_t>(spec);
    case TypeId::kShort: return bind_numbers<int16_t>(spec);
    case TypeId::kInteger: return bind_numbers<int32_t>(spec);
    case TypeId::kDate: return bind_calendar<int32_t>(spec);
    default: return type.is_integral() ? bind_numbers<int64_t>(spec) : bind_calendar<int64_t>(spec);
  }
}

const ScalarKernel kKernels[] = {{.name = "sequence", .bind = bind_sequence, .fallible = true}};

}  // namespace

ScalarKernels sequence_kernels() { return pointers<ScalarKernel>(kKernels); }

}  // namespace lochan::engine::kernels
