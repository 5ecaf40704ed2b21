// SPDX-License-Identifier: GPL-3.0-or-later
// The PROXY protocol's first bytes, whole and byte by byte.
#include "edge/proxy_protocol.h"

#include <gtest/gtest.h>

using namespace std::string_literals;

namespace {

std::string outcome(const std::string &bytes)
{
    const auto header = edge::readProxyHeader(bytes);
    if (!header)
        return "refused";
    if (!header->has_value())
        return "more";
    const edge::ConnectionEnds &ends = (*header)->ends;
    return std::to_string((*header)->size) + " "
        + (ends.peer.empty() ? ""
                             : ends.peer + " " + std::to_string(ends.peerPort) + " to " + ends.local + " "
                   + std::to_string(ends.localPort));
}

std::string v2(unsigned char command, unsigned char family, const std::string &addresses)
{
    return "\r\n\r\n\0\r\nQUIT\n"s + char(command) + char(family) + char(addresses.size() >> 8)
        + char(addresses.size() & 0xff) + addresses;
}

} // namespace

TEST(ProxyProtocol, readsBothVersions)
{
    EXPECT_EQ(outcome("PROXY TCP4 203.0.113.7 10.0.0.1 1234 80\r\nGET /"),
              "41 203.0.113.7 1234 to 10.0.0.1 80");
    EXPECT_EQ(outcome("PROXY TCP6 2001:db8::7 ::1 1234 80\r\n"), "36 2001:db8::7 1234 to ::1 80");
    EXPECT_EQ(outcome("PROXY UNKNOWN\r\n"), "15 ");
    EXPECT_EQ(outcome("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"), "35 ");
    EXPECT_EQ(outcome(v2(0x21, 0x11, "\xcb\0\x71\x09\x0a\0\0\x01\x12\x34\0\x50"s) + "GET"),
              "28 203.0.113.9 4660 to 10.0.0.1 80");
    EXPECT_EQ(outcome(v2(0x20, 0x00, "")), "16 ");
    std::string loopback(36, '\0'); // both addresses and ports
    loopback[15] = 1;
    EXPECT_EQ(outcome(v2(0x21, 0x21, loopback)), "52 ::1 0 to :: 0");
}

TEST(ProxyProtocol, asksForMoreUntilItIsWhole)
{
    const std::string one = "PROXY TCP4 203.0.113.7 10.0.0.1 1234 80\r\n";
    const std::string two = v2(0x21, 0x11, std::string(12, '\1'));
    for (const std::string &whole : {one, two}) {
        for (std::size_t size = 1; size < whole.size(); ++size)
            EXPECT_EQ(outcome(whole.substr(0, size)), "more") << size;
        EXPECT_NE(outcome(whole), "more");
    }
}

TEST(ProxyProtocol, refusesWhatItIsNot)
{
    for (const std::string &bad :
         {"GET / HTTP/1.1\r\n"s, "PROXY TCP4 1.2.3 10.0.0.1 1 2\r\n"s, "PROXY TCP4 ::1 ::1 1 2\r\n"s,
          "PROXY TCP4 1.2.3.4 1.2.3 1 2\r\n"s, "PROXY TCP4 1.2.3.4 1.2.3.4 x 2\r\n"s,
          "PROXY TCP4 1.2.3.4 1.2.3.4 1 70000\r\n"s, "PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n"s, "PROXY \r\n"s,
          "PROXY " + std::string(200, 'x'), v2(0x11, 0x11, std::string(12, '\1')),
          v2(0x2f, 0x11, std::string(12, '\1')), v2(0x21, 0x11, "cut"), "\r\n\r\nx"s})
        EXPECT_EQ(outcome(bad), "refused") << bad;
}
