// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/base64.h"

#include <openssl/evp.h>

namespace demo {

namespace {

bool isLineBreak(char c) { return c == '\n' || c == '\r'; }

bool isDigit(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

std::size_t behindLineBreaks(std::string_view text, std::size_t at)
{
    while (at < text.size() && isLineBreak(text[at]))
        ++at;
    return at;
}

// Of the padding that begins at `at`, behind so many digits of its group.
std::optional<std::size_t> paddingFault(std::string_view text, std::size_t at, std::size_t digits)
{
    if (digits < 2)
        return at;
    std::size_t next = behindLineBreaks(text, at + 1);
    if (digits == 2) {
        if (next == text.size())
            return next;
        if (text[next] != '=')
            return next - 1;
        next = behindLineBreaks(text, next + 1);
    }
    return next < text.size() ? std::optional(next) : std::nullopt;
}

} // namespace

std::optional<std::size_t> base64Fault(std::string_view text)
{
    std::size_t digits = 0; // of the group of four
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '=')
            return paddingFault(text, at, digits);
        if (!isDigit(text[at]) && !isLineBreak(text[at]))
            return at;
        digits = isDigit(text[at]) ? (digits + 1) % 4 : digits;
    }
    return digits == 0 ? std::nullopt : std::optional(text.size() - digits);
}

std::string base64(std::string_view bytes)
{
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char *>(text.data()),
                        reinterpret_cast<const unsigned char *>(bytes.data()), int(bytes.size()));
    text.resize(std::size_t(size));
    return text;
}

std::string fromBase64(std::string_view text)
{
    std::string bytes(text.size() / 4 * 3 + 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char *>(bytes.data()),
                                     reinterpret_cast<const unsigned char *>(text.data()), int(text.size()));
    if (size < 0)
        return {};
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    bytes.resize(std::size_t(size) - padding);
    return bytes;
}

} // namespace demo
