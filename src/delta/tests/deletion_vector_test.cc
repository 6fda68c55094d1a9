#include "delta/deletion_vector.h"

#include <gtest/gtest.h>

#include "delta/tests/test_table.h"
#include "delta/z85.h"

namespace lochan::delta {
namespace {

const std::vector<uint64_t> kRows = {3, 4, 7, 11, 18, 29};
// PROTOCOL.md, "JSON Example 3 — Inline".
const DeletionVectorDescriptor kInline{"i", "wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L",
                                       std::nullopt, 40, 6};

std::string error_of(const TableAccess& access, const DeletionVectorDescriptor& descriptor) {
  try {
    read_deletion_vector(access, descriptor);
    return "";
  } catch (const Error& error) {
    return error.condition();
  }
}

/// A file as "Deletion Vector File Storage Format" has it, around the bytes of the protocol's
/// example. The checksum is Python's zlib.crc32 of those bytes.
std::string file_with_example() {
  const std::string bytes = *decode_z85(kInline.path_or_inline);
  return std::string("\x01\x00\x00\x00\x28", 5) + bytes + std::string("\x05\x99\xC9\xDF", 4);
}

TEST(DeletionVector, ReadsTheProtocolsInlineExample) {
  const TestTable table;
  const DeletionVector vector = read_deletion_vector(table.access(), kInline);
  EXPECT_EQ(vector.rows(), kRows);
  EXPECT_EQ(vector.cardinality(), 6U);
  EXPECT_TRUE(vector.contains(18));
  EXPECT_FALSE(vector.contains(5));
  EXPECT_FALSE(vector.contains((1ULL << 32) + 3));
}

// PROTOCOL.md, "JSON Example 1": this descriptor means
// ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin.
TEST(DeletionVector, ReadsAFileNamedByUuid) {
  const TestTable table;
  table.write("ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin", file_with_example());
  const DeletionVectorDescriptor descriptor{"u", "ab^-aqEH.-t@S}K{vb[*k^", 1, 40, 6};
  EXPECT_EQ(read_deletion_vector(table.access(), descriptor).rows(), kRows);
}

TEST(DeletionVector, ReadsAnAbsolutePathThroughTheResolver) {
  const TestTable table;
  table.write("dv one.bin", file_with_example());
  TableAccess access = table.access();
  const DeletionVectorDescriptor descriptor{"p", "file:/some/dv%20one.bin", 1, 40, 6};
  EXPECT_THROW(read_deletion_vector(access, descriptor), Error);
  access.resolve = [&](const std::string& uri) {
    EXPECT_EQ(uri, "file:/some/dv one.bin");
    return access.root.child("dv one.bin");
  };
  EXPECT_EQ(read_deletion_vector(access, descriptor).rows(), kRows);
}

TEST(DeletionVector, ChecksEverything) {
  const TestTable table;
  const TableAccess access = table.access();
  const std::string name = "deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin";
  const DeletionVectorDescriptor good{"u", "^-aqEH.-t@S}K{vb[*k^", 1, 40, 6};
  const auto with_file = [&](const std::string& bytes) {
    table.write(name, bytes);
    return error_of(access, good);
  };
  const std::string file = file_with_example();
  EXPECT_EQ(with_file(file), "");
  std::string flipped = file;
  flipped[30] = static_cast<char>(flipped[30] ^ 1);
  EXPECT_EQ(with_file(flipped), "DELTA_DELETION_VECTOR_CHECKSUM_MISMATCH");
  EXPECT_EQ(with_file(file.substr(0, file.size() - 1)), "DELTA_DELETION_VECTOR_SIZE_MISMATCH");
  EXPECT_EQ(with_file("\x02" + file.substr(1)), "DELTA_LOG_CORRUPT");
  table.write(name, file);
  auto wrong = good;
  wrong.cardinality = 5;
  EXPECT_EQ(error_of(access, wrong), "DELTA_DELETION_VECTOR_CARDINALITY_MISMATCH");
  wrong = good;
  wrong.size_in_bytes = 39;
  EXPECT_EQ(error_of(access, wrong), "DELTA_DELETION_VECTOR_SIZE_MISMATCH");
  wrong = good;
  wrong.path_or_inline = "0000000000000000000~";
  EXPECT_EQ(error_of(access, wrong), "DELTA_DELETION_VECTOR_SIZE_MISMATCH");
  wrong = kInline;
  wrong.path_or_inline = "wi5b=";
  EXPECT_EQ(error_of(access, wrong), "DELTA_DELETION_VECTOR_SIZE_MISMATCH");
}

TEST(DeletionVector, KeepsRowsBeyond32Bits) {
  std::vector<uint64_t> rows = {0, 65536, (1ULL << 32) - 1, 1ULL << 32, (5ULL << 32) + 7};
  for (uint64_t row = 1'000'000; row < 1'070'000; row += 2) rows.push_back(row);
  std::sort(rows.begin(), rows.end());
  EXPECT_EQ(DeletionVector::parse(DeletionVector(rows).serialize()).rows(), rows);
}

TEST(DeletionVector, SurvivesBrokenBytes) {
  const std::string bytes = DeletionVector(kRows).serialize();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(DeletionVector::parse(bytes.substr(0, size)), Error) << size;
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string mutated = bytes;
    mutated[i] = static_cast<char>(mutated[i] ^ 0xFF);
    try {
      DeletionVector::parse(mutated).rows();
    } catch (const Error&) {
    }
  }
}

// ZeroMQ RFC 32 gives this pair.
TEST(Z85, MatchesTheSpecification) {
  const std::string bytes = "\x86\x4F\xD2\x6F\xB5\x59\xF7\x5B";
  EXPECT_EQ(encode_z85(bytes), "HelloWorld");
  EXPECT_EQ(decode_z85("HelloWorld"), bytes);
  EXPECT_EQ(decode_z85("Hello~orld"), std::nullopt);
  EXPECT_EQ(decode_z85("Hell"), std::nullopt);
  EXPECT_EQ(decode_z85("#####"), std::nullopt);  // above 32 bits
}

}  // namespace
}  // namespace lochan::delta
