#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "delta/actions.h"

namespace lochan::delta {

/// The set of row numbers (0-based positions in a data file) that are deleted. Immutable, cheap to
/// copy, thread-safe.
class DeletionVector {
 public:
  DeletionVector();
  explicit DeletionVector(const std::vector<uint64_t>& rows);

  bool contains(uint64_t row) const;
  bool is_empty() const { return cardinality() == 0; }
  uint64_t cardinality() const;
  /// All rows, ascending.
  std::vector<uint64_t> rows() const;

  /// The bitmap format: magic 1681511377 and a portable 64-bit Roaring bitmap ("Deletion Vector
  /// Format"). parse throws DELTA_DELETION_VECTOR_SIZE_MISMATCH or DELTA_STATE_RECOVER_ERROR on
  /// anything else.
  static DeletionVector parse(std::string_view bytes);
  std::string serialize() const;

 private:
  struct Bitmap;
  std::shared_ptr<const Bitmap> bitmap_;
};

struct TableAccess;

/// Reads the deletion vector that `descriptor` names: inline (Z85), a file beside the table's data,
/// or an absolute path. Checks version, size, checksum and cardinality:
/// DELTA_DELETION_VECTOR_SIZE_MISMATCH, _CHECKSUM_MISMATCH, _CARDINALITY_MISMATCH.
DeletionVector read_deletion_vector(const TableAccess& access,
                                    const DeletionVectorDescriptor& descriptor);

}  // namespace lochan::delta
