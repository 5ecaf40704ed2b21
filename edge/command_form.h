// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The form of Envoy's %COMMANDS%: the table of those there are, and a value cut into its texts and commands.  Within edge/header_commands.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace edge {

enum class Fact {
    Unanswered, // of Envoy alone
    Empty,      // what Emissary's configuration and headers that are still under way leave
    Nothing,    // "0"
    Protocol,
    Status,
    StatusDetails,
    Flags,
    LongFlags, // in words
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

struct Piece // of a value: text, or a command
{
    std::string_view whole; // as it stands there
    std::string_view name;  // "" text
    std::string_view argument;
    std::optional<std::size_t> length;
};

// nullptr: Envoy knows no such command.
const Command *commandOf(std::string_view name);

// The command that text begins with ("%NAME…"), as far as it is one by its form.
std::optional<Piece> commandAt(std::string_view text);

// Why Envoy refuses it; "" it takes it, as it does each text.
std::string faultOf(const Piece &piece);

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

} // namespace edge
