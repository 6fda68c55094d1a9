// Lines of CSV.
#include "engine/kernels/kernel_list.h"
#include "engine/kernels/per_row.h"
#include "engine/kernels/utf8.h"
#include "engine/text/csv_writer.h"

namespace lochan::engine::kernels {
namespace {

/// Bytes as Spark shows them: [00 FF 41].
void append_bytes(std::string& out, std::string_view bytes) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  out += '[';
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (i > 0) out += ' ';
    out += {kHex[byte >> 4], kHex[byte & 15]};
  }
  out += ']';
}

/// csv_line(cell, ...): the texts as one line, those of binary cells with the hexadecimal digits of
/// each byte; its style is the name in the specification.
const ScalarKernel kCsvLine{
    .name = "csv_line",
    .bind = [](const KernelSpec& spec) -> ScalarBody {
      return [&spec, style = text::CsvStyle::parse(spec.name)](
                 DataChunk& args, duckdb::ExpressionState&, Vector& result) {
        std::vector<Column<std::optional<std::string_view>>> cells;
        for (auto& vector : args.data) cells.emplace_back(vector, args.size());
        std::string line, bytes;
        for (idx_t row = 0; row < args.size(); ++row) {
          line.clear();
          for (size_t i = 0; i < cells.size(); ++i) {
            auto cell = cells[i][row];
            if (cell && spec.arguments[i].is(types::TypeId::kBinary)) {
              bytes.clear();
              append_bytes(bytes, *cell);
              cell = bytes;
            }
            style.append(line, cell, i == 0);
          }
          if (!utf8::is_valid(line)) line = utf8::decode(line);
          store<const std::string&>(result, row, line);
        }
      };
    },
    .handles_nulls = true,
};

}  // namespace

ScalarKernels csv_kernels() { return {&kCsvLine}; }

}  // namespace lochan::engine::kernels
