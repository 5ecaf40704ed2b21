// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/json_readers.h"

#include "edge/config/resources.h"
#include "edge/text.h"

#include <algorithm>
#include <array>

namespace edge {

namespace {

bool isAmong(std::string_view words, const std::string &word)
{
    return !word.empty() && words.find(" " + word + " ") != std::string_view::npos;
}

} // namespace

Taken asTruth(const Value &value)
{
    static constexpr std::array<std::string_view, 10> words{"true",  "t", "yes", "y", "1",
                                                            "false", "f", "no",  "n", "0"};
    if (value.isBool() || value.isNull())
        return Taken::ByBoth;
    const bool isWord =
        value.isString() && std::find(words.begin(), words.end(), lowered(value.text())) != words.end();
    return isWord || value.isObject() ? Taken::ByEnvoyAlone : Taken::ByNeither;
}

Taken asName(const Value &value, std::string_view words, std::int64_t most)
{
    if (value.isNull())
        return Taken::ByBoth;
    const std::optional<std::int64_t> number = wholeNumber(value);
    const bool isKnown = number && *number >= 0 && *number <= most;
    if (value.isNumber())
        return isKnown ? Taken::ByBoth : Taken::ByNeither;
    if (!value.isString())
        return Taken::ByNeither;
    std::string upper = value.text();
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
    return isAmong(words, value.text())    ? Taken::ByBoth
        : isKnown || isAmong(words, upper) ? Taken::ByEnvoyAlone
                                           : Taken::ByNeither;
}

Taken asTexts(const Value &value)
{
    if (value.isNull())
        return Taken::ByBoth;
    if (value.isString())
        return Taken::ByEnvoyAlone;
    if (!value.isArray())
        return Taken::ByNeither;
    Taken taken = Taken::ByBoth;
    for (const Value &item : value.items()) {
        if (!item.isString() && !item.isNull())
            return Taken::ByNeither;
        if (item.isNull())
            taken = Taken::ByEnvoyAlone;
    }
    return taken;
}

} // namespace edge
