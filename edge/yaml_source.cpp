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
    static constexpr std::pair<std::string_view, std::string_view> Others[] = {
        {"\x7f", "\\u007f"},        {"\xe2\x80\xa8", "\\u2028"}, {"\xe2\x80\xa9", "\\u2029"},
        {ByteOrderMark, "\\ufeff"}, {"\xef\xbf\xbe", "\\ufffe"}, {"\xef\xbf\xbf", "\\uffff"},
    };
    constexpr std::string_view Hex = "0123456789abcdef";
    std::string text;
    while (!json.empty()) {
        const auto *const other = std::find_if(std::begin(Others), std::end(Others),
                                               [&](const auto &o) { return json.starts_with(o.first); });
        std::size_t length = 1;
        if (other != std::end(Others)) {
            text += other->second;
            length = other->first.size();
        } else if (json[0] == '\xc2' && json.size() > 1 && static_cast<unsigned char>(json[1]) < 0xa0) { // C1
            const auto second = static_cast<unsigned char>(json[1]);
            text += std::string("\\u00") + Hex[second >> 4U] + Hex[second & 15U];
            length = 2;
        } else {
            text += json[0];
        }
        json.remove_prefix(length);
    }
    return text;
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

bool YamlSource::endsWithColon(const YamlPlace &where, std::size_t length) const
{
    const std::string_view rest = from(where);
    return rest.size() > length + 1 && rest[length] == ':'
        && std::string_view(",]}").find(rest[length + 1]) != std::string_view::npos;
}

bool YamlSource::isComma(const YamlPlace &where) const { return from(where).starts_with(','); }

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
