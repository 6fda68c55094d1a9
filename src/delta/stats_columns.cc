#include <algorithm>
#include <set>

#include "delta/stats.h"
#include "delta/table_properties.h"

namespace lochan::delta {
namespace {

struct Leaf {
  ColumnStatistics statistics;
  std::string name;  // logical, "a.b"
};

void add_leaves(const Column& column, std::vector<std::string> path, const std::string& name,
                std::vector<Leaf>& leaves) {
  path.push_back(column.physical_name);
  if (column.type.is(types::TypeId::kStruct)) {
    for (const auto& child : column.children) {
      add_leaves(child, path, name + "." + child.name, leaves);
    }
  } else {
    leaves.push_back({{std::move(path), column.type, {}, {}, {}}, name});
  }
}

/// The names in "a, b.c, `d e`".
std::set<std::string> parse_names(std::string_view list) {
  std::set<std::string> names;
  std::string name;
  bool quoted = false;
  const auto finish = [&] {
    if (!name.empty()) names.insert(name);
    name.clear();
  };
  for (const char c : list) {
    if (c == '`')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      finish();
    else if (c != ' ' || quoted)
      name += c;
  }
  finish();
  return names;
}

/// `leaf` is named, or lies in a struct that is.
bool is_named(const std::string& leaf, const std::set<std::string>& names) {
  for (size_t end = leaf.size(); end != std::string::npos && end > 0;
       end = leaf.rfind('.', end - 1)) {
    if (names.contains(leaf.substr(0, end))) return true;
  }
  return false;
}

}  // namespace

std::vector<ColumnStatistics> columns_with_statistics(const TableSchema& schema,
                                                      const Metadata& metadata) {
  std::vector<Leaf> leaves;
  for (const size_t index : schema.data_columns()) {
    add_leaves(schema.columns[index], {}, schema.columns[index].name, leaves);
  }
  const TableProperties properties = read_table_properties(metadata);
  std::vector<ColumnStatistics> chosen;
  if (properties.stats_columns) {
    const auto names = parse_names(*properties.stats_columns);
    for (auto& leaf : leaves) {
      if (is_named(leaf.name, names)) chosen.push_back(std::move(leaf.statistics));
    }
    return chosen;
  }
  for (auto& leaf : leaves) {
    if (properties.indexed_columns >= 0 &&
        chosen.size() >= static_cast<size_t>(properties.indexed_columns)) {
      break;
    }
    chosen.push_back(std::move(leaf.statistics));
  }
  return chosen;
}

}  // namespace lochan::delta
