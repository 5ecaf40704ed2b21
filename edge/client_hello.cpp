// SPDX-License-Identifier: GPL-3.0-or-later
// Reads server name and ALPN out of a peeked ClientHello (RFC 8446 §4.1.2, RFC 6066 §3, RFC 7301 §3.1).
#include "edge/stream.h"

namespace edge {

namespace {

class Bytes // every read past the end gives 0 or "" and marks the whole as cut
{
public:
    explicit Bytes(std::string_view data)
        : m_data(data)
    {
    }
    std::size_t number(int size)
    {
        std::size_t value = 0;
        for (const char c : take(std::size_t(size)))
            value = value << 8 | static_cast<unsigned char>(c);
        return value;
    }
    std::string_view take(std::size_t size)
    {
        if (size > m_data.size()) {
            m_cut = true;
            size = m_data.size();
        }
        const std::string_view taken = m_data.substr(0, size);
        m_data.remove_prefix(size);
        return taken;
    }
    bool atEnd() const { return m_data.empty() || m_cut; }

private:
    std::string_view m_data;
    bool m_cut = false;
};

constexpr std::size_t ServerName = 0;
constexpr std::size_t ApplicationProtocols = 16;

void readExtension(ClientHello &hello, std::size_t type, std::string_view content)
{
    Bytes bytes(content);
    if (type == ServerName) {
        bytes.take(2);
        if (bytes.number(1) == 0)
            hello.serverName = std::string(bytes.take(bytes.number(2)));
    } else if (type == ApplicationProtocols) {
        bytes.take(2);
        while (!bytes.atEnd())
            hello.alpn.emplace_back(bytes.take(bytes.number(1)));
    }
}

} // namespace

std::optional<ClientHello> readClientHello(std::string_view data)
{
    // record: 22, version 3.x, length; handshake: 1, length (3), version (2), random (32), session id, cipher suites, compression
    if (data.empty() || data[0] != 22 || (data.size() > 1 && data[1] != 3)
        || (data.size() > 5 && data[5] != 1))
        return {};
    ClientHello hello;
    Bytes bytes(data);
    bytes.take(5 + 4 + 2 + 32);
    bytes.take(bytes.number(1));
    bytes.take(bytes.number(2));
    bytes.take(bytes.number(1));
    bytes.take(2); // of all extensions
    while (!bytes.atEnd()) {
        const std::size_t type = bytes.number(2);
        readExtension(hello, type, bytes.take(bytes.number(2)));
    }
    return hello;
}

} // namespace edge
