// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/header_commands.h"

#include "edge/edge_headers.h"
#include "edge/text.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace edge {

namespace {

enum class Fact {
    Unanswered, // of Envoy alone
    Empty,      // what Emissary's configuration and headers that are still under way leave
    Nothing,    // "0"
    Protocol,
    Status,
    StatusDetails,
    Flags,
    LogType,
    Hostname,
    StartTime,
    EmitTime,
    Duration,
    Path,
    Query,
    RequestHeader,
    ResponseHeader,
    ClusterName,
    ClusterStatName,
    UpstreamAddress,
    UpstreamHost,
    UpstreamPort,
    UpstreamProtocol,
    UpstreamTlsVersion,
    UpstreamTlsCipher,
    UpstreamSubject,
    UpstreamIssuer,
    UpstreamUriNames,
    UpstreamDnsNames,
    RemoteAddress, // with its port
    RemoteHost,
    RemotePort,
    LocalAddress,
    LocalHost,
    LocalPort,
    DirectRemoteAddress,
    DirectRemoteHost,
    DirectRemotePort,
    DirectLocalAddress,
    DirectLocalHost,
    DirectLocalPort,
    TlsVersion,
    TlsCipher,
    ServerName,
    Subject,
    Issuer,
    Serial,
    Fingerprint,
    UriNames,
    DnsNames,
    ChainFingerprints,
    ChainSerials,
    NotBefore,
    NotAfter
};

enum class Takes { Nothing, Argument, MayArgument, ArgumentOrLength, MayArgumentOrLength };

struct Command
{
    std::string_view name;
    Fact fact = Fact::Unanswered;
    Takes takes = Takes::Nothing;
};

constexpr std::array commands{
    Command{"ACCESS_LOG_TYPE", Fact::LogType},
    Command{"BYTES_RECEIVED"},
    Command{"BYTES_RETRANSMITTED"},
    Command{"BYTES_SENT", Fact::Nothing},
    Command{"CEL", Fact::Unanswered, Takes::ArgumentOrLength},
    Command{"CLUSTER_METADATA", Fact::Empty, Takes::Argument},
    Command{"COMMON_DURATION", Fact::Unanswered, Takes::Argument},
    Command{"CONNECTION_ID"},
    Command{"CONNECTION_TERMINATION_DETAILS", Fact::Empty},
    Command{"CUSTOM_FLAGS", Fact::Empty},
    Command{"DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED"},
    Command{"DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT", Fact::Nothing},
    Command{"DOWNSTREAM_DIRECT_LOCAL_ADDRESS", Fact::DirectLocalAddress},
    Command{"DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID", Fact::Empty},
    Command{"DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT", Fact::DirectLocalHost},
    Command{"DOWNSTREAM_DIRECT_LOCAL_PORT", Fact::DirectLocalPort},
    Command{"DOWNSTREAM_DIRECT_REMOTE_ADDRESS", Fact::DirectRemoteAddress},
    Command{"DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT", Fact::DirectRemoteHost},
    Command{"DOWNSTREAM_DIRECT_REMOTE_PORT", Fact::DirectRemotePort},
    Command{"DOWNSTREAM_HANDSHAKE_DURATION"},
    Command{"DOWNSTREAM_HEADER_BYTES_RECEIVED"},
    Command{"DOWNSTREAM_HEADER_BYTES_SENT", Fact::Nothing},
    Command{"DOWNSTREAM_LOCAL_ADDRESS", Fact::LocalAddress},
    Command{"DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID", Fact::Empty},
    Command{"DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT", Fact::LocalHost},
    Command{"DOWNSTREAM_LOCAL_DNS_SAN"},
    Command{"DOWNSTREAM_LOCAL_EMAIL_SAN"},
    Command{"DOWNSTREAM_LOCAL_IP_SAN"},
    Command{"DOWNSTREAM_LOCAL_OTHERNAME_SAN"},
    Command{"DOWNSTREAM_LOCAL_PORT", Fact::LocalPort},
    Command{"DOWNSTREAM_LOCAL_SUBJECT"},
    Command{"DOWNSTREAM_LOCAL_URI_SAN"},
    Command{"DOWNSTREAM_PEER_CERT"},
    Command{"DOWNSTREAM_PEER_CERT_V_END", Fact::NotAfter, Takes::MayArgument},
    Command{"DOWNSTREAM_PEER_CERT_V_START", Fact::NotBefore, Takes::MayArgument},
    Command{"DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1"},
    Command{"DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256", Fact::ChainFingerprints},
    Command{"DOWNSTREAM_PEER_CHAIN_SERIALS", Fact::ChainSerials},
    Command{"DOWNSTREAM_PEER_DNS_SAN", Fact::DnsNames},
    Command{"DOWNSTREAM_PEER_EMAIL_SAN"},
    Command{"DOWNSTREAM_PEER_FINGERPRINT_1"},
    Command{"DOWNSTREAM_PEER_FINGERPRINT_256", Fact::Fingerprint},
    Command{"DOWNSTREAM_PEER_IP_SAN"},
    Command{"DOWNSTREAM_PEER_ISSUER", Fact::Issuer},
    Command{"DOWNSTREAM_PEER_OTHERNAME_SAN"},
    Command{"DOWNSTREAM_PEER_SERIAL", Fact::Serial},
    Command{"DOWNSTREAM_PEER_SUBJECT", Fact::Subject},
    Command{"DOWNSTREAM_PEER_URI_SAN", Fact::UriNames},
    Command{"DOWNSTREAM_REMOTE_ADDRESS", Fact::RemoteAddress},
    Command{"DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", Fact::RemoteHost},
    Command{"DOWNSTREAM_REMOTE_PORT", Fact::RemotePort},
    Command{"DOWNSTREAM_TLS_CIPHER", Fact::TlsCipher},
    Command{"DOWNSTREAM_TLS_SESSION_ID"},
    Command{"DOWNSTREAM_TLS_VERSION", Fact::TlsVersion},
    Command{"DOWNSTREAM_TRANSPORT_FAILURE_REASON", Fact::Empty},
    Command{"DOWNSTREAM_WIRE_BYTES_RECEIVED"},
    Command{"DOWNSTREAM_WIRE_BYTES_SENT", Fact::Nothing},
    Command{"DURATION", Fact::Duration},
    Command{"DYNAMIC_METADATA", Fact::Unanswered, Takes::ArgumentOrLength},
    Command{"EMIT_TIME", Fact::EmitTime, Takes::MayArgument},
    Command{"EMIT_TIME_LOCAL", Fact::Unanswered, Takes::MayArgument},
    Command{"ENVIRONMENT", Fact::Unanswered, Takes::ArgumentOrLength},
    Command{"FILTER_CHAIN_NAME"},
    Command{"FILTER_STATE", Fact::Unanswered, Takes::ArgumentOrLength},
    Command{"GRPC_STATUS", Fact::Unanswered, Takes::MayArgument},
    Command{"GRPC_STATUS_NUMBER"},
    Command{"HOSTNAME", Fact::Hostname},
    Command{"LOCAL_REPLY_BODY", Fact::Empty},
    Command{"METADATA", Fact::Unanswered, Takes::Argument},
    Command{"PACKETS_RETRANSMITTED"},
    Command{"PATH", Fact::Path, Takes::MayArgumentOrLength},
    Command{"PER_REQUEST_STATE", Fact::Unanswered, Takes::Argument},
    Command{"PROTOCOL", Fact::Protocol},
    Command{"QUERY_PARAM", Fact::Query, Takes::ArgumentOrLength},
    Command{"REQ", Fact::RequestHeader, Takes::ArgumentOrLength},
    Command{"REQUESTED_SERVER_NAME", Fact::ServerName},
    Command{"REQUEST_DURATION"},
    Command{"REQUEST_HEADER", Fact::RequestHeader, Takes::ArgumentOrLength},
    Command{"REQUEST_HEADERS_BYTES"},
    Command{"REQUEST_TX_DURATION"},
    Command{"RESP", Fact::ResponseHeader, Takes::ArgumentOrLength},
    Command{"RESPONSE_CODE", Fact::Status},
    Command{"RESPONSE_CODE_DETAILS", Fact::StatusDetails, Takes::MayArgument},
    Command{"RESPONSE_DURATION"},
    Command{"RESPONSE_FLAGS", Fact::Flags},
    Command{"RESPONSE_FLAGS_LONG", Fact::Flags},
    Command{"RESPONSE_HEADER", Fact::ResponseHeader, Takes::ArgumentOrLength},
    Command{"RESPONSE_HEADERS_BYTES"},
    Command{"RESPONSE_TRAILER", Fact::Empty, Takes::ArgumentOrLength},
    Command{"RESPONSE_TRAILERS_BYTES", Fact::Nothing},
    Command{"RESPONSE_TX_DURATION", Fact::Empty},
    Command{"ROUNDTRIP_DURATION", Fact::Empty},
    Command{"ROUTE_NAME", Fact::Empty},
    Command{"START_TIME", Fact::StartTime, Takes::MayArgument},
    Command{"START_TIME_LOCAL", Fact::Unanswered, Takes::MayArgument},
    Command{"STREAM_ID"},
    Command{"TLS_JA3_FINGERPRINT", Fact::Empty},
    Command{"TLS_JA4_FINGERPRINT", Fact::Empty},
    Command{"TRACE_ID"},
    Command{"TRAILER", Fact::Empty, Takes::ArgumentOrLength},
    Command{"UNIQUE_ID"},
    Command{"UPSTREAM_CLUSTER", Fact::ClusterStatName},
    Command{"UPSTREAM_CLUSTER_RAW", Fact::ClusterName},
    Command{"UPSTREAM_CONNECTION_ID"},
    Command{"UPSTREAM_CONNECTION_POOL_READY_DURATION"},
    Command{"UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED"},
    Command{"UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT"},
    Command{"UPSTREAM_FILTER_STATE", Fact::Unanswered, Takes::ArgumentOrLength},
    Command{"UPSTREAM_HEADER_BYTES_RECEIVED"},
    Command{"UPSTREAM_HEADER_BYTES_SENT"},
    Command{"UPSTREAM_HOST", Fact::UpstreamAddress},
    Command{"UPSTREAM_HOST_NAME"},
    Command{"UPSTREAM_HOST_NAME_WITHOUT_PORT"},
    Command{"UPSTREAM_LOCAL_ADDRESS"},
    Command{"UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT"},
    Command{"UPSTREAM_LOCAL_DNS_SAN"},
    Command{"UPSTREAM_LOCAL_IP_SAN"},
    Command{"UPSTREAM_LOCAL_PORT"},
    Command{"UPSTREAM_LOCAL_URI_SAN"},
    Command{"UPSTREAM_METADATA", Fact::Empty, Takes::Argument},
    Command{"UPSTREAM_PEER_CERT"},
    Command{"UPSTREAM_PEER_DNS_SAN", Fact::UpstreamDnsNames},
    Command{"UPSTREAM_PEER_IP_SAN"},
    Command{"UPSTREAM_PEER_ISSUER", Fact::UpstreamIssuer},
    Command{"UPSTREAM_PEER_SUBJECT", Fact::UpstreamSubject},
    Command{"UPSTREAM_PEER_URI_SAN", Fact::UpstreamUriNames},
    Command{"UPSTREAM_PROTOCOL", Fact::UpstreamProtocol},
    Command{"UPSTREAM_REMOTE_ADDRESS", Fact::UpstreamAddress},
    Command{"UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID", Fact::Empty},
    Command{"UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", Fact::UpstreamHost},
    Command{"UPSTREAM_REMOTE_PORT", Fact::UpstreamPort},
    Command{"UPSTREAM_REQUEST_ATTEMPT_COUNT"},
    Command{"UPSTREAM_TLS_CIPHER", Fact::UpstreamTlsCipher},
    Command{"UPSTREAM_TLS_SESSION_ID"},
    Command{"UPSTREAM_TLS_VERSION", Fact::UpstreamTlsVersion},
    Command{"UPSTREAM_TRANSPORT_FAILURE_REASON", Fact::Empty},
    Command{"UPSTREAM_WIRE_BYTES_RECEIVED"},
    Command{"UPSTREAM_WIRE_BYTES_SENT"},
    Command{"VIRTUAL_CLUSTER_NAME", Fact::Empty},
};

static_assert(std::is_sorted(commands.begin(), commands.end(),
                             [](const Command &a, const Command &b) { return a.name < b.name; }));

struct Piece // of a value: text, or a command
{
    std::string_view whole; // as it stands there
    std::string_view name;  // "" text
    std::string_view argument;
    std::optional<std::size_t> length;
};

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isOfName(char c) { return (c >= 'A' && c <= 'Z') || isDigit(c) || c == '_'; }

// ":20%" or "%" at `at`: behind its percent sign; npos: neither.
std::size_t endOfCommand(std::string_view text, std::size_t at, std::optional<std::size_t> &length)
{
    constexpr std::size_t Longest = 1'000'000;
    length.reset();
    if (at < text.size() && text[at] == ':') {
        const std::size_t first = ++at;
        std::size_t number = 0;
        for (; at < text.size() && isDigit(text[at]); ++at)
            number = std::min(number * 10 + std::size_t(text[at] - '0'), Longest);
        if (at == first)
            return std::string_view::npos;
        length = number;
    }
    return at < text.size() && text[at] == '%' ? at + 1 : std::string_view::npos;
}

// The command that text begins with, as far as it is one by its form.
std::optional<Piece> commandAt(std::string_view text)
{
    Piece piece;
    std::size_t at = 1;
    while (at < text.size() && isOfName(text[at]))
        ++at;
    piece.name = text.substr(1, at - 1);
    if (piece.name.empty())
        return {};
    std::size_t end = std::string_view::npos;
    if (at < text.size() && text[at] == '(') {
        const std::size_t first = at + 1;
        for (std::size_t close = text.find(')', first);
             close != std::string_view::npos && end == std::string_view::npos;
             close = text.find(')', close + 1)) {
            end = endOfCommand(text, close + 1, piece.length);
            piece.argument = text.substr(first, close - first);
        }
    } else {
        end = endOfCommand(text, at, piece.length);
    }
    if (end == std::string_view::npos)
        return {};
    piece.whole = text.substr(0, end);
    return piece;
}

// visit(piece) for each; false: from `text` on it is no value that Envoy can read.
template<typename Visit>
bool forEachPiece(std::string_view &text, Visit visit)
{
    while (!text.empty()) {
        if (text.front() != '%') {
            Piece plain;
            plain.whole = text.substr(0, text.find('%'));
            text.remove_prefix(plain.whole.size());
            visit(plain);
        } else if (text.size() > 1 && text[1] == '%') {
            Piece sign;
            sign.whole = text.substr(0, 1);
            text.remove_prefix(2);
            visit(sign);
        } else {
            const std::optional<Piece> command = commandAt(text);
            if (!command)
                return false;
            text.remove_prefix(command->whole.size());
            visit(*command);
        }
    }
    return true;
}

const Command *commandOf(std::string_view name)
{
    const auto found = std::lower_bound(
        commands.begin(), commands.end(), name,
        [](const Command &command, std::string_view wanted) { return command.name < wanted; });
    return found != commands.end() && found->name == name ? &*found : nullptr;
}

bool mayHaveArgument(Takes takes) { return takes != Takes::Nothing; }
bool needsArgument(Takes takes) { return takes == Takes::Argument || takes == Takes::ArgumentOrLength; }
bool mayHaveLength(Takes takes)
{
    return takes == Takes::ArgumentOrLength || takes == Takes::MayArgumentOrLength;
}

std::string headerNamesFault(std::string_view names)
{
    if (std::count(names.begin(), names.end(), '?') > 1)
        return " takes one header and one more behind a ?";
    if (names.find_first_of(" \t\r\n") != std::string_view::npos)
        return " takes the name of a header";
    return {};
}

bool isPathOption(std::string_view argument)
{
    const std::string_view form = argument.substr(0, argument.find(':'));
    return form.empty() || form == "WQ" || form == "NQ";
}

bool isOneOf(std::string_view word, std::initializer_list<std::string_view> words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string faultOf(const Piece &piece)
{
    if (piece.name.empty())
        return {};
    const Command *command = commandOf(piece.name);
    const std::string shown = "%" + std::string(piece.name) + "%";
    if (!command)
        return shown + " is no command that it knows";
    if (needsArgument(command->takes) && piece.argument.empty())
        return shown + " needs an argument in brackets";
    if (!mayHaveArgument(command->takes) && !piece.argument.empty())
        return shown + " takes no argument";
    if (!mayHaveLength(command->takes) && piece.length)
        return shown + " takes no length";
    if (piece.name == "GRPC_STATUS"
        && !isOneOf(piece.argument, {"", "CAMEL_STRING", "SNAKE_STRING", "NUMBER"}))
        return shown + " takes CAMEL_STRING, SNAKE_STRING or NUMBER";
    if (piece.name == "COMMON_DURATION"
        && !isOneOf(piece.argument.substr(std::min(piece.argument.rfind(':') + 1, piece.argument.size())),
                    {"ms", "us", "ns"}))
        return shown + " takes START:END:ms, us or ns";
    if (command->fact == Fact::RequestHeader || command->fact == Fact::ResponseHeader) {
        if (const std::string fault = headerNamesFault(piece.argument); !fault.empty())
            return shown + fault;
    }
    if (command->fact == Fact::Path && !isPathOption(piece.argument))
        return shown + " takes WQ or NQ";
    return {};
}

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
        return !facts.cluster                 ? ""
            : facts.cluster->statName.empty() ? facts.cluster->name
                                              : facts.cluster->statName;
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
        return !facts.response ? "" : facts.isLocal ? "direct_response" : "via_upstream";
    case Fact::Flags: return "-";
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

} // namespace

std::string formatFault(std::string_view value)
{
    std::string fault;
    const bool isWhole = forEachPiece(value, [&](const Piece &piece) {
        if (fault.empty())
            fault = faultOf(piece);
    });
    if (fault.empty() && !isWhole)
        fault = "no command begins at '" + std::string(value) + "' (write %% for a percent sign)";
    return fault;
}

std::vector<std::string> unansweredCommands(std::string_view value)
{
    std::vector<std::string> names;
    forEachPiece(value, [&](const Piece &piece) {
        const Command *command = piece.name.empty() ? nullptr : commandOf(piece.name);
        if (command && command->fact == Fact::Unanswered)
            names.emplace_back(piece.whole);
    });
    return names;
}

std::string expandCommands(std::string_view text, const HeaderFacts &facts)
{
    std::string out;
    forEachPiece(text, [&](const Piece &piece) {
        if (piece.name.empty() || !faultOf(piece).empty()) {
            out += piece.whole;
            return;
        }
        const std::string value = valueOf(piece, commandOf(piece.name)->fact, facts);
        out += value.substr(0, piece.length.value_or(std::string::npos));
    });
    return out.append(text); // what cannot be read
}

} // namespace edge
