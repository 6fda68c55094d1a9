#include "engine/tests/kernel_fixture.h"

// Expected values were recorded from Spark 4.2.
namespace lochan::engine {
namespace {

class StringKernelsTest : public KernelTest {
 protected:
  /// One call with constant and with column arguments; the result as text.
  std::string text(const std::string& kernel, const std::vector<std::string>& arguments) {
    std::vector<KernelArgument> a;
    for (const auto& s : arguments) {
      const bool number =
          !s.empty() && (std::isdigit(static_cast<unsigned char>(s.back())) != 0) && s[0] != '\'';
      a.push_back({number ? TypeId::kInteger : TypeId::kString, {s}});
    }
    return texts(kernel, TypeId::kString, a).at(0);
  }
  std::string list(const std::string& kernel, const std::vector<std::string>& arguments) {
    std::vector<KernelArgument> a;
    for (const auto& s : arguments) {
      const bool number = s[0] != '\'';
      a.push_back({number ? TypeId::kInteger : TypeId::kString, {s}});
    }
    return texts(kernel, DataType::array(TypeId::kString), a).at(0);
  }
  int32_t number(const std::string& kernel, const std::vector<std::string>& arguments) {
    std::vector<KernelArgument> a;
    for (const auto& s : arguments)
      a.push_back({s[0] != '\'' ? TypeId::kInteger : TypeId::kString, {s}});
    return values(kernel, TypeId::kInteger, a).at(0).GetValue<int32_t>();
  }
  std::string failure(const std::string& kernel, const std::vector<std::string>& arguments,
                      TypeId result = TypeId::kString) {
    std::vector<KernelArgument> a;
    for (const auto& s : arguments)
      a.push_back({s[0] != '\'' ? TypeId::kInteger : TypeId::kString, {s}});
    return error_of(kernel, result, a);
  }
};

TEST_F(StringKernelsTest, Substring) {
  EXPECT_EQ(text("substring", {"'hello'", "0", "2"}), "he");
  EXPECT_EQ(text("substring", {"'hello'", "-7", "4"}), "he");
  EXPECT_EQ(text("substring", {"'hello'", "-3", "2"}), "ll");
  EXPECT_EQ(text("substring", {"'hello'", "2", "-1"}), "");
  EXPECT_EQ(text("substring", {"'hello'", "-10", "20"}), "hello");
  EXPECT_EQ(text("substring", {"'añ😀b'", "2", "2"}), "ñ😀");
  EXPECT_EQ(text("left", {"'hello'", "-1"}), "");
  EXPECT_EQ(text("right", {"'hello'", "2"}), "lo");
}

TEST_F(StringKernelsTest, Case) {
  EXPECT_EQ(text("initcap", {"'ŝab cd-ef ﬁx'"}), "Ŝab Cd-ef Fix");
  EXPECT_EQ(text("upper", {"'straße'"}), "STRASSE");
  EXPECT_EQ(text("lower", {"'İ'"}), "i̇");
}

TEST_F(StringKernelsTest, Search) {
  EXPECT_EQ(number("locate", {"''", "'abc'", "5"}), 1);
  EXPECT_EQ(number("locate", {"'b'", "'abcb'", "3"}), 4);
  EXPECT_EQ(number("locate", {"'b'", "'abc'", "0"}), 0);
  EXPECT_EQ(number("find_in_set", {"''", "'a,,b'"}), 2);
  EXPECT_EQ(text("substring_index", {"'aaaa'", "'aa'", "2"}), "a");
  EXPECT_EQ(text("substring_index", {"'aaaa'", "'aa'", "-2"}), "a");
  EXPECT_EQ(text("substring_index", {"'a.b.c'", "'.'", "-5"}), "a.b.c");
}

TEST_F(StringKernelsTest, PaddingAndReplacing) {
  EXPECT_EQ(text("lpad", {"'hi'", "5", "''"}), "hi");
  EXPECT_EQ(text("rpad", {"'hi'", "1", "'x'"}), "h");
  EXPECT_EQ(text("lpad", {"'hi'", "7", "'añ'"}), "añañahi");
  EXPECT_EQ(text("translate", {"'abc'", "'aac'", "'x'"}), "xb");
  EXPECT_EQ(text("overlay", {"'Spark SQL'", "'tructured'", "-2", "4"}), "tructuredpark SQL");
  EXPECT_EQ(text("trim", {"'SL'", "'SSparkSQLS'"}), "parkSQ");
  EXPECT_EQ(text("reverse", {"'añb😀'"}), "😀bña");
  EXPECT_EQ(text("mask", {"'AbCD123-@$#'", "'Q'", "'q'", "'d'", "'o'"}), "QqQQdddoooo");
}

TEST_F(StringKernelsTest, Codes) {
  EXPECT_EQ(text("soundex", {"'Ashcraft'"}), "A261");
  EXPECT_EQ(text("soundex", {"'Tymczak'"}), "T522");
  EXPECT_EQ(text("soundex", {"'Pfister'"}), "P236");
  EXPECT_EQ(number("levenshtein", {"'kitten'", "'sitting'"}), 3);
  EXPECT_EQ(number("levenshtein", {"'kitten'", "'sitting'", "2"}), -1);
  EXPECT_EQ(text("base64", {"'abc'"}), "YWJj");
}

TEST_F(StringKernelsTest, Like) {
  const auto like = [&](const std::string& s, const std::string& p) {
    return texts("like", TypeId::kBoolean, {{TypeId::kString, {s}}, {TypeId::kString, {p}}})
               .at(0) == "true";
  };
  EXPECT_TRUE(like("'a%c'", "'a\\%c'"));
  EXPECT_TRUE(like("'abc'", "'a_c'"));
  EXPECT_TRUE(like("'añ😀c'", "'a__c'"));
  EXPECT_TRUE(like("'abcbc'", "'a%bc'"));
  EXPECT_TRUE(like("'mississippi'", "'m%iss%ip%'"));
  EXPECT_FALSE(like("'mississippi'", "'m%iss%ipp'"));
  EXPECT_TRUE(like("''", "'%'"));
  EXPECT_FALSE(like("'ab'", "'ab%b'"));
  EXPECT_EQ(failure("like", {"'abc'", "'abc\\'"}, TypeId::kBoolean),
            "INVALID_FORMAT.ESC_AT_THE_END");
  EXPECT_EQ(failure("like", {"'abc'", "'a\\bc'"}, TypeId::kBoolean),
            "INVALID_FORMAT.ESC_IN_THE_MIDDLE");
}

TEST_F(StringKernelsTest, Split) {
  EXPECT_EQ(list("split", {"'oneAtwoBthreeC'", "'[ABC]'", "-1"}), "[one, two, three, '']");
  EXPECT_EQ(list("split", {"'oneAtwoBthreeC'", "'[ABC]'", "2"}), "[one, twoBthreeC]");
  EXPECT_EQ(list("split", {"'abc'", "''", "2"}), "[a, bc]");
  EXPECT_EQ(list("split", {"'abc'", "'x*'", "-1"}), "[a, b, c, '']");
  EXPECT_EQ(list("split", {"'abc'", "'(?=b)'", "-1"}), "[a, bc]");
  EXPECT_EQ(list("split", {"',a'", "','", "-1"}), "['', a]");
  EXPECT_EQ(list("split", {"''", "'x'", "-1"}), "['']");
  EXPECT_EQ(text("split_part", {"'11.12.13'", "'.'", "-1"}), "13");
  EXPECT_EQ(failure("split_part", {"'11.12.13'", "'.'", "0"}), "INVALID_INDEX_OF_ZERO");
}

TEST_F(StringKernelsTest, JavaRegularExpressions) {
  const auto rlike = [&](const std::string& s, const std::string& p) {
    return texts("rlike", TypeId::kBoolean, {{TypeId::kString, {s}}, {TypeId::kString, {p}}})
               .at(0) == "true";
  };
  EXPECT_FALSE(rlike("'a'||chr(10)||'b'", "'a.b'"));
  EXPECT_TRUE(rlike("'ab'||chr(10)", "'b$'"));
  EXPECT_TRUE(rlike("'ab'||chr(13)||chr(10)", "'b$'"));
  EXPECT_TRUE(rlike("'x'", "'[a-z&&[^b]]'"));
  EXPECT_FALSE(rlike("'b'", "'[a-z&&[^b]]'"));
  EXPECT_FALSE(rlike("'é'", "'\\w'"));
  EXPECT_TRUE(rlike("'foobar'", "'foo(?=bar)'"));
  EXPECT_TRUE(rlike("'aa'", "'(a)\\1'"));
  EXPECT_TRUE(rlike("'K'", "'(?i)[k]'"));
  EXPECT_EQ(failure("rlike", {"'abc'", "'('"}, TypeId::kBoolean),
            "INVALID_PARAMETER_VALUE.PATTERN");
  EXPECT_EQ(text("regexp_extract", {"'a'", "'(b)?a'", "1"}), "");
  EXPECT_EQ(failure("regexp_extract", {"'100-200'", "'(\\d+)-(\\d+)'", "3"}),
            "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX");
  EXPECT_EQ(list("regexp_extract_all", {"'100-200, 300-400'", "'(\\d+)-(\\d+)'", "2"}),
            "[200, 400]");
  EXPECT_EQ(text("regexp_replace", {"'100-200'", "'(\\d+)'", "'<$1>'", "1"}), "<100>-<200>");
  EXPECT_EQ(text("regexp_replace", {"'abc'", "''", "'-'", "1"}), "-a-b-c-");
  EXPECT_EQ(failure("regexp_replace", {"'abc'", "'b'", "'$3'", "1"}), "INVALID_REGEXP_REPLACE");
  EXPECT_EQ(number("regexp_instr", {"'ébc'", "'b'", "0"}), 2);
}

TEST_F(StringKernelsTest, FormatString) {
  EXPECT_EQ(texts("format_string", TypeId::kString,
                  {{TypeId::kString, {"'%d %s %5.2f|%-5s|%05d|%x|%e|%b|%%|%,d'"}},
                   {TypeId::kInteger, {"100"}},
                   {TypeId::kString, {"'days'"}},
                   {TypeId::kDouble, {"1.5"}},
                   {TypeId::kString, {"'ab'"}},
                   {TypeId::kInteger, {"42"}},
                   {TypeId::kInteger, {"255"}},
                   {TypeId::kDouble, {"12345.678"}},
                   {TypeId::kBoolean, {"true"}},
                   {TypeId::kInteger, {"1234567"}}})
                .at(0),
            "100 days  1.50|ab   |00042|ff|1.234568e+04|true|%|1,234,567");
}

TEST_F(StringKernelsTest, NullsAndLists) {
  const auto strings = DataType::array(TypeId::kString);
  EXPECT_EQ(texts("concat_ws", TypeId::kString,
                  {{TypeId::kString, {"','", "NULL"}},
                   {strings, {"['a', NULL, 'b']", "['x']"}},
                   {TypeId::kString, {"NULL", "'c'"}}}),
            (Texts{"a,b", "NULL"}));
  EXPECT_EQ(texts("concat", TypeId::kString,
                  {{TypeId::kString, {"'a'", "'a'"}}, {TypeId::kString, {"NULL", "'b'"}}}),
            (Texts{"NULL", "ab"}));
}

}  // namespace
}  // namespace lochan::engine
