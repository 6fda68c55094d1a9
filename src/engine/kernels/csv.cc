// Lines of CSV.
#include "engine/kernels/kernel_list.h"
#include "engine/kernels/per_row.h"
#include "engine/text/csv_writer.h"

namespace lochan::engine::kernels {
namespace {

/// csv_line(cell, ...): the texts as one line; its style is the name in the specification.
const ScalarKernel kCsvLine{
    .name = "csv_line",
    .bind = [](const KernelSpec& spec) -> ScalarBody {
      return [style = text::CsvStyle::parse(spec.name)](DataChunk& args, duckdb::ExpressionState&,
                                                        Vector& result) {
        std::vector<Column<std::optional<std::string_view>>> cells;
        for (auto& vector : args.data) cells.emplace_back(vector, args.size());
        std::string line;
        for (idx_t row = 0; row < args.size(); ++row) {
          line.clear();
          for (size_t i = 0; i < cells.size(); ++i) style.append(line, cells[i][row], i == 0);
          store<const std::string&>(result, row, line);
        }
      };
    },
    .handles_nulls = true,
};

}  // namespace

ScalarKernels csv_kernels() { return {&kCsvLine}; }

}  // namespace lochan::engine::kernels
