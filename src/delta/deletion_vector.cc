#include "delta/deletion_vector.h"

#include <array>
#include <cstring>
#include <map>
#include <roaring/roaring.hh>
#include <stdexcept>

#include "base/crc32.h"
#include "base/error.h"
#include "delta/table_access.h"
#include "delta/uri.h"
#include "delta/z85.h"

// A serialized vector, little-endian: magic 1681511377 (4 bytes), number of buckets (8), then for
// each bucket the high 32 bits of its rows (4) and a 32-bit Roaring bitmap of the low ones. In a
// file, big-endian around it: version 1 (1 byte), and per vector size (4), the vector, CRC-32 (4);
// the descriptor's offset points at the size.
//
// Before that became the format there was another, magic 1681511376: number of buckets (4), then
// for each bucket, whose high bits are its index, size (4) and bitmap. The protocol's own inline
// example has it, big-endian; Spark reads it little-endian.
namespace lochan::delta {
namespace {

constexpr uint32_t kMagic = 1681511377, kOldMagic = 1681511376;
constexpr char kFileVersion = 1;

template <typename Number>
Number read_little_endian(const char* bytes) {
  Number number = 0;
  for (size_t i = sizeof(Number); i > 0; --i) {
    number = number << 8 | static_cast<unsigned char>(bytes[i - 1]);
  }
  return number;
}

template <typename Number>
void append_little_endian(std::string& out, Number number) {
  for (size_t i = 0; i < sizeof(Number); ++i) out += static_cast<char>(number >> (8 * i) & 0xFF);
}

uint32_t read_big_endian(const char* bytes) {
  uint32_t number = 0;
  for (size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

Error size_mismatch() { return Error("DELTA_DELETION_VECTOR_SIZE_MISMATCH"); }

/// "ab" + 20 characters of Z85 -> "ab/deletion_vector_<uuid>.bin".
std::string relative_path(std::string_view encoded) {
  if (encoded.size() < 20) throw size_mismatch();
  const std::string_view prefix = encoded.substr(0, encoded.size() - 20);
  const auto bytes = decode_z85(encoded.substr(encoded.size() - 20));
  if (!bytes) throw size_mismatch();
  constexpr char kDigits[] = "0123456789abcdef";
  std::string uuid;
  for (size_t i = 0; i < bytes->size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) uuid += '-';
    uuid += kDigits[static_cast<unsigned char>((*bytes)[i]) >> 4];
    uuid += kDigits[static_cast<unsigned char>((*bytes)[i]) & 15];
  }
  return (prefix.empty() ? "" : std::string(prefix) + "/") + "deletion_vector_" + uuid + ".bin";
}

storage::Grant absolute_file(const TableAccess& access, const std::string& encoded) {
  if (!access.resolve) throw Error::not_supported("deletion vectors outside the table's directory");
  return access.resolve(decode_uri(encoded));
}

std::string read_from_file(const TableAccess& access, const DeletionVectorDescriptor& descriptor) {
  const storage::Grant file = descriptor.storage_type == "p"
                                  ? absolute_file(access, descriptor.path_or_inline)
                                  : access.root.child(relative_path(descriptor.path_or_inline));
  const int64_t offset = descriptor.offset.value_or(0);
  if (descriptor.size_in_bytes < 0 || offset < 0) throw size_mismatch();
  const auto version = access.store->read_range(file, 0, 1);
  if (!version || *version != std::string(1, kFileVersion)) {
    throw Error("DELTA_LOG_CORRUPT",
                {{"table", access.name},
                 {"file", file.location().uri()},
                 {"reason", version ? "unknown version of a deletion vector file"
                                    : "the deletion vector file is missing"}});
  }
  // An offset of 0 cannot be a vector, since the version byte stands there; it means the first one.
  const auto framed = access.store->read_range(file, offset == 0 ? 1 : offset,
                                               int64_t{descriptor.size_in_bytes} + 8);
  if (!framed || framed->size() != static_cast<size_t>(descriptor.size_in_bytes) + 8 ||
      read_big_endian(framed->data()) != static_cast<uint32_t>(descriptor.size_in_bytes)) {
    throw size_mismatch();
  }
  std::string bytes = framed->substr(4, framed->size() - 8);
  if (crc32(bytes) != read_big_endian(framed->data() + framed->size() - 4)) {
    throw Error("DELTA_DELETION_VECTOR_CHECKSUM_MISMATCH");
  }
  return bytes;
}

/// Takes fields off the front of a serialized vector.
class BitmapReader {
 public:
  explicit BitmapReader(std::string_view bytes) : bytes_(bytes) {}

  template <typename Number>
  Number number() {
    if (bytes_.size() < sizeof(Number)) throw size_mismatch();
    const auto value = read_little_endian<Number>(bytes_.data());
    bytes_.remove_prefix(sizeof(Number));
    return value;
  }

  uint32_t big_endian_number() {
    if (bytes_.size() < 4) throw size_mismatch();
    const uint32_t value = read_big_endian(bytes_.data());
    bytes_.remove_prefix(4);
    return value;
  }

  Roaring bitmap() {
    try {
      Roaring bitmap = Roaring::readSafe(bytes_.data(), bytes_.size());
      const size_t used = bitmap.getSizeInBytes();
      if (used > bytes_.size()) throw size_mismatch();
      bytes_.remove_prefix(used);
      return bitmap;
    } catch (const std::runtime_error&) {
      throw size_mismatch();
    }
  }

 private:
  std::string_view bytes_;
};

}  // namespace

struct DeletionVector::Bitmap {
  std::map<uint32_t, Roaring> buckets;  // by the high 32 bits of a row number
};

DeletionVector::DeletionVector() : bitmap_(std::make_shared<Bitmap>()) {}

DeletionVector::DeletionVector(const std::vector<uint64_t>& rows) {
  auto bitmap = std::make_shared<Bitmap>();
  for (const uint64_t row : rows) {
    bitmap->buckets[static_cast<uint32_t>(row >> 32)].add(static_cast<uint32_t>(row));
  }
  bitmap_ = std::move(bitmap);
}

bool DeletionVector::contains(uint64_t row) const {
  const auto bucket = bitmap_->buckets.find(static_cast<uint32_t>(row >> 32));
  return bucket != bitmap_->buckets.end() && bucket->second.contains(static_cast<uint32_t>(row));
}

uint64_t DeletionVector::cardinality() const {
  uint64_t count = 0;
  for (const auto& [key, bucket] : bitmap_->buckets) count += bucket.cardinality();
  return count;
}

std::vector<uint64_t> DeletionVector::rows() const {
  std::vector<uint64_t> rows;
  for (const auto& [key, bucket] : bitmap_->buckets) {
    for (const uint32_t low : bucket) rows.push_back(uint64_t{key} << 32 | low);
  }
  return rows;
}

DeletionVector DeletionVector::parse(std::string_view bytes) {
  BitmapReader reader(bytes);
  auto bitmap = std::make_shared<Bitmap>();
  const auto magic = reader.number<uint32_t>();
  if (magic == kMagic) {
    const auto count = reader.number<uint64_t>();
    for (uint64_t i = 0; i < count; ++i) {
      const auto key = reader.number<uint32_t>();
      bitmap->buckets[key] = reader.bitmap();
    }
  } else if (const bool is_big_endian =
                 bytes.size() >= 4 && read_big_endian(bytes.data()) == kOldMagic;
             is_big_endian || magic == kOldMagic) {
    const auto number = [&] {
      return is_big_endian ? reader.big_endian_number() : reader.number<uint32_t>();
    };
    const uint32_t count = number();
    for (uint32_t key = 0; key < count; ++key) {
      number();  // the size, which the bitmap itself knows
      bitmap->buckets[key] = reader.bitmap();
    }
  } else {
    throw size_mismatch();
  }
  DeletionVector vector;
  vector.bitmap_ = std::move(bitmap);
  return vector;
}

std::string DeletionVector::serialize() const {
  std::string bytes;
  append_little_endian(bytes, kMagic);
  append_little_endian(bytes, uint64_t{bitmap_->buckets.size()});
  for (const auto& [key, bucket] : bitmap_->buckets) {
    append_little_endian(bytes, key);
    const size_t at = bytes.size();
    bytes.resize(at + bucket.getSizeInBytes());
    bucket.write(bytes.data() + at);
  }
  return bytes;
}

DeletionVector read_deletion_vector(const TableAccess& access,
                                    const DeletionVectorDescriptor& descriptor) {
  std::string bytes;
  if (descriptor.storage_type == "i") {
    const auto decoded = decode_z85(descriptor.path_or_inline);
    // Z85 fills up to a multiple of four bytes.
    if (!decoded || descriptor.size_in_bytes < 0 ||
        decoded->size() < static_cast<size_t>(descriptor.size_in_bytes)) {
      throw size_mismatch();
    }
    bytes = decoded->substr(0, static_cast<size_t>(descriptor.size_in_bytes));
  } else if (descriptor.storage_type == "u" || descriptor.storage_type == "p") {
    bytes = read_from_file(access, descriptor);
  } else {
    throw Error::not_supported("deletion vectors of storage type " + descriptor.storage_type);
  }
  DeletionVector vector = DeletionVector::parse(bytes);
  if (static_cast<int64_t>(vector.rows().size()) != descriptor.cardinality) {
    throw Error("DELTA_DELETION_VECTOR_CARDINALITY_MISMATCH");
  }
  return vector;
}

}  // namespace lochan::delta
