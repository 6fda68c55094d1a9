// URLs.
#include "functions/families.h"
#include "functions/type_rules.h"

namespace lochan::functions {

std::span<const Function> url_functions() {
  static const std::vector<Function> rows = {
      {.name = "parse_url",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = args({kString}).returns(kString).nullable(),
       .fallible = true,
       .doc = "A part of a URL: HOST, PATH, QUERY (of a key), REF, PROTOCOL, FILE, AUTHORITY or "
              "USERINFO.",
       .example = "SELECT parse_url('http://loch.org/a?b=1', 'QUERY', 'b')",
       .lower = Kernel{"parse_url"}},
      {.name = "try_parse_url",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = args({kString}).returns(kString).nullable(),
       .doc = "parse_url with null for what is no URL.",
       .example = "SELECT try_parse_url('http://loch.org/a', 'HOST')",
       .lower = Kernel{"try_parse_url"}},
      {.name = "url_encode",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = string_unary(),
       .doc = "Text as in an HTML form's URL.",
       .example = "SELECT url_encode('a b')",
       .lower = Kernel{"url_encode"}},
      {.name = "url_decode",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = string_unary(),
       .fallible = true,
       .doc = "What url_encode encoded.",
       .example = "SELECT url_decode('a+b')",
       .lower = Kernel{"url_decode"}},
      {.name = "try_url_decode",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = string_unary().nullable(),
       .doc = "url_decode with null for malformed text.",
       .example = "SELECT try_url_decode('%zz')",
       .lower = Kernel{"try_url_decode"}},
  };
  return rows;
}

}  // namespace lochan::functions
