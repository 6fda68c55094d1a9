// Bits of integers. The operators & | ^ ~ << >> are in arithmetic.cc.
#include "functions/families.h"
#include "functions/type_rules.h"

namespace lochan::functions {

namespace {

Function shift_row(std::string_view name, std::string_view kernel, std::string_view doc,
                   std::string_view example) {
  return {.name = name,
          .min_arguments = 2,
          .max_arguments = 2,
          .type = args({one_of({kInteger, kLong}), kInteger}).returns_argument(0),
          .doc = doc,
          .example = example,
          .lower = Kernel{kernel}};
}

}  // namespace

std::span<const Function> bitwise_functions() {
  static const std::vector<Function> rows = {
      shift_row("shiftleft", "shift_left", "Shifts bits to the left.", "SELECT shiftleft(2, 1)"),
      shift_row("shiftright", "shift_right", "Shifts bits to the right, keeping the sign.",
                "SELECT shiftright(4, 1)"),
      shift_row("shiftrightunsigned", "shift_right_unsigned",
                "Shifts bits to the right, filling with zeros.", "SELECT shiftrightunsigned(4, 1)"),
      {.name = "bit_count",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({one_of({kIntegral, kBoolean})}).returns(kInteger),
       .doc = "The number of bits set.",
       .example = "SELECT bit_count(0)",
       .lower = Kernel{"bit_count"}},
      {.name = "bit_get",
       .aliases = {"getbit"},
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kIntegral, kInteger}).returns(kByte),
       .fallible = true,
       .doc = "The bit at a position, counted from the right from 0.",
       .example = "SELECT bit_get(11, 0)",
       .lower = Kernel{"bit_get"}},
  };
  return rows;
}

}  // namespace lochan::functions
