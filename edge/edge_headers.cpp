// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/edge_headers.h"

#include "edge/text.h"

#include <asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <ctime>

namespace edge {

namespace {

constexpr std::string_view Forged[] = {"x-envoy-decorator-operation",
                                       "x-envoy-downstream-service-cluster",
                                       "x-envoy-downstream-service-node",
                                       "x-envoy-expected-rq-timeout-ms",
                                       "x-envoy-external-address",
                                       "x-envoy-force-trace",
                                       "x-envoy-hedge-on-per-try-timeout",
                                       "x-envoy-internal",
                                       "x-envoy-ip-tags",
                                       "x-envoy-is-timeout-retry",
                                       "x-envoy-max-retries",
                                       "x-envoy-original-host",
                                       "x-envoy-original-path",
                                       "x-envoy-retriable-header-names",
                                       "x-envoy-retriable-status-codes",
                                       "x-envoy-retry-grpc-on",
                                       "x-envoy-retry-on",
                                       "x-envoy-upstream-alt-stat-name",
                                       "x-envoy-upstream-rq-per-try-timeout-ms",
                                       "x-envoy-upstream-rq-timeout-alt-response",
                                       "x-envoy-upstream-rq-timeout-ms",
                                       "x-envoy-upstream-stream-duration-ms",
                                       "x-forwarded-client-cert"};

bool isHopByHop(std::string_view name)
{
    return name == "connection" || name == "keep-alive" || name == "proxy-connection"
        || name == "transfer-encoding" || name == "upgrade";
}

template<typename Visit>
void forEachToken(std::string_view list, Visit visit)
{
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        visit(trimmed(list.substr(0, comma)));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
}

bool removeNominated(Headers &headers)
{
    std::vector<std::string> nominated;
    for (const Header &header : headers) {
        if (header.name == "connection")
            forEachToken(header.value, [&](std::string_view name) { nominated.emplace_back(name); });
    }
    for (const std::string &name : nominated) {
        if (equalIgnoringCase(name, "host"))
            return false;
        if (!equalIgnoringCase(name, "te")) // has a rule of its own
            headers.remove(name);
    }
    return true;
}

} // namespace

bool removeHopByHop(Headers &headers, bool isRequest)
{
    if (isRequest && headers.has("connection") && !removeNominated(headers))
        return false;
    const bool trailers = isRequest && headers.hasToken("te", "trailers");
    headers.removeIf(
        [&](const Header &header) { return isHopByHop(header.name) || (isRequest && header.name == "te"); });
    if (trailers)
        headers.add("te", "trailers");
    return true;
}

void removeForgedHeaders(Headers &headers, const HttpOptions &http)
{
    headers.removeIf([&](const Header &header) {
        if (header.name.size() < 10 || header.name[0] != 'x' || header.name[1] != '-')
            return false;
        if (!http.useRemoteAddress
            && header.name == "x-envoy-external-address") // whoever is in front of us has set it
            return false;
        return std::binary_search(std::begin(Forged), std::end(Forged), std::string_view(header.name));
    });
}

std::string trustedAddress(const Headers &headers, const HttpOptions &http, const std::string &peer)
{
    std::string_view list = headers.value("x-forwarded-for");
    for (int hop = 1; hop <= http.trustedHops && !list.empty(); ++hop) {
        const std::size_t comma = list.rfind(',');
        const std::string_view last =
            trimmed(comma == std::string_view::npos ? list : list.substr(comma + 1));
        list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
        asio::error_code error;
        if (hop == http.trustedHops) {
            const auto address = asio::ip::make_address(std::string(last), error);
            return error ? peer : address.to_string();
        }
    }
    return peer;
}

void addForwardedHeaders(Headers &headers, const HttpOptions &http, const ConnectionInfo &connection,
                         std::mt19937_64 &random)
{
    const std::string trusted = trustedAddress(headers, http, connection.peerAddress);
    const bool believesProto =
        (!http.useRemoteAddress || http.trustedHops > 0) && headers.has("x-forwarded-proto");
    if (!believesProto)
        headers.set("x-forwarded-proto", connection.tls ? "https" : "http");
    if (http.useRemoteAddress) {
        if (const std::string *known = headers.find("x-forwarded-for"))
            headers.set("x-forwarded-for", *known + "," + connection.peerAddress);
        else
            headers.add("x-forwarded-for", connection.peerAddress);
        headers.set("x-envoy-external-address", trusted);
    }
    const bool keepsId = http.preserveExternalRequestId && headers.has("x-request-id");
    if (!keepsId && http.generateRequestId.value_or(true))
        headers.set("x-request-id", makeRequestId(random));
}

std::string makeRequestId(std::mt19937_64 &random)
{
    static constexpr char digits[] = "0123456789abcdef";
    static constexpr std::string_view pattern = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    std::string id(pattern);
    std::uint64_t bits = 0;
    int left = 0;
    for (char &c : id) {
        if (c != 'x' && c != 'y')
            continue;
        if (left == 0) {
            bits = random();
            left = 16;
        }
        const unsigned digit = unsigned(bits & 15);
        c = digits[c == 'y' ? (digit & 3) | 8 : digit];
        bits >>= 4;
        --left;
    }
    return id;
}

const std::string &httpDate()
{
    static thread_local std::time_t made = 0;
    static thread_local std::string text;
    const std::time_t now = std::time(nullptr);
    if (now != made) {
        static constexpr std::array<const char *, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        static constexpr std::array<const char *, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        std::tm parts{};
        gmtime_r(&now, &parts);
        char buffer[40];
        const std::size_t size = std::strftime(buffer, sizeof buffer, "%d ??? %Y %H:%M:%S GMT",
                                               &parts); // names of C's locale, whatever the process has
        text = std::string(days[std::size_t(parts.tm_wday)]) + ", " + std::string(buffer, size);
        text.replace(text.find("???"), 3, months[std::size_t(parts.tm_mon)]);
        made = now;
    }
    return text;
}

bool isGrpc(const Headers &headers)
{
    const std::string_view type = headers.value("content-type");
    constexpr std::string_view grpc = "application/grpc";
    return type.substr(0, grpc.size()) == grpc && (type.size() == grpc.size() || type[grpc.size()] == '+');
}

} // namespace edge
