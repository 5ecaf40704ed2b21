// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/proxy_protocol.h"

#include <asio/ip/address.hpp>

#include <algorithm>
#include <charconv>
#include <vector>

namespace edge {

namespace {

constexpr std::string_view SignatureV1 = "PROXY ";
constexpr std::string_view SignatureV2("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t LongestV1 = 107; // with its line end
constexpr std::size_t FixedV2 = 16;

using Answer = Result<std::optional<ProxyHeader>>;

Answer refuse(const char *why)
{
    return failure(Error::Kind::Protocol, std::string("no PROXY header: ") + why);
}

bool begins(std::string_view bytes, std::string_view signature) // as far as there are bytes
{
    return bytes.substr(0, signature.size()) == signature.substr(0, bytes.size());
}

std::vector<std::string_view> words(std::string_view line)
{
    std::vector<std::string_view> all;
    while (!line.empty()) {
        const std::size_t space = std::min(line.find(' '), line.size());
        all.push_back(line.substr(0, space));
        line.remove_prefix(std::min(space + 1, line.size()));
    }
    return all;
}

std::optional<std::string> addressOf(std::string_view text, bool isV4)
{
    asio::error_code error;
    const auto address = asio::ip::make_address(std::string(text), error);
    return error || address.is_v4() != isV4 ? std::nullopt : std::optional(address.to_string());
}

std::optional<std::uint16_t> portOf(std::string_view text)
{
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(port) : std::nullopt;
}

Answer readV1(std::string_view bytes)
{
    const std::size_t end = bytes.substr(0, LongestV1).find("\r\n");
    if (end == std::string_view::npos)
        return bytes.size() < LongestV1 ? Answer(std::optional<ProxyHeader>())
                                        : refuse("its line does not end");
    const auto parts = words(bytes.substr(0, end));
    if (parts.size() >= 2 && parts[1] == "UNKNOWN")
        return ProxyHeader{end + 2, {}};
    if (parts.size() != 6 || (parts[1] != "TCP4" && parts[1] != "TCP6"))
        return refuse("not PROXY TCP4|TCP6 FROM TO PORT PORT");
    const auto from = addressOf(parts[2], parts[1] == "TCP4");
    const auto to = addressOf(parts[3], parts[1] == "TCP4");
    const auto fromPort = portOf(parts[4]);
    const auto toPort = portOf(parts[5]);
    if (!from || !to)
        return refuse("its address is none");
    if (!fromPort || !toPort)
        return refuse("its port is none");
    return ProxyHeader{end + 2, {*from, *to, *fromPort, *toPort}};
}

template<typename Address>
std::string rawAddress(std::string_view bytes)
{
    typename Address::bytes_type raw;
    std::transform(bytes.begin(), bytes.begin() + raw.size(), raw.begin(),
                   [](char c) { return static_cast<unsigned char>(c); });
    return Address(raw).to_string();
}

Answer readV2(std::string_view bytes)
{
    if (bytes.size() < FixedV2)
        return std::optional<ProxyHeader>();
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const std::size_t size = FixedV2 + (std::size_t(byte(14)) << 8) + byte(15);
    if (byte(12) >> 4 != 2 || (byte(12) & 15) > 1)
        return refuse("version and command are unknown");
    if (bytes.size() < size)
        return std::optional<ProxyHeader>();
    const bool local = (byte(12) & 15) == 0;
    const unsigned family = byte(13) >> 4;
    if (local || (family != 1 && family != 2))
        return ProxyHeader{size, {}};
    const std::size_t addressSize = family == 1 ? 4 : 16;
    if (size < FixedV2 + 2 * addressSize + 4)
        return refuse("its addresses are cut");
    const auto address = [&](std::size_t at) {
        return family == 1 ? rawAddress<asio::ip::address_v4>(bytes.substr(at))
                           : rawAddress<asio::ip::address_v6>(bytes.substr(at));
    };
    const auto port = [&](std::size_t at) { return std::uint16_t((byte(at) << 8) + byte(at + 1)); };
    const std::size_t ports = FixedV2 + 2 * addressSize;
    return ProxyHeader{size,
                       {address(FixedV2), address(FixedV2 + addressSize), port(ports), port(ports + 2)}};
}

} // namespace

Answer readProxyHeader(std::string_view bytes)
{
    if (begins(bytes, SignatureV1))
        return bytes.size() < SignatureV1.size() ? Answer(std::optional<ProxyHeader>()) : readV1(bytes);
    if (begins(bytes, SignatureV2))
        return bytes.size() < SignatureV2.size() ? Answer(std::optional<ProxyHeader>()) : readV2(bytes);
    return refuse("it begins otherwise");
}

} // namespace edge
