// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The text behind a YAML tree, for what yaml-cpp 0.7 reads otherwise than kubectl's reader and does not tell.  Places are counted from
// 0, columns in bytes, as yaml-cpp counts them.  Pure; the text must outlive it.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edge {

struct YamlPlace
{
    std::size_t line = 0, column = 0;
};

// JSON without line ends in which what YAML refuses or takes for a line end, and JSON does not, is written as an escape, and so is
// what a reader of the YAML would not see: isHiddenSign(), U+FFFE, U+FFFF.  Every double-quoted scalar of it is one of YAML, too.
std::string withYamlEscapes(std::string_view json);

class YamlSource
{
public:
    explicit YamlSource(std::string_view text);

    std::optional<YamlPlace> firstControlCharacter() const; // that no YAML may hold, not even in a comment
    // A scalar that begins there, with its escapes \N and \_ as UTF-8 and with all of the empty lines that a block >+ keeps.
    std::string mended(const std::string &scalar, const YamlPlace &where) const;

private:
    std::string_view from(const YamlPlace &where) const; // to the end of the line
    // That of the block that a scalar stands in; nullopt: where it stands does not tell.
    std::optional<std::size_t> indentAround(const YamlPlace &where) const;
    std::optional<std::size_t>
    keptEmptyLines(const YamlPlace &where) const; // of a block >+ that begins there

    std::vector<std::string_view> m_lines;
    bool m_isUtf8;
};

} // namespace edge
