#pragma once
#include <optional>
#include <string>
#include <vector>

#include "catalog/metadata_catalog.h"
#include "session/session.h"

namespace lochan::session {

/// The comment inside a field's metadata, as Spark keeps it ({"comment": "..."}).
std::optional<std::string> comment_of(const types::StructField& field);
std::string comment_metadata(const std::string& comment);

/// A table's columns and partitioning as they are now: from its log for Delta, else from the
/// catalog.
struct TableShape {
  types::Schema columns;
  std::vector<std::string> partition_columns;
};
TableShape table_shape(Session& session, const catalog::TableRecord& table);

std::string_view table_type(catalog::TableKind kind);

/// The `Detailed Table Information` of DESCRIBE EXTENDED and SHOW TABLE EXTENDED, in order.
std::vector<std::pair<std::string, std::string>> table_details(const catalog::TableRecord& table);

}  // namespace lochan::session
