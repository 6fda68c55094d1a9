// listagg: texts joined in the order of the input.
#include "engine/kernels/aggregate_state.h"

namespace lochan::engine::kernels {
namespace {

using duckdb::idx_t;
using duckdb::Vector;

struct Joined {
  std::string text, delimiter;
  bool any = false;

  struct Input {
    Input(const KernelSpec& s, Vector inputs[], idx_t count) : texts(inputs[0], count) {
      if (s.arguments.size() > 1) delimiters.emplace(inputs[1], count);
    }
    Column<std::string_view> texts;
    std::optional<Column<std::string_view>> delimiters;
  };
  void add(const Input& input, idx_t row) {
    if (input.texts.is_null(row)) return;
    if (!any && input.delimiters && !input.delimiters->is_null(row))
      delimiter = (*input.delimiters)[row];
    if (any) text += delimiter;
    text += input.texts[row];
    any = true;
  }
  void merge(const Joined& other) {
    if (!other.any) return;
    if (!any) {
      *this = other;
      return;
    }
    text += delimiter;
    text += other.text;
  }
  void finish(const KernelSpec&, Vector& result, idx_t row) const {
    if (!any) return duckdb::FlatVector::SetNull(result, row, true);
    store(result, row, text);
  }
};

const AggregateKernel kListAgg{.name = "listagg", .bind = AggregateOf<Joined>::bind};

}  // namespace

AggregateKernels aggregate_text_kernels() { return {&kListAgg}; }

}  // namespace lochan::engine::kernels
