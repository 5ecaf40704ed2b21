// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/command_value.h"

#include "edge/edge_headers.h"
#include "edge/text.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace edge {

namespace {

std::string requestField(const HeaderFacts &facts, std::string_view name)
{
    const RequestHead &request = *facts.request;
    if (equalIgnoringCase(name, ":path"))
        return request.target;
    if (equalIgnoringCase(name, ":method"))
        return request.method;
    if (equalIgnoringCase(name, ":scheme"))
        return std::string(request.headers.value("x-forwarded-proto"));
    return std::string(request.headers.value(equalIgnoringCase(name, ":authority") ? "host" : name));
}

std::string responseField(const HeaderFacts &facts, std::string_view name)
{
    return equalIgnoringCase(name, ":status") ? std::to_string(facts.response->status)
                                              : std::string(facts.response->headers.value(name));
}

// X?Y: the first of two headers that is there.
template<typename Field>
std::string firstThere(std::string_view names, Field field)
{
    const std::size_t mark = names.find('?');
    std::string value = field(names.substr(0, mark));
    return value.empty() && mark != std::string_view::npos ? field(names.substr(mark + 1)) : value;
}

std::string queryValue(std::string_view target, std::string_view key)
{
    const std::size_t mark = target.find('?');
    std::string_view rest = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
    while (!rest.empty()) {
        const std::string_view part = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
        if (part.substr(0, part.find('=')) == key)
            return part.find('=') == std::string_view::npos ? std::string()
                                                            : std::string(part.substr(part.find('=') + 1));
    }
    return {};
}

std::string digits(std::int64_t nanoseconds, std::size_t count)
{
    std::string text = std::to_string(nanoseconds);
    text.insert(0, 9 - text.size(), '0');
    return text.substr(0, count);
}

// strftime, with %f and %3f for parts of a second, and %E3S for seconds with them.
std::string timeText(std::chrono::system_clock::time_point time, std::string format)
{
    using namespace std::chrono;
    const std::int64_t whole = floor<seconds>(time.time_since_epoch()).count();
    const std::int64_t nanoseconds =
        duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count() - whole * 1'000'000'000;
    if (format.empty())
        format = "%Y-%m-%dT%H:%M:%S.%3fZ";
    std::string plain;
    for (std::size_t i = 0; i < format.size(); ++i) {
        const std::string_view rest = std::string_view(format).substr(i);
        if (rest.starts_with("%%")) {
            plain += "%%";
            ++i;
        } else if (rest.starts_with("%f")) {
            plain += digits(nanoseconds, 9);
            ++i;
        } else if (rest.size() > 2 && rest[0] == '%' && rest[2] == 'f' && rest[1] >= '1' && rest[1] <= '9') {
            plain += digits(nanoseconds, std::size_t(rest[1] - '0'));
            i += 2;
        } else if (rest.size() > 3 && rest.starts_with("%E") && rest[3] == 'S' && rest[2] >= '1'
                   && rest[2] <= '9') {
            plain += "%S." + digits(nanoseconds, std::size_t(rest[2] - '0'));
            i += 3;
        } else if (rest.starts_with("%s")) {
            plain += std::to_string(whole);
            ++i;
        } else {
            plain += format[i];
        }
    }
    const std::time_t seconds = std::time_t(whole);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::string text(plain.size() * 4 + 64, '\0');
    text.resize(std::strftime(text.data(), text.size(), plain.c_str(), &parts));
    return text;
}

std::string hostName()
{
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

// Where the request came from: of a chain of proxies before the edge the one that it trusts, of which no port is known.
ConnectionEnds remoteEnds(const HeaderFacts &facts)
{
    const ConnectionInfo &connection = *facts.connection;
    ConnectionEnds ends{connection.peerAddress, connection.localAddress, connection.peerPort,
                        connection.localPort != 0 ? connection.localPort : connection.listenerPort};
    if (!facts.http || !facts.request)
        return ends;
    const std::string_view external = facts.request->headers.value("x-envoy-external-address");
    HttpOptions before = *facts.http; // one more: the list has been added to, or its last is who speaks
    ++before.trustedHops;
    const bool isAsked = !facts.http->useRemoteAddress || facts.http->trustedHops > 0;
    const std::string told = isAsked ? trustedAddress(facts.request->headers, before, {}) : std::string();
    if (!told.empty())
        ends.peerPort = 0;
    if (facts.http->useRemoteAddress && !external.empty())
        ends.peer = external;
    else if (!told.empty())
        ends.peer = told;
    return ends;
}

ConnectionEnds directEnds(const ConnectionInfo &connection)
{
    return connection.direct.value_or(ConnectionEnds{connection.peerAddress, connection.localAddress,
                                                     connection.peerPort, connection.listenerPort});
}

std::string withPort(const std::string &address, std::uint16_t port)
{
    const std::string host = address.find(':') == std::string::npos ? address : "[" + address + "]";
    return address.empty() ? host : host + ":" + std::to_string(port);
}

std::string joined(const std::vector<std::string> &names)
{
    std::string text;
    for (const std::string &name : names)
        text += (text.empty() ? "" : ",") + name;
    return text;
}

std::string certificateField(Fact fact, const std::vector<PeerCertificate> &chain, std::string_view argument)
{
    if (chain.empty())
        return {};
    const PeerCertificate &leaf = chain.front();
    std::vector<std::string> each;
    const auto moment = [&](std::int64_t seconds) {
        return timeText(std::chrono::system_clock::time_point(std::chrono::seconds(seconds)),
                        std::string(argument));
    };
    switch (fact) {
    case Fact::Subject:
    case Fact::UpstreamSubject: return leaf.subject;
    case Fact::Issuer:
    case Fact::UpstreamIssuer: return leaf.issuer;
    case Fact::Serial: return leaf.serial;
    case Fact::Fingerprint: return leaf.fingerprint;
    case Fact::UriNames:
    case Fact::UpstreamUriNames: return joined(leaf.uriNames);
    case Fact::DnsNames:
    case Fact::UpstreamDnsNames: return joined(leaf.dnsNames);
    case Fact::NotBefore: return moment(leaf.notBefore);
    case Fact::NotAfter: return moment(leaf.notAfter);
    default: break;
    }
    for (const PeerCertificate &one : chain)
        each.push_back(fact == Fact::ChainSerials ? one.serial : one.fingerprint);
    return joined(each);
}

std::string upstreamField(Fact fact, const HeaderFacts &facts)
{
    const std::string_view address = facts.upstreamAddress;
    const std::size_t colon = address.rfind(':');
    switch (fact) {
    case Fact::ClusterName: return facts.cluster ? facts.cluster->name : "";
    case Fact::ClusterStatName:
        return facts.cluster ? facts.cluster->observedName() : "";
    case Fact::UpstreamAddress: return std::string(address);
    case Fact::UpstreamHost: return std::string(address.substr(0, colon));
    case Fact::UpstreamPort:
        return colon == std::string_view::npos ? "" : std::string(address.substr(colon + 1));
    case Fact::UpstreamProtocol: return address.empty() ? "" : "HTTP/1.1"; // all that is spoken upstream
    case Fact::UpstreamTlsVersion: return facts.upstreamTls ? facts.upstreamTls->version : "";
    case Fact::UpstreamTlsCipher: return facts.upstreamTls ? facts.upstreamTls->cipher : "";
    default:
        return facts.upstreamTls ? certificateField(fact, facts.upstreamTls->peerChain, {}) : std::string();
    }
}

std::string endOf(Fact fact, const ConnectionEnds &ends)
{
    switch (fact) {
    case Fact::RemoteAddress:
    case Fact::DirectRemoteAddress: return withPort(ends.peer, ends.peerPort);
    case Fact::RemoteHost:
    case Fact::DirectRemoteHost: return ends.peer;
    case Fact::RemotePort:
    case Fact::DirectRemotePort: return std::to_string(ends.peerPort);
    case Fact::LocalAddress:
    case Fact::DirectLocalAddress: return withPort(ends.local, ends.localPort);
    case Fact::LocalHost:
    case Fact::DirectLocalHost: return ends.local;
    default: return std::to_string(ends.localPort);
    }
}

std::string connectionField(const Piece &piece, Fact fact, const HeaderFacts &facts)
{
    if (!facts.connection)
        return {};
    const ConnectionInfo &connection = *facts.connection;
    switch (fact) {
    case Fact::RemoteAddress:
    case Fact::RemoteHost:
    case Fact::RemotePort:
    case Fact::LocalAddress:
    case Fact::LocalHost:
    case Fact::LocalPort: return endOf(fact, remoteEnds(facts));
    case Fact::DirectRemoteAddress:
    case Fact::DirectRemoteHost:
    case Fact::DirectRemotePort:
    case Fact::DirectLocalAddress:
    case Fact::DirectLocalHost:
    case Fact::DirectLocalPort: return endOf(fact, directEnds(connection));
    case Fact::TlsVersion: return connection.tls ? connection.tls->version : "";
    case Fact::TlsCipher: return connection.tls ? connection.tls->cipher : "";
    case Fact::ServerName: return connection.tls ? connection.tls->serverName : "";
    default:
        return connection.tls ? certificateField(fact, connection.tls->peerChain, piece.argument)
                              : std::string();
    }
}

// NQ: without the query; ORIG: before it was rewritten, PATH: after, and without either as it came.
std::string requestPath(const HeaderFacts &facts, std::string_view argument)
{
    if (!facts.request)
        return {};
    const std::string_view original = facts.request->headers.value("x-envoy-original-path");
    const bool isRewritten =
        argument.ends_with(":PATH") || (original.empty() && !argument.ends_with(":ORIG"));
    const std::string_view path = isRewritten ? std::string_view(facts.request->target) : original;
    return std::string(argument.starts_with("NQ") ? path.substr(0, path.find('?')) : path);
}

std::string protocolOf(const HeaderFacts &facts)
{
    if (facts.connection && facts.connection->isHttp2)
        return "HTTP/2";
    return facts.request && facts.request->minorVersion == 0 ? "HTTP/1.0" : "HTTP/1.1";
}

} // namespace

std::string valueOf(const Piece &piece, Fact fact, const HeaderFacts &facts)
{
    using namespace std::chrono;
    switch (fact) {
    case Fact::Unanswered:
    case Fact::Empty: return {};
    case Fact::Nothing: return "0";
    case Fact::Protocol: return protocolOf(facts);
    case Fact::Status: return facts.response && !facts.isLocal ? std::to_string(facts.response->status) : "0";
    case Fact::StatusDetails:
        return !facts.response || !facts.flags.empty() ? ""
            : facts.isLocal                            ? "direct_response"
                                                       : "via_upstream";
    case Fact::Flags: return facts.flags.empty() ? "-" : std::string(facts.flags);
    case Fact::LongFlags: return facts.flags.empty() ? "-" : "";
    case Fact::LogType: return "NotSet";
    case Fact::Hostname: return hostName();
    case Fact::StartTime: return timeText(facts.startedAt, std::string(piece.argument));
    case Fact::EmitTime: return timeText(system_clock::now(), std::string(piece.argument));
    case Fact::Duration: {
        const auto passed = duration_cast<milliseconds>(system_clock::now() - facts.startedAt);
        return facts.response && !facts.isLocal ? std::to_string(std::max<std::int64_t>(passed.count(), 0))
                                                : "0";
    }
    case Fact::Path: return requestPath(facts, piece.argument);
    case Fact::Query: return facts.request ? queryValue(facts.request->target, piece.argument) : "";
    case Fact::RequestHeader:
        return facts.request
            ? firstThere(piece.argument, [&](std::string_view name) { return requestField(facts, name); })
            : std::string();
    case Fact::ResponseHeader:
        return facts.response
            ? firstThere(piece.argument, [&](std::string_view name) { return responseField(facts, name); })
            : std::string();
    case Fact::ClusterName:
    case Fact::ClusterStatName:
    case Fact::UpstreamAddress:
    case Fact::UpstreamHost:
    case Fact::UpstreamPort:
    case Fact::UpstreamProtocol:
    case Fact::UpstreamTlsVersion:
    case Fact::UpstreamTlsCipher:
    case Fact::UpstreamSubject:
    case Fact::UpstreamIssuer:
    case Fact::UpstreamUriNames:
    case Fact::UpstreamDnsNames: return upstreamField(fact, facts);
    default: return connectionField(piece, fact, facts);
    }
}

} // namespace edge
