// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/odd_hostnames.h"

#include <algorithm>

namespace edge {

namespace {

constexpr std::string_view NobodyAsks = "; no client asks for such a name";

// What it means instead; "" what it looks like.
std::string meaningOf(std::string_view hostname, Stars stars)
{
    const auto quoted = [](std::string_view text) { return "'" + std::string(text) + "'"; };
    const auto count = std::count(hostname.begin(), hostname.end(), '*');
    if (stars == Stars::Compared)
        return meaningOf(hostname, Stars::AtOneEnd).empty()
            ? std::string()
            : "is compared letter by letter with the names of Hosts and TCPMappings";
    if (count > 0 && stars == Stars::Letters)
        return "is compared letter by letter: host has no stars in the 1.x line, only regular expressions "
               "(host_regex: true)";
    if (hostname.starts_with('.'))
        return "is compared letter by letter: a dot at its beginning does not stand for what may come before "
               "it, as in "
            + quoted("*" + std::string(hostname));
    const bool leads = hostname.starts_with('*');
    const bool trails = hostname.ends_with('*');
    if (count == 0 || (count == 1 && (leads || trails)))
        return {};
    if (leads)
        return "is for names that end with " + quoted(hostname.substr(1))
            + ": only its first star stands for anything";
    if (trails)
        return "is for names that begin with " + quoted(hostname.substr(0, hostname.size() - 1))
            + ": only its last star stands for anything";
    return "is compared letter by letter: a star stands for anything only as the first or the last letter";
}

} // namespace

void tellOddHostname(const ResourceRef &object, std::string path, std::string_view hostname, Stars stars,
                     std::vector<Diagnostic> &diagnostics)
{
    if (const std::string meaning = meaningOf(hostname, stars); !meaning.empty())
        diagnostics.push_back({Diagnostic::Severity::Notice, object, std::move(path),
                               "'" + std::string(hostname) + "' " + meaning + std::string(NobodyAsks),
                               false});
}

bool isOfOddHostname(const Diagnostic &diagnostic) { return diagnostic.message.ends_with(NobodyAsks); }

} // namespace edge
