// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What every reader of HTTP and service strings does with ASCII text, in one place.  None of it knows a locale.
#include <string>
#include <string_view>

namespace edge {

// A to Z as a to z; every other byte stays.
std::string lowered(std::string text);

// Without the blanks and tabs (RFC 9110 OWS) at both ends; a view into the same text.
std::string_view trimmed(std::string_view text);

// 0 to 15, or -1 for what is no hexadecimal digit.
int hexDigit(char c);

// Where the first byte stands that begins no character of UTF-8 (RFC 3629: none of more than four bytes, none too
// long, no surrogate); npos: all of it is UTF-8.
std::size_t firstNotUtf8(std::string_view text);

// Signs that nobody sees, or that turn the direction of what follows: DEL and C1, soft hyphen, marks of direction, U+200B, U+2028,
// U+2029, U+2060 … U+206F, U+FEFF, U+FFF9 … U+FFFB.  Not C0, and not ZWNJ and ZWJ, which are spelling and turn nothing.
bool isHiddenSign(char32_t code);

} // namespace edge
