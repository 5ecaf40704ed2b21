// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/hosts.h"

#include "edge/config/host_globs.h"
#include "edge/config/numbers.h"

#include <algorithm>

namespace edge {

namespace {

// tls of a Host in snake or camel case.
const Value &either(const Value &tls, std::string_view snake, std::string_view camel)
{
    return tls[snake].isNull() ? tls[camel] : tls[snake];
}

class HostResolver
{
public:
    HostResolver(Resources &resources, SecretTable &secrets, const Rules &rules)
        : m_resources(resources)
        , m_secrets(secrets)
        , m_rules(rules)
    {
    }

    std::optional<ActiveHost> resolve(const HostResource &host);

private:
    std::optional<ActiveHost> resolveTls(const HostResource &host);
    std::optional<ActiveHost> refuse(const HostResource &host, std::string path, std::string why)
    {
        m_resources.diagnostics.push_back(
            {Diagnostic::Severity::Error, host.ref, std::move(path), std::move(why), true});
        return {};
    }
    TlsContextResource *contextNamed(const std::string &name);
    std::optional<ActiveHost> useContext(const HostResource &host, const std::string &name,
                                         const std::string &secret);
    std::optional<ActiveHost> inlineContext(const HostResource &host, const std::string &secret);
    std::optional<ActiveHost> ownContext(const HostResource &host, const std::string &secret,
                                         TlsContextResource context);

