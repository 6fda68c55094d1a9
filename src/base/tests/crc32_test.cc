#include "base/crc32.h"

#include <gtest/gtest.h>

namespace lochan {
namespace {

// The check value of CRC-32/ISO-HDLC, zlib's polynomial.
TEST(Crc32, IsZlibs) {
  EXPECT_EQ(crc32("123456789"), 0xCBF43926u);
  EXPECT_EQ(crc32(""), 0u);
}

}  // namespace
}  // namespace lochan
