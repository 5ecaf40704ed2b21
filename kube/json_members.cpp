// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/json_members.h"

#include <algorithm>
#include <cstddef>

namespace kube {
namespace {

constexpr std::string_view space = " \t\r\n";

std::size_t afterSpace(std::string_view text, std::size_t at)
{
    return std::min(text.find_first_not_of(space, at), text.size());
}

std::size_t endOfString(std::string_view text, std::size_t at) // which begins at its quote
{
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == '"')
            return at + 1;
    }
    return text.size();
}

std::size_t endOfContainer(std::string_view text, std::size_t at)
{
    std::size_t depth = 0;
    while ((at = text.find_first_of("\"{}[]", at)) != std::string_view::npos) {
        const char c = text[at];
        if (c == '"') {
            at = endOfString(text, at);
            continue;
        }
        depth += c == '{' || c == '[' ? 1 : std::size_t(-1);
        ++at;
        if (depth == 0)
            return at;
    }
    return text.size();
}

std::size_t endOfValue(std::string_view text, std::size_t at)
{
    if (at >= text.size())
        return text.size();
    if (text[at] == '"')
        return endOfString(text, at);
    if (text[at] == '{' || text[at] == '[')
        return endOfContainer(text, at);
    return std::min(text.find_first_of(",]} \t\r\n", at), text.size());
}

// visit(name, value) until it says false; the elements of an array have no names.
template<typename Visit>
void walk(std::string_view text, char open, Visit visit)
{
    std::size_t at = afterSpace(text, 0);
    if (at == text.size() || text[at] != open)
        return;
    for (at = afterSpace(text, at + 1); at < text.size() && text[at] != ']' && text[at] != '}';) {
        std::string_view name;
        if (open == '{') {
            const std::size_t end = endOfValue(text, at);
            name = writtenText(text.substr(at, end - at));
            at = afterSpace(text, afterSpace(text, end) + 1); // past the colon
        }
        const std::size_t end = endOfValue(text, at);
        if (!visit(name, text.substr(at, end - at)))
            return;
        at = afterSpace(text, end);
        if (at == text.size() || text[at] != ',')
            return;
        at = afterSpace(text, at + 1);
    }
}

} // namespace

std::string_view memberOf(std::string_view object, std::string_view name)
{
    std::string_view found;
    walk(object, '{', [&](std::string_view key, std::string_view value) {
        const bool isIt = key == name;
        if (isIt)
            found = value;
        return !isIt;
    });
    return found;
}

std::vector<std::string_view> elementsOf(std::string_view array)
{
    std::vector<std::string_view> elements;
    walk(array, '[', [&](std::string_view, std::string_view value) {
        elements.push_back(value);
        return true;
    });
    return elements;
}

std::string_view writtenText(std::string_view value)
{
    const bool isText = value.size() >= 2 && value.front() == '"' && value.back() == '"';
    return isText ? value.substr(1, value.size() - 2) : std::string_view();
}

} // namespace kube