    Resources &m_resources;
    SecretTable &m_secrets;
    const Rules &m_rules;
};

std::optional<ActiveHost> HostResolver::resolve(const HostResource &host)
{
    std::optional<ActiveHost> active = resolveTls(host);
    if (active && m_rules.listenerResources && !host.acmeSecret.empty()
        && m_secrets.find(host.acmeSecret, host.ref.nameSpace).empty()) {
        active->complained = true;
        m_resources.diagnostics.push_back(
            {Diagnostic::Severity::Error, host.ref, "spec.acmeProvider.privateKeySecret",
             "ACME private key secret " + host.acmeSecret
                 + " is not there; the certificate of this Host will not be renewed by ACME",
             false});
    }
    return active;
}

std::optional<ActiveHost> HostResolver::resolveTls(const HostResource &host)
{
    if (host.tlsSecret.empty()) {
        if (host.tls || !host.tlsContext.empty())
            m_resources.diagnostics.push_back({Diagnostic::Severity::Notice, host.ref, "spec.tlsSecret",
                                               "tls and tlsContext of a Host do nothing without tlsSecret",
                                               false});
        return ActiveHost{host, {}, false};
    }
    const std::string secret = m_secrets.find(host.tlsSecret, host.tlsSecretNamespace);
    if (secret.empty() || !m_secrets.facts(secret).certificate) {
        // The edge says this in its log only.
        m_resources.diagnostics.push_back(
            {Diagnostic::Severity::Notice, host.ref, "spec.tlsSecret",
             "Secret " + host.tlsSecret + " in namespace " + host.tlsSecretNamespace
                 + (m_secrets.isWithheld(host.tlsSecret, host.tlsSecretNamespace)
                        ? " is named by Ingresses only, and 2.x does not hand such a one to the edge; name "
                          "it in a "
                          "Host or TLSContext"
                        : " is not there or holds no certificate")
                 + "; this Host is not served",
             true});
        return {};
    }
    if (!host.tlsContext.empty() && host.tls)
        return refuse(host, "spec.tls", "tlsContext and tls are both given; this Host is not served");
    if (!host.tlsContext.empty())
        return useContext(host, host.tlsContext, secret);
    if (host.tls)
        return inlineContext(host, secret);
    const std::string name = host.name + "-context";
    if (contextNamed(name)) {
        if (!m_rules.listenerResources) // 1.x looks no further: it fills in neither secret nor hosts
            return ActiveHost{host, {}, false};
        return useContext(host, name, secret);
    }
    TlsContextResource context;
    context.context.name = name;
    return ownContext(host, secret, std::move(context));
}

TlsContextResource *HostResolver::contextNamed(const std::string &name)
{
    const auto found =
        std::find_if(m_resources.tlsContexts.begin(), m_resources.tlsContexts.end(),
                     [&](const TlsContextResource &context) { return context.context.name == name; });
    return found == m_resources.tlsContexts.end() ? nullptr : &*found;
}

std::optional<ActiveHost> HostResolver::useContext(const HostResource &host, const std::string &name,
                                                   const std::string &secret)
{
    TlsContextResource *context = contextNamed(name);
    if (!context)
        return refuse(host, "spec.tlsContext",
                      "TLSContext " + name + " does not exist; this Host is not served");
    // Emissary compares what the two names mean to the Host; the certificate itself is then looked up where the
    // TLSContext is.
    const std::string theirs = !context->hostSecret.empty() ? context->hostSecret
        : context->secret.empty()                           ? ""
                                  : secretKey(context->secret, host.ref.nameSpace, false);
    if (theirs.empty()) // also beside files
        context->secret = host.tlsSecretWritten;
    else if (!theirs.empty() && theirs != secret)
        return refuse(host, "spec.tlsSecret",
                      "the Host has " + secretText(secret) + " and TLSContext " + name + " "
                          + secretText(theirs) + "; this Host is not served");
    ActiveHost active{host, name, true};
    if (context->hosts.empty()) {
        context->hosts = {host.hostname};
    } else if (std::none_of(context->hosts.begin(), context->hosts.end(), [&](const std::string &accepted) {
                   return accepted == host.hostname || accepted == host.name;
               })) {
        active.complained = true;
        m_resources.diagnostics.push_back(
            {Diagnostic::Severity::Error, host.ref, "spec.hostname",
             "TLSContext " + name + " is not for hostname " + host.hostname + "; it is used all the same",
             false});
    }
    return active;
}

std::optional<ActiveHost> HostResolver::inlineContext(const HostResource &host, const std::string &secret)
{
    const Value &tls = *host.tls;
    TlsContextResource context;
    context.context.name = host.name + "-context";
    context.caSecret = either(tls, "ca_secret", "caSecret").text();
    if (m_rules.revocationLists)
        context.crlSecret = either(tls, "crl_secret", "crlSecret").text();
    context.context.caFile = either(tls, "cacert_chain_file", "cacertChainFile").text();
    const Value &certRequired = either(tls, "cert_required", "certRequired");
    context.context.certRequired = certRequired.toBool();
    context.saysCertRequired = !certRequired.isNull();
    context.context.alpnProtocols = either(tls, "alpn_protocols", "alpnProtocols").text();
    context.context.minTlsVersion = either(tls, "min_tls_version", "minTlsVersion").text();
    context.context.maxTlsVersion = either(tls, "max_tls_version", "maxTlsVersion").text();
    for (const auto &[field, version] :
         {std::pair("spec.tls.min_tls_version", context.context.minTlsVersion),
          std::pair("spec.tls.max_tls_version", context.context.maxTlsVersion)}) {
        if (!version.empty() && version != "v1.0" && version != "v1.1" && version != "v1.2"
            && version != "v1.3")
            return refuse(host, field,
                          std::string(field + 9) + " '" + version
                              + "' is none of v1.0, v1.1, v1.2, v1.3; this Host is not served");
    }
    if (!either(tls, "cert_chain_file", "certChainFile").text().empty())
        return refuse(
            host, "spec.tls.cert_chain_file",
            "tls names cert_chain_file beside tlsSecret; give exactly one of them. This Host is not served");
    context.context.cipherSuites = textsOf(either(tls, "cipher_suites", "cipherSuites"));
    context.context.ecdhCurves = textsOf(either(tls, "ecdh_curves", "ecdhCurves"));
    context.context.sni = tls["sni"].text();
    context.redirectCleartextFrom =
        saturated(either(tls, "redirect_cleartext_from", "redirectCleartextFrom").toInteger());
    return ownContext(host, secret, std::move(context));
}

std::optional<ActiveHost> HostResolver::ownContext(const HostResource &host, const std::string &secret,
                                                   TlsContextResource context)
{
    const std::string name = context.context.name;
    context.context.source = host.ref;
    context.hosts = {host.hostname};
    context.hostSecret = secret;
    ActiveHost active{host, name, true};
    active.contextLost = !isSaved(context, m_resources);
    if (!active.contextLost)
        m_resources.tlsContexts.push_back(std::move(context));
    return active;
}

} // namespace

std::vector<ActiveHost> activeHosts(Resources &resources, SecretTable &secrets, const Rules &rules)
{
    saveContexts(resources);
    HostResolver resolver(resources, secrets, rules);
    std::vector<ActiveHost> active;
    for (const HostResource &host : resources.hosts) {
        if (auto resolved = resolver.resolve(host))
            active.push_back(std::move(*resolved));
    }
    return active;
}

bool takesName(const ActiveHost &host, const std::string &hostname, const Rules &rules)
{
    return rules.starsOnBothSides ? hostGlobsMatch(host.host.hostname, hostname)
                                  : hostGlobTakes(host.host.hostname, hostname);
}

bool hasCertificate(const ActiveHost &host, const ContextTable &contexts)
{
    return !host.context.empty() && contexts.usable(host.context);
}

} // namespace edge
