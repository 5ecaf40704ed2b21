// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/command_form.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace edge {

namespace {

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
    Command{"RESPONSE_FLAGS_LONG", Fact::LongFlags},
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

} // namespace

const Command *commandOf(std::string_view name)
{
    const auto found = std::lower_bound(
        commands.begin(), commands.end(), name,
        [](const Command &command, std::string_view wanted) { return command.name < wanted; });
    return found != commands.end() && found->name == name ? &*found : nullptr;
}

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

} // namespace edge
