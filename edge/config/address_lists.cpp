// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/address_lists.h"

#include "edge/config/envoy_limits.h"

#include <arpa/inet.h>

#include <charconv>
#include <optional>
#include <utility>

namespace edge {

namespace {

constexpr const char *Fails = EdgeFails.data();

// Signs, underscores between digits and spaces around are no error to the edge.
std::optional<int> lengthOf(std::string_view text)
{
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    const bool isNegative = text.starts_with('-');
    if (isNegative || text.starts_with('+'))
        text.remove_prefix(1);
    std::string digits;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool isBetween = at > 0 && at + 1 < text.size() && text[at - 1] != '_';
        if (text[at] != '_' || !isBetween)
            digits += text[at];
    }
    int length = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (digits.empty() || digits.front() == '-' || end != digits.data() + digits.size())
        return std::nullopt;
    if (error != std::errc()) // more than any address has
        length = 1 << 20;
    return isNegative ? -length : length;
}

struct Range
{
    std::string text;  // ADDRESS/LENGTH; "": the edge leaves it out
    std::string error; // "": nothing is said of it
};

Range rangeOf(const std::string &text)
{
    const std::size_t slash = text.find('/');
    const std::string address = text.substr(0, slash);
    std::optional<int> length;
    if (slash != std::string::npos) {
        length = lengthOf(std::string_view(text).substr(slash + 1));
        if (!length)
            return {{}, "'" + text + "' has no valid length after the slash"};
    }
    char bytes[16];
    const std::size_t zone = address.find('%');
    const bool isIpv4 = inet_pton(AF_INET, address.c_str(), bytes) == 1;
    const bool isIpv6 = !isIpv4 && zone + 1 != address.size()
        && inet_pton(AF_INET6, address.substr(0, zone).c_str(), bytes) == 1;
    if (!isIpv4 && !isIpv6)
        return {{}, "'" + address + "' is no IP address"};
    const int longest = isIpv4 ? 32 : 128;
    if (length.value_or(0) > longest)
        return {{}, "'" + text + "' is longer than " + std::to_string(longest) + " bits"};
    const bool isRefused = length.value_or(0) < 0 || zone != std::string::npos;
    return {address + "/" + std::to_string(length.value_or(longest)),
            isRefused ? "Envoy refuses the configuration that '" + text
                    + "' makes, and the edge goes on with the last that it took"
                      : ""};
}

} // namespace

AddressList readAddressList(const std::string &field, const Value &list)
{
    AddressList result;
    const bool isEmpty = (list.isString() && list.text().empty())
        || (list.isObject() && list.members().empty()); // as good as an empty list
    if (!list.isArray() && !isEmpty) {
        result.errors.push_back(field + " must be a list" + Fails);
        return result;
    }
    for (const Value &entry : list.items()) {
        if (!entry.isObject()) {
            result.errors.push_back("an entry of " + field
                                    + " must be {peer: ADDRESS} or {remote: ADDRESS}, not " + toJson(entry)
                                    + Fails);
            continue;
        }
        for (std::size_t at = 0; at < entry.members().size(); ++at) {
            const auto &[where, value] = entry.members()[at];
            if (at > 0) {
                result.errors.push_back(where + " of " + field
                                        + " must be an entry of its own: only the first key of one is used");
                break;
            }
            if (where != "peer" && where != "remote") {
                result.errors.push_back("'" + where + "' in " + field
                                        + " is none of peer, remote; the entry is not used");
            } else if (!value.isString()) {
                result.errors.push_back(where + " of " + field + " must be a text, not " + toJson(value)
                                        + Fails);
            } else {
                Range range = rangeOf(value.text());
                if (!range.error.empty())
                    result.errors.push_back(where + " of " + field + ": " + range.error
                                            + (range.text.empty() ? "; the entry is not used" : ""));
                if (!range.text.empty())
                    result.entries.push(Value::object({{where, std::move(range.text)}}));
            }
        }
    }
    if (result.entries.items().empty() && !list.items().empty())
        result.errors.push_back(field + " has no valid entry: every address is let in");
    return result;
}

bool isIpAddress(const std::string &text)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, text.c_str(), bytes) == 1 || inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

} // namespace edge
