// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/refused_listeners.h"

#include "edge/config/envoy_limits.h"
#include "edge/config/tls_contexts.h"
#include "edge/context_uses.h"
#include "edge/text.h"

#include <algorithm>
#include <map>

namespace edge {

std::vector<Diagnostic> refusedHosts(const std::vector<Listener> &listeners)
{
    std::vector<Diagnostic> told;
    for (const Listener &listener : listeners) {
        for (const FilterChain &chain : listener.chains) {
            std::map<std::string, const VirtualHost *> seen;
            for (const VirtualHost &site : chain.virtualHosts) {
                for (const std::string &domain : site.domains) {
                    const auto [first, isFirst] = seen.emplace(lowered(domain), &site);
                    if (isFirst || first->second->host == site.host)
                        continue;
                    const ResourceRef &other = first->second->host;
                    Diagnostic one{Diagnostic::Severity::Error, site.host, "spec.hostname",
                                   "'" + domain + "' is the hostname of Host " + other.nameSpace + "/"
                                       + other.name + " in other letters" + std::string(EnvoyRefuses),
                                   false};
                    if (std::find(told.begin(), told.end(), one) == told.end())
                        told.push_back(std::move(one));
                }
            }
        }
    }
    return told;
}

// Of names with a star Envoy takes *.example.com only, and for any other one refuses the whole listener.
std::vector<Diagnostic> refusedNames(const std::vector<Listener> &listeners)
{
    std::vector<Diagnostic> told;
    for (const Listener &listener : listeners) {
        for (const FilterChain &chain : listener.chains) {
            for (const std::string &name : chain.serverNames) {
                if (name.find('*') == std::string::npos || name.starts_with("*."))
                    continue;
                const bool isTcp = chain.virtualHosts.empty();
                const ResourceRef &object = isTcp ? chain.source : chain.virtualHosts.front().host;
                told.push_back({Diagnostic::Severity::Error, object,
                                isTcp                             ? "spec.host"
                                    : object.kind == "TLSContext" ? "spec.hosts"
                                                                  : "spec.hostname",
                                "TLS knows no name " + name
                                    + ": Envoy takes a star as in *.example.com only, and refuses all of "
                                      "Listener "
                                    + listener.name + "; port " + std::to_string(listener.port)
                                    + std::string(PortStays),
                                false});
            }
        }
    }
    return told;
}

std::vector<Diagnostic> refusedContexts(const Config &config, const ContextTable &contexts)
{
    const ContextUses uses = contextUses(config);
    std::vector<Diagnostic> told;
    const auto tell = [&](const TlsContext &context, const char *field, const char *why) {
        told.push_back({Diagnostic::Severity::Error, context.source, contextPath(context, field),
                        why + std::string(EnvoyRefuses), false});
    };
    for (const auto &[name, context] : config.tlsContexts) {
        if (uses.asServer.count(name) > 0 && !context.sni.empty())
            tell(context, "sni", "sni is for TLS that the edge begins, and this ends a client's");
        const ResolvedContext *said = contexts.find(name); // its false is handed to Envoy, too
        if (uses.asClient.count(name) > 0 && said && said->saysCertRequired)
            tell(context, "cert_required",
                 "cert_required is for TLS that a client begins, and this is used towards a service");
    }
    return told;
}

} // namespace edge
