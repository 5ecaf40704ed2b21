// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/header_rules.h"

#include <ctime>

namespace edge {

namespace {

// %REQ(X?Y):20%: the first of two headers that is there, cut to 20 bytes.
std::string headerCommand(const Headers &headers, const RequestHead *request, std::string_view argument)
{
    std::size_t limit = std::string_view::npos;
    const std::size_t close = argument.rfind(')');
    if (close == std::string_view::npos)
        return {};
    if (close + 1 < argument.size() && argument[close + 1] == ':') {
        limit = 0;
        for (const char c : argument.substr(close + 2))
            limit = c >= '0' && c <= '9' && limit < 1'000'000 ? limit * 10 + std::size_t(c - '0') : limit;
    }
    argument = argument.substr(0, close);
    while (!argument.empty()) {
        const std::size_t end = std::min(argument.find('?'), argument.size());
        const std::string_view name = argument.substr(0, end);
        argument.remove_prefix(std::min(end + 1, argument.size()));
        if (request && equalIgnoringCase(name, ":path"))
            return request->target.substr(0, limit);
        if (request && equalIgnoringCase(name, ":method"))
            return request->method.substr(0, limit);
        if (const std::string *value = headers.find(equalIgnoringCase(name, ":authority") ? "host" : name))
            return value->substr(0, limit);
    }
    return {};
}

std::string startTime()
{
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[32];
    return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000Z", &parts));
}

std::optional<std::string> tlsCommand(std::string_view command, const TlsFacts *tls)
{
    const PeerCertificate *leaf = tls && !tls->peerChain.empty() ? &tls->peerChain.front() : nullptr;
    if (command == "DOWNSTREAM_TLS_VERSION")
        return tls ? tls->version : "";
    if (command == "DOWNSTREAM_TLS_CIPHER")
        return tls ? tls->cipher : "";
    if (command == "REQUESTED_SERVER_NAME")
        return tls ? tls->serverName : "";
    if (command == "DOWNSTREAM_PEER_SUBJECT")
        return leaf ? leaf->subject : "";
    if (command == "DOWNSTREAM_PEER_ISSUER")
        return leaf ? leaf->issuer : "";
    if (command == "DOWNSTREAM_PEER_SERIAL")
        return leaf ? leaf->serial : "";
    if (command == "DOWNSTREAM_PEER_FINGERPRINT_256")
        return leaf ? leaf->fingerprint : "";
    if (command == "DOWNSTREAM_PEER_URI_SAN")
        return leaf && !leaf->uriNames.empty() ? leaf->uriNames.front() : "";
    return {};
}

std::optional<std::string> commandValue(std::string_view command, const HeaderFacts &facts)
{
    if (command.substr(0, 4) == "REQ(" && facts.request)
        return headerCommand(facts.request->headers, facts.request, command.substr(4));
    if (command.substr(0, 5) == "RESP(")
        return facts.response ? headerCommand(facts.response->headers, nullptr, command.substr(5))
                              : std::string();
    if (command == "PROTOCOL")
        return "HTTP/1.1";
    if (command == "RESPONSE_CODE")
        return facts.response ? std::to_string(facts.response->status) : "0";
    if (command == "START_TIME")
        return startTime();
    if (command == "UPSTREAM_HOST" || command == "UPSTREAM_REMOTE_ADDRESS")
        return std::string(facts.upstreamAddress);
    if (command == "UPSTREAM_CLUSTER")
        return std::string(facts.upstreamCluster);
    if (!facts.connection)
        return {};
    if (command == "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT"
        || command == "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT")
        return facts.connection->peerAddress;
    if (command == "DOWNSTREAM_LOCAL_PORT")
        return std::to_string(facts.connection->listenerPort);
    return tlsCommand(command, facts.connection->tls ? &*facts.connection->tls : nullptr);
}

} // namespace

std::string expandCommands(std::string_view text, const HeaderFacts &facts)
{
    std::string out;
    while (!text.empty()) {
        const std::size_t begin = std::min(text.find('%'), text.size());
        out.append(text.substr(0, begin));
        text.remove_prefix(begin);
        const std::size_t end = text.find('%', 1);
        if (end == std::string_view::npos) {
            out.append(text);
            break;
        }
        const std::optional<std::string> value =
            end == 1 ? std::string("%") : commandValue(text.substr(1, end - 1), facts);
        out.append(value ? *value : std::string(text.substr(0, end + 1)));
        text.remove_prefix(end + 1);
    }
    return out;
}

void applyHeaderRules(Headers &headers, const std::vector<HeaderToAdd> &add,
                      const std::vector<std::string> &remove, const HeaderFacts &facts)
{
    for (const std::string &name : remove)
        headers.remove(name);
    for (const HeaderToAdd &header : add) {
        std::string value =
            header.value.find('%') == std::string::npos ? header.value : expandCommands(header.value, facts);
        if (header.append)
            headers.add(header.name, std::move(value));
        else
            headers.set(header.name, std::move(value));
    }
}

} // namespace edge
