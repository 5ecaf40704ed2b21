// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Header fields as nghttp2 is shown them.  For h2_session.cpp only.
#include "edge/http_message.h"

#include <nghttp2/nghttp2.h>

#include <string>
#include <string_view>
#include <vector>

namespace edge {

nghttp2_nv fieldOf(std::string_view name, std::string_view value); // shows them, keeps nothing
std::string_view textOf(const std::uint8_t *bytes, std::size_t size);

// Names in lower case, without what belongs to a connection of HTTP/1.1 (RFC 9113 §8.2.2).  Shows the values of headers, which
// must live as long.
class Fields
{
public:
    explicit Fields(const Headers &headers);
    void prepend(nghttp2_nv field) { m_list.insert(m_list.begin(), field); }
    bool empty() const { return m_list.empty(); }
    const nghttp2_nv *data() const { return m_list.data(); }
    std::size_t size() const { return m_list.size(); }

private:
    std::vector<std::string> m_names;
    std::vector<nghttp2_nv> m_list;
};

} // namespace edge
