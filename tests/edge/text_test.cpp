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

} // namespace edge
