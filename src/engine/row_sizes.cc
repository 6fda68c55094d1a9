#include "engine/row_sizes.h"

#include <numeric>

namespace lochan::engine {

void add_row_sizes(duckdb::Vector& vector, duckdb::idx_t count, std::vector<double>& sizes) {
  const auto type = vector.GetType().InternalType();
  if (type == duckdb::PhysicalType::STRUCT) {
    vector.Flatten(count);
    for (auto& field : duckdb::StructVector::GetEntries(vector))
      add_row_sizes(*field, count, sizes);
    return;
  }
  if (type != duckdb::PhysicalType::VARCHAR && type != duckdb::PhysicalType::LIST) {
    const auto width = static_cast<double>(duckdb::GetTypeIdSize(type));
    for (duckdb::idx_t row = 0; row < count; ++row) sizes[row] += width;
    return;
  }
  duckdb::UnifiedVectorFormat format;
  vector.ToUnifiedFormat(count, format);
  const auto add = [&](auto size) {
    for (duckdb::idx_t row = 0; row < count; ++row) {
      const auto at = format.sel->get_index(row);
      if (format.validity.RowIsValid(at)) sizes[row] += size(at);
    }
  };
  if (type == duckdb::PhysicalType::VARCHAR) {
    const auto* texts = duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(format);
    return add([&](auto at) { return static_cast<double>(texts[at].GetSize()) + sizeof(int32_t); });
  }
  const auto elements = duckdb::ListVector::GetListSize(vector);
  std::vector<double> element_sizes(elements);
  add_row_sizes(duckdb::ListVector::GetEntry(vector), elements, element_sizes);
  const double mean =
      elements == 0 ? 0
                    : std::accumulate(element_sizes.begin(), element_sizes.end(), 0.0) / elements;
  const auto* lists = duckdb::UnifiedVectorFormat::GetData<duckdb::list_entry_t>(format);
  add([&](auto at) { return mean * static_cast<double>(lists[at].length) + sizeof(int32_t); });
}

}  // namespace lochan::engine
