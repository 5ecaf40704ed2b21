// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/text.h"

#include <gtest/gtest.h>

namespace edge {

TEST(Text, LowersOnlyAscii)
{
    EXPECT_EQ(lowered("Host-X"), "host-x");
    EXPECT_EQ(lowered("AZ[`@"), "az[`@"); // the neighbours of A and Z
    EXPECT_EQ(lowered("\xc3\x84"), "\xc3\x84");
    EXPECT_EQ(lowered(""), "");
}

TEST(Text, TrimsBlanksAndTabsOnly)
{
    EXPECT_EQ(trimmed(" \ta b\t "), "a b");
    EXPECT_EQ(trimmed("\r\na\n"), "\r\na\n"); // a line end inside a field is for the codec to refuse
    EXPECT_EQ(trimmed(" \t"), "");
}

TEST(Text, ReadsHexadecimalDigits)
{
    const std::string digits = "0123456789abcdef";
    for (std::size_t i = 0; i < digits.size(); ++i)
        EXPECT_EQ(hexDigit(digits[i]), int(i));
    EXPECT_EQ(hexDigit('F'), 15);
    for (const char c : {'/', ':', '@', 'G', '`', 'g', ' ', '\0', '\xff'})
        EXPECT_EQ(hexDigit(c), -1) << int(c);
}

TEST(Text, FindsWhatIsNotUtf8)
{
    constexpr std::size_t none = std::string_view::npos;
    const std::pair<std::string_view, std::size_t> rows[] = {
        {"", none},
        {"plain", none},
        {std::string_view("a\0b", 3), none},
        {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", none},
        {"\xef\xbb\xbf"
         "a",
         none}, // the mark of order
        {"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", none},
        {"x: \xff", 3},
        {"caf\xe9 au lait", 3}, // Latin-1
        {"\xff\xfe"
         "a",
         0}, // UTF-16
        {"a\x80", 1},
        {"\xc0\x80", 0}, // too long
        {"\xe0\x9f\xbf", 0},
        {"\xf0\x8f\xbf\xbf", 0},
        {"\xed\xa0\x80", 0},     // a surrogate
        {"\xf4\x90\x80\x80", 0}, // beyond U+10FFFF
        {"\xc3", 0},             // cut off
        {"\xe2\x82", 0},
        {"\xf0\x9f\x98", 0},
        {"\xe2\x82"
         "a",
         0},
    };
    for (const auto &[text, at] : rows)
        EXPECT_EQ(firstNotUtf8(text), at) << text;
}

} // namespace edge
