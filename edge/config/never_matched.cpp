// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/never_matched.h"

#include "edge/config/envoy_limits.h"
#include "edge/config/expanded.h"
#include "edge/config/said.h"
#include "edge/h1_codec.h"
#include "edge/request_target.h"
#include "edge/text.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace edge {

namespace {

constexpr std::string_view NoRequest = "; no request can match it";

bool isBlankOrControl(char c) { return (c >= 0 && c <= ' ') || c == 127; }

std::string quoted(std::string_view text) { return toJson(Value(text)); }

// "" or what of the text no request has there; characters: besides blanks and control characters.
std::string strangeCharacter(std::string_view text, std::string_view characters)
{
    const auto found = std::find_if(text.begin(), text.end(), [&](char c) {
        return isBlankOrControl(c) || characters.find(c) != std::string_view::npos;
    });
    return found == text.end()     ? std::string()
        : *found == ' '            ? "a blank"
        : isBlankOrControl(*found) ? "a control character"
                                   : quoted(std::string_view(&*found, 1));
}

// What the edge makes of every path that begins so, or of this one, before it compares it.  A letter behind a prefix keeps
// its last segment and its last escape from meaning what they might not.
std::string rewrittenFault(const std::string &path, bool isWhole, bool isNewestEnvoy)
{
    const std::string written = isWhole ? path : path + "x";
    std::string compared = written;
    if (!normalisePath(compared, isNewestEnvoy))
        return "holds %00, and the edge answers such a request with 400";
    if (compared == written)
        return {};
    if (!isWhole)
        compared.pop_back();
    return "is never compared as it stands: the edge makes " + quoted(compared) + " of such a path before";
}

std::string pathFault(const std::string &path, bool isWhole, bool mergesSlashes, bool isNewestEnvoy)
{
    if (path.empty())
        return isWhole ? "is empty, and no path is" : "";
    if (path.front() != '/')
        return "does not begin with /, and every path does";
    if (path.find('?') != std::string::npos)
        return "holds ?, where the query begins, which is no part of the path; use query_parameters";
    if (path.find('#') != std::string::npos)
        return "holds #, which begins a fragment: no client sends one";
    if (const std::string what = strangeCharacter(path, ""); !what.empty())
        return "holds " + what + ", which no path does; write it as an escape, such as %20";
    if (mergesSlashes && path.find("//") != std::string::npos)
        return "holds //, of which the Module's merge_slashes has made / before";
    return rewrittenFault(path, isWhole, isNewestEnvoy);
}

// A regex that wants another first character than the slash that every path begins with.
std::string regexFault(const std::string &pattern)
{
    constexpr int Length = 4;
    RE2::Options quiet;
    quiet.set_log_errors(false);
    const RE2 regex("^(?:" + pattern + ")$", quiet);
    std::string least, most;
    if (!regex.ok() || !regex.PossibleMatchRange(&least, &most, Length))
        return {};
    return most < "/" || least >= "0" ? "matches nothing that begins with /, and every path does" : "";
}

class NeverMatched
{
public:
    NeverMatched(const MappingResource &mapping, const ReaderContext &context)
        : m_mapping(mapping)
        , m_context(context)
    {
    }

    std::optional<FieldRemark> find() const
    {
        const bool isOpen = hasReference(m_mapping.prefix); // to what the edge's own environment has
        std::string fault = isOpen ? std::string()
            : m_mapping.prefixRegex
            ? regexFault(m_mapping.prefix)
            : pathFault(m_mapping.prefix, m_mapping.prefixExact,
                        parsesTrue(m_context.module["merge_slashes"]), m_context.rules.newestEnvoy);
        if (!fault.empty())
            return FieldRemark{"spec.prefix",
                               std::string(m_mapping.prefixRegex ? "regex " : "prefix ")
                                   + quoted(m_mapping.prefix) + " " + fault};
        for (const FieldMatch &header : m_mapping.headers) {
            if (auto found = ofHeader(header))
                return found;
        }
        if (m_mapping.hostRedirect) // which looks at no query
            return {};
        for (const FieldMatch &parameter : m_mapping.queryParameters) {
            if (auto found = ofParameter(parameter))
                return found;
        }
        return {};
    }

private:
    std::optional<FieldRemark> ofHeader(const FieldMatch &header) const
    {
        if (header.name == ":method")
            return ofMethod(header);
        if (lowered(header.name) == ":authority")
            return ofHost(header);
        const std::string path =
            std::string(header.regex ? "spec.regex_headers." : "spec.headers.") + header.name;
        static constexpr std::array<std::string_view, 3> pseudo{":path", ":scheme", ":protocol"};
        if (std::find(pseudo.begin(), pseudo.end(), header.name) == pseudo.end() && !isToken(header.name))
            return FieldRemark{path, quoted(header.name) + " is no name that a header can have"};
        if (header.regex || !header.value)
            return {};
        const std::string &value = *header.value;
        if (!value.empty() && (isBlankOrControl(value.front()) || isBlankOrControl(value.back())))
            return FieldRemark{
                path, quoted(value) + " begins or ends with a blank, which is no part of a header's value"};
        if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
            return FieldRemark{path, quoted(value) + " has a line break, which no header's value does"};
        return {};
    }

    std::optional<FieldRemark> ofMethod(const FieldMatch &method) const
    {
        if (method.regex || isToken(method.value.value_or("")))
            return {};
        const bool isField = m_mapping.field("method").text() == method.value;
        return FieldRemark{isField ? "spec.method" : "spec.headers." + method.name,
                           quoted(method.value.value_or("")) + " is no method that a request can have"};
    }

    std::optional<FieldRemark> ofHost(const FieldMatch &host) const
    {
        const std::string what = host.regex || !host.value ? "" : strangeCharacter(*host.value, "/\\?#@<>\"");
        if (what.empty())
            return {};
        const bool isHostname = m_mapping.field("hostname").text() == *host.value;
        const bool isHost = m_mapping.field("host").text() == *host.value;
        const std::string field = isHostname ? "hostname" : isHost ? "host" : "headers." + host.name;
        return FieldRemark{"spec." + field, quoted(*host.value) + " holds " + what + ", which no host does"};
    }

    static std::optional<FieldRemark> ofParameter(const FieldMatch &parameter)
    {
        const std::string path =
            std::string(parameter.regex ? "spec.regex_query_parameters." : "spec.query_parameters.")
            + parameter.name;
        const std::string inName = strangeCharacter(parameter.name, "&=#");
        if (!inName.empty())
            return FieldRemark{
                path,
                quoted(parameter.name) + " holds " + inName
                    + ", which no name of a parameter does; parameters are compared as they are "
                      "sent, with their escapes"};
        const std::string inValue =
            parameter.regex || !parameter.value ? "" : strangeCharacter(*parameter.value, "&#");
        if (!inValue.empty())
            return FieldRemark{
                path,
                quoted(*parameter.value) + " holds " + inValue
                    + ", which no value of a parameter does; parameters are compared as they are "
                      "sent, with their escapes"};
        return {};
    }

    const MappingResource &m_mapping;
    const ReaderContext &m_context;
};

} // namespace

void tellNeverMatched(const MappingResource &mapping, const ReaderContext &context)
{
    if (std::optional<FieldRemark> found = NeverMatched(mapping, context).find())
        context.diagnostics.push_back({Diagnostic::Severity::Notice, mapping.upstream.ref,
                                       std::move(found->path), found->message + std::string(NoRequest),
                                       false});
}

bool isOfNeverMatched(const Diagnostic &diagnostic) { return diagnostic.message.ends_with(NoRequest); }

} // namespace edge
