// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "edge/config/mapping_reader.h"

namespace edge {

// What every reader of a Mapping-like object shares: where to complain, resolver and service.
class UpstreamReader
{
public:
    UpstreamReader(const SourceObject &object, const ReaderContext &context)
        : m_object(object)
        , m_spec(*object.spec)
        , m_context(context)
    {
    }

protected:
    void post(Diagnostic::Severity severity, std::string path, std::string message, bool dropped)
    {
        m_context.diagnostics.push_back(
            {severity, m_object.ref, std::move(path), std::move(message), dropped});
    }
    bool refuse(std::string path, std::string message) // always false
    {
        post(Diagnostic::Severity::Error, std::move(path), std::move(message), true);
        return false;
    }
    void note(std::string path, std::string message)
    {
        post(Diagnostic::Severity::Notice, std::move(path), std::move(message), false);
    }

    void readUpstream(UpstreamOptions &upstream, bool http);
    void readService(UpstreamOptions &upstream);
    bool tellMissing(const char *field); // whether it did
    // A text, and none that the watcher has dropped.
    bool isThere(const Value &text) const
    {
        return text.isString() && !(text.text().empty() && isHandedOver());
    }
    // By the API server or Emissary's watcher: without empty texts and what is no field, and maps in the order of
    // their names.  Else the compiler reads what somebody has written.
    bool isHandedOver() const;
    std::string resolverName(bool countsOwn = true) const;
    Resolver resolverOf(const std::string &name) const;
    bool checkResolver(const UpstreamOptions &upstream, const std::string &name, bool http);
    bool checkBreakers(UpstreamOptions &upstream);
    bool checkBalancer();
    bool checkConsul(const std::string &service);
    void tellLimits(const UpstreamOptions &upstream);

    const SourceObject &m_object;
    const Value &m_spec;
    const ReaderContext &m_context;
};

} // namespace edge
