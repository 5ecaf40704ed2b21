// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/h2_fields.h"

#include <algorithm>

namespace edge {
namespace {

bool isOfConnection(std::string_view name)
{
    return name == "connection" || name == "keep-alive" || name == "proxy-connection"
        || name == "transfer-encoding" || name == "upgrade";
}

std::string lowered(std::string_view text)
{
    std::string low(text);
    std::transform(low.begin(), low.end(), low.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return low;
}

} // namespace

nghttp2_nv fieldOf(std::string_view name, std::string_view value)
{
    const auto bytes = [](std::string_view text) {
        return const_cast<std::uint8_t *>(
            reinterpret_cast<const std::uint8_t *>(text.data())); // nghttp2's is not const
    };
    return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

std::string_view textOf(const std::uint8_t *bytes, std::size_t size)
{
    return {reinterpret_cast<const char *>(bytes), size};
}

Fields::Fields(const Headers &headers)
{
    m_names.reserve(headers.size()); // else the names would move
    for (const Header &header : headers) {
        const std::string &name = m_names.emplace_back(lowered(header.name));
        if (!isOfConnection(name))
            m_list.push_back(fieldOf(name, header.value));
    }
}

} // namespace edge
