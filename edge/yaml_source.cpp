// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/yaml_source.h"

#include "edge/text.h"
#include "edge/yaml_scalars.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace edge {

namespace {

constexpr std::string_view ByteOrderMark = "\xef\xbb\xbf";

std::string_view withoutMark(std::string_view text)
{
    if (text.starts_with(ByteOrderMark))
        text.remove_prefix(ByteOrderMark.size());
    return text;
}

std::size_t indentOf(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

bool isEmpty(std::string_view line) { return line.find_first_not_of(" \r") == std::string_view::npos; }

// C0 but tab and line ends, DEL, C1 but NEL, U+FFFE and U+FFFF.
bool isControl(std::string_view text, std::size_t at)
{
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == 0xc2 && at + 1 < text.size()) {
        const auto second = static_cast<unsigned char>(text[at + 1]);
        return second >= 0x80 && second < 0xa0 && second != 0x85;
    }
    return byte == 0x7f || (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r')
        || isOneOf(text.substr(at, 3), {"\xef\xbf\xbe", "\xef\xbf\xbf"});
}

// One of at most three bytes; 0 with the length of one byte for all others, and for what is no UTF-8.
std::pair<char32_t, std::size_t> characterAt(std::string_view text, std::size_t at)
{
    const auto byte = [&text, at](std::size_t i) {
        return char32_t(static_cast<unsigned char>(text[at + i]));
    };
    const char32_t first = byte(0);
    if (first < 0x80)
        return {first, 1};
    const std::size_t length = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : 1;
    if (length == 1 || at + length > text.size())
        return {0, 1};
    char32_t code = length == 2 ? first & 0x1fU : first & 0x0fU;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80)
            return {0, 1};
        code = code << 6U | (byte(i) & 0x3fU);
    }
    return {code, length};
}

// yaml-cpp writes these two as the bytes of Latin-1; every other character of its scalars is a whole one.
std::string withUtf8Escapes(const std::string &scalar)
{
    std::string text;
    std::size_t done = 0;
    for (std::size_t bad = firstNotUtf8(scalar); bad != std::string::npos;) {
        const auto byte = static_cast<unsigned char>(scalar[bad]);
        if (byte != 0x85 && byte != 0xa0)
            return scalar;
        text += scalar.substr(done, bad - done) + '\xc2' + scalar[bad];
        done = bad + 1;
        const std::size_t next = firstNotUtf8(std::string_view(scalar).substr(done));
        bad = next == std::string_view::npos ? std::string::npos : done + next;
    }
    return text + scalar.substr(done);
}

} // namespace

std::string withYamlEscapes(std::string_view json)
{
    constexpr std::string_view Hex = "0123456789abcdef";
    std::string text;
    std::size_t done = 0; // so much of it is in the text
    for (std::size_t at = 0; at < json.size();) {
        const auto [code, length] = characterAt(json, at);
        if (isHiddenSign(code) || code == 0xfffe || code == 0xffff) {
            text.append(json, done, at - done) += "\\u";
            for (const unsigned shift : {12U, 8U, 4U, 0U})
                text += Hex[(code >> shift) & 15U];
            done = at + length;
        }
        at += length;
    }
    return text.append(json, done, json.size() - done);
}

YamlSource::YamlSource(std::string_view text)
    : m_isUtf8(firstNotUtf8(text) == std::string::npos)
{
    std::string_view rest = withoutMark(text);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        m_lines.push_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

std::optional<YamlPlace> YamlSource::firstControlCharacter() const
{
    for (std::size_t line = 0; line < m_lines.size(); ++line) {
        for (std::size_t column = 0; column < m_lines[line].size(); ++column) {
            if (isControl(m_lines[line], column))
                return YamlPlace{line, column};
        }
    }
    return {};
}

std::string YamlSource::mended(const std::string &scalar, const YamlPlace &where) const
{
    std::string text = m_isUtf8 ? withUtf8Escapes(scalar) : scalar;
    if (!text.ends_with('\n'))
        return text;
    const auto kept = keptEmptyLines(where);
    if (!kept)
        return text;
    text.erase(text.find_last_not_of('\n') + 1);
    return text + std::string(1 + *kept, '\n');
}

std::string_view YamlSource::from(const YamlPlace &where) const
{
    if (where.line >= m_lines.size() || where.column > m_lines[where.line].size())
        return {};
    return m_lines[where.line].substr(where.column);
}

std::optional<std::size_t> YamlSource::indentAround(const YamlPlace &where) const
{
    const std::string_view before = m_lines[where.line].substr(0, where.column);
    std::size_t at = indentOf(before), around = at;
    while (before.substr(at).starts_with("- ")) {
        around = at;
        at += 1 + indentOf(before.substr(at + 1));
    }
    if (before.starts_with("---"))
        return 0; // a document's own
    if (isEmpty(before) || before.substr(at).starts_with("?"))
        return where.line == 0 && before.empty() ? std::optional<std::size_t>(0) : std::nullopt;
    return at < before.size() ? at : around; // of the key, else of the dash
}

std::optional<std::size_t> YamlSource::keptEmptyLines(const YamlPlace &where) const
{
    std::string_view header = from(where);
    while (header.starts_with('!') || header.starts_with('&')) { // tag, anchor
        header.remove_prefix(std::min(header.find(' '), header.size()));
        header.remove_prefix(indentOf(header));
    }
    const auto isDigit = [&header](std::size_t i) {
        return i < header.size() && header[i] >= '1' && header[i] <= '9';
    };
    const std::size_t digit = isDigit(1) ? 1 : 2; // >2+ or >+2
    if (!header.starts_with('>') || header.size() < digit + (digit == 1 ? 2 : 0)
        || header[digit == 1 ? 2 : 1] != '+')
        return {};
    const auto around = isDigit(digit) ? indentAround(where) : std::optional<std::size_t>(0);
    if (!around)
        return {};
    std::size_t line = where.line + 1;
    while (line < m_lines.size() && isEmpty(m_lines[line]))
        ++line;
    if (line == m_lines.size())
        return {};
    const std::size_t indent =
        isDigit(digit) ? *around + std::size_t(header[digit] - '0') : indentOf(m_lines[line]);
    std::size_t last = line;
    for (; line < m_lines.size() && (isEmpty(m_lines[line]) || indentOf(m_lines[line]) >= indent); ++line) {
        if (!isEmpty(m_lines[line]))
            last = line;
    }
    return line - last - 1;
}

} // namespace edge
