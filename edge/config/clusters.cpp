// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/clusters.h"

#include "edge/config/service_name.h"

#include <algorithm>

namespace edge {

namespace {

constexpr std::size_t LongestName = 60;
constexpr std::size_t ShortStem = 40;

std::string plainName(std::string name)
{
    for (char &c : name) {
        const bool keeps = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!keeps)
            c = '_';
    }
    return name;
}

// "name.namespace" with namespacing (the default), else the whole is a name in the context's own namespace.
std::string secretKey(const std::string &written, const TlsContextResource &context, bool namespacing)
{
    const std::size_t dot = written.rfind('.');
    if (context.secretNamespacing.value_or(namespacing) && dot != std::string::npos && dot > 0)
        return written;
    return written + "." + context.context.source.nameSpace;
}

std::string secretText(const std::string &key)
{
    const std::size_t dot = key.rfind('.');
    return "secret " + key.substr(0, dot) + " in namespace " + key.substr(dot + 1);
}

void complain(Resources &resources, const TlsContextResource &context, std::string path, std::string why, bool dropped)
{
    resources.diagnostics.push_back({Diagnostic::Severity::Error, context.context.source, std::move(path), std::move(why), dropped});
}

}

std::map<std::string, ResolvedContext> resolveContexts(Resources &resources, const std::set<std::string> &knownSecrets)
{
    std::map<std::string, ResolvedContext> contexts;
    std::map<std::string, std::string> claimed; // hostname → context
    int redirectPort = 0;
    for (const TlsContextResource &resource : resources.tlsContexts) {
        ResolvedContext resolved {resource.context, true, resource.hosts, resource.redirectCleartextFrom};
        const std::string key = resource.secret.empty() ? std::string() : secretKey(resource.secret, resource, resources.module.secretNamespacing);
        if (key.empty()) {
            resolved.usable = false;
            complain(resources, resource, "spec.secret", "names no secret, so there is no certificate to use", false);
        } else if (resources.secrets.count(key) + knownSecrets.count(key) == 0) {
            resolved.usable = false;
            complain(resources, resource, "spec.secret", "found no certificate in " + secretText(key) + "; Mappings with tls: " + resource.context.name + " go out in plain text", false);
        }
        resolved.context.secret = key;
        if (!resource.caSecret.empty()) {
            resolved.context.caSecret = secretKey(resource.caSecret, resource, resources.module.secretNamespacing);
            if (resources.caSecrets.count(resolved.context.caSecret) + knownSecrets.count(resolved.context.caSecret) == 0) {
                resolved.usable = false;
                complain(resources, resource, "spec.ca_secret", "found no CA in " + secretText(resolved.context.caSecret), false);
            }
        }
        if (resolved.redirectCleartextFrom != 0 && redirectPort != 0 && redirectPort != resolved.redirectCleartextFrom) {
            complain(resources, resource, "spec.redirect_cleartext_from", "port " + std::to_string(resolved.redirectCleartextFrom) + " beside " + std::to_string(redirectPort) + " of another TLSContext; only one is possible", true);
            continue;
        }
        redirectPort = redirectPort == 0 ? resolved.redirectCleartextFrom : redirectPort;
        const bool kept = resolved.usable || !resource.context.alpnProtocols.empty() || resource.redirectCleartextFrom != 0;
        if (!kept)
            continue;
        std::erase_if(resolved.hosts, [&](const std::string &host) {
            const auto [owner, fresh] = claimed.emplace(host, resource.context.name);
            if (!fresh)
                complain(resources, resource, "spec.hosts", "claims hostname " + host + ", which TLSContext " + owner->second + " has claimed", false);
            return !fresh;
        });
        contexts.emplace(resource.context.name, std::move(resolved));
    }
    return contexts;
}

ClusterTable::ClusterTable(const std::map<std::string, ResolvedContext> &contexts, std::string ambassadorNamespace, bool ambassadorNamespaceForServices)
    : m_contexts(contexts)
    , m_ambassadorNamespace(std::move(ambassadorNamespace))
    , m_ambassadorNamespaceForServices(ambassadorNamespaceForServices)
{
}

std::string ClusterTable::clusterFor(const MappingResource &mapping, std::vector<Diagnostic> &diagnostics)
{
    const auto complain = [&](std::string path, std::string why) { diagnostics.push_back({Diagnostic::Severity::Error, mapping.ref, std::move(path), std::move(why), false}); };
    const ServiceName service = parseService(mapping.service, m_ambassadorNamespaceForServices ? m_ambassadorNamespace : mapping.ref.nameSpace, m_ambassadorNamespace);
    if (!service.problem.empty())
        complain("spec.service", "service " + mapping.service + ": " + service.problem + "; nothing can be reached there");
    if (!service.scheme.empty() && service.scheme != "http" && service.scheme != "https")
        complain("spec.service", "service " + mapping.service + " has unknown scheme " + service.scheme + "; http is assumed");

    const auto found = m_contexts.find(mapping.tls.context);
    const bool hasContext = found != m_contexts.end() && found->second.usable;
    if (!mapping.tls.context.empty() && !hasContext)
        complain("spec.tls", "TLSContext " + mapping.tls.context + (found == m_contexts.end() ? " is not defined or has no certificate" : " has no certificate") + "; TLS is not originated with it");
    if (hasContext && service.scheme == "http")
        complain("spec.tls", "TLSContext " + mapping.tls.context + " is used although service " + mapping.service + " says http");

    Cluster cluster;
    cluster.tls = hasContext || mapping.tls.withoutCertificate || service.scheme == "https";
    cluster.tlsContext = hasContext ? mapping.tls.context : "";
    cluster.host = service.host.empty() ? "unknown" : service.host;
    cluster.port = service.port != 0 ? service.port : cluster.tls ? 443 : 80;
    cluster.connectTimeoutMs = mapping.connectTimeoutMs.value_or(3000);
    cluster.http2 = mapping.grpc;
    cluster.source = mapping.ref;
    std::string name = "cluster_" + service.text();
    if (cluster.tls)
        name += "_otls";
    if (cluster.tls && service.scheme.empty())
        name += "_" + (hasContext ? mapping.tls.context : std::string("no-cert-upstream"));
    if (cluster.tls && !mapping.hostRewrite.empty())
        name += "_hr-" + mapping.hostRewrite;
    cluster.name = plainName(name + "_" + mapping.ref.nameSpace);
    return m_clusters.emplace(cluster.name, cluster).first->first;
}

std::string ClusterTable::own(const std::string &host, std::uint16_t port)
{
    Cluster cluster;
    cluster.name = plainName("cluster_" + host + ":" + std::to_string(port) + "_" + m_ambassadorNamespace);
    cluster.host = host;
    cluster.port = port;
    return m_clusters.emplace(cluster.name, cluster).first->first;
}

std::map<std::string, std::string> ClusterTable::shortNames() const
{
    std::map<std::string, std::string> names;
    std::map<std::string, int> used; // of the first 40 characters
    for (const auto &[full, cluster] : m_clusters) { // sorted by full name, as the numbers are given
        if (full.size() > LongestName) {
            const std::string stem = full.substr(0, ShortStem);
            names.emplace(full, stem + "-" + std::to_string(used[stem]++));
        }
    }
    return names;
}

} // namespace edge
