// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/tls_contexts.h"

#include <algorithm>
#include <utility>

namespace edge {

SecretTable::SecretTable(const Resources &resources, const Input &input, const CompileOptions &options,
                         const Rules &rules)
    : m_input(input)
    , m_options(options)
    , m_byBareName(!rules.listenerResources)
{
    const ModuleResource &module = resources.module;
    const bool general = !module.present || module.watcherNamespacing;
    for (const TlsContextResource &context : resources.tlsContexts) {
        const bool namespacing = context.secretNamespacing.value_or(general);
        for (const std::string &name : {context.secret, context.caSecret, context.crlSecret})
            hand(name, context.context.source.nameSpace, namespacing);
    }
    for (const HostResource &host : resources.hosts) {
        if (!host.isOfIngress || rules.ingressSecrets)
            hand(host.tlsSecret, host.tlsSecretNamespace, false);
        hand(host.acmeSecret, host.ref.nameSpace, false);
        if (host.tls) {
            for (const std::string_view field : {"ca_secret", "crl_secret"})
                hand((*host.tls)[field].text(), host.ref.nameSpace, general);
        }
    }
    m_named = m_handed;
    hand("fallback-self-signed-cert", options.ambassadorNamespace, false);
}

void SecretTable::hand(const std::string &name, const std::string &nameSpace, bool namespacing)
{
    if (!name.empty())
        m_handed.insert(secretKey(name, nameSpace, namespacing));
}

bool SecretTable::isWithheld(const std::string &name, const std::string &nameSpace) const
{
    const std::string key = name + "." + nameSpace;
    const bool isThere = m_input.secrets.count(key) > 0 || m_options.knownSecrets.count(key) > 0
        || (m_options.namedSecretsKnown && m_options.missingSecrets.count(key) == 0);
    return isThere && m_options.admitted && m_handed.count(key) == 0;
}

bool SecretTable::exists(const std::string &key) const
{
    const bool assumed =
        m_options.namedSecretsKnown && m_named.count(key) > 0 && m_options.missingSecrets.count(key) == 0;
    const bool known = m_options.allSecretsKnown || assumed || m_options.knownSecrets.count(key) > 0;
    if (m_options.admitted && !m_options.allSecretsKnown && m_handed.count(key) == 0)
        return false;
    return known || m_input.secrets.count(key) > 0;
}

std::string SecretTable::find(const std::string &name, const std::string &nameSpace)
{
    const std::string key = name + "." + nameSpace;
    if (const auto remembered = m_bareNames.find(key); m_byBareName && remembered != m_bareNames.end())
        return remembered->second;
    if (!exists(key))
        return {};
    m_bareNames.emplace(name, key);
    return key;
}

SecretFacts SecretTable::facts(const std::string &key) const
{
    const auto found = m_input.secrets.find(key);
    if (found != m_input.secrets.end())
        return found->second;
    SecretFacts sound;
    sound.certificate = sound.key = sound.crl = true;
    return sound;
}

std::string secretKey(const std::string &written, const std::string &nameSpace, bool namespacing)
{
    const std::size_t dot = written.rfind('.');
    if (namespacing && dot != std::string::npos && dot > 0)
        return written;
    return written + "." + nameSpace;
}

std::string secretText(const std::string &key)
{
    const std::size_t dot = key.rfind('.');
    return "secret " + key.substr(0, dot) + " in namespace " + key.substr(dot + 1);
}

std::string contextPath(const TlsContext &context, std::string_view field)
{
    const std::string name(field);
    if (context.source.kind == "Module") { // its server asks clients for what stands under client
        const bool isOfClient = context.name == "server"
            && (name == "ca_secret" || name == "cacert_chain_file" || name == "cert_required");
        return std::string(context.source.name == "tls" ? "spec.config." : "spec.config.tls.")
            + (isOfClient ? "client." + (name == "ca_secret" ? "secret" : name) : context.name + "." + name);
    }
    if (context.source.kind != "Host")
        return "spec." + name;
    return field == "secret" ? "spec.tlsSecret" : field == "hosts" ? "spec.hostname" : "spec.tls." + name;
}

bool isSaved(const TlsContextResource &context, Resources &resources)
{
    const auto refuse = [&](std::string path, const std::string &why) {
        resources.diagnostics.push_back({Diagnostic::Severity::Error, context.context.source, std::move(path),
                                         "TLSContext " + context.context.name + " " + why, false});
        return false;
    };
    if (!context.context.certFile.empty() && (!context.secret.empty() || !context.hostSecret.empty()))
        return refuse(contextPath(context.context, "secret"),
                      "names both a secret and cert_chain_file; give exactly one of them");
    if (!context.context.certFile.empty() && context.context.keyFile.empty())
        return refuse(contextPath(context.context, "private_key_file"),
                      "has cert_chain_file without private_key_file");
    bool saved = true;
    for (const TlsContextResource &known : resources.tlsContexts) {
        if (known.context.name == context.context.name)
            saved = refuse("metadata.name", "is there already; this one is not used");
    }
    const auto port = std::find_if(resources.tlsContexts.begin(), resources.tlsContexts.end(),
                                   [](const auto &known) { return known.redirectCleartextFrom != 0; });
    if (context.redirectCleartextFrom != 0 && port != resources.tlsContexts.end()
        && port->redirectCleartextFrom != context.redirectCleartextFrom)
        saved = refuse(contextPath(context.context, "redirect_cleartext_from"),
                       "asks for port " + std::to_string(context.redirectCleartextFrom) + " beside "
                           + std::to_string(port->redirectCleartextFrom)
                           + " of another TLSContext; only one is possible");
    return saved;
}

void saveContexts(Resources &resources)
{
    for (TlsContextResource &context : std::exchange(resources.tlsContexts, {})) {
        if (isSaved(context, resources))
            resources.tlsContexts.push_back(std::move(context));
    }
}

ContextTable::ContextTable(Resources &resources, SecretTable &secrets, const CompileOptions &options,
                           const Rules &rules)
    : m_resources(resources)
    , m_secrets(secrets)
    , m_options(options)
    , m_rules(rules)
{
    for (const TlsContextResource &resource : m_resources.tlsContexts) {
        ResolvedContext resolved{resource.context, true, resource.hosts, resource.redirectCleartextFrom,
                                 resource.saysCertRequired};
        if (resolve(resource, resolved))
            keep(resource, std::move(resolved));
    }
}

void ContextTable::complain(const TlsContextResource &resource, std::string_view field, std::string why)
{
    m_resources.diagnostics.push_back({Diagnostic::Severity::Error, resource.context.source,
                                       contextPath(resource.context, field),
                                       "TLSContext " + resource.context.name + " " + std::move(why), false});
}

// Whether the context is kept; resolved.sound tells whether it can be used.  One whose secret is missing is kept for
// the sake of alpn_protocols or redirect_cleartext_from; one that is wrong in itself is not.
bool ContextTable::resolve(const TlsContextResource &resource, ResolvedContext &resolved)
{
    Progress progress = resolveSecret(resource, resolved);
    if (progress != Progress::Wrong)
        progress = std::max(progress, resolveAuthorities(resource, resolved));
    if (progress == Progress::Sound && !resolveFiles(resource, resolved))
        progress = Progress::Wrong;
    resolved.sound = resolved.sound && progress == Progress::Sound;
    return progress == Progress::Sound
        || (progress == Progress::SecretMissing
            && (!resource.context.alpnProtocols.empty() || resource.redirectCleartextFrom != 0));
}

ContextTable::Progress ContextTable::resolveSecret(const TlsContextResource &resource,
                                                   ResolvedContext &resolved)
{
    const TlsContext &context = resource.context;
    const bool files = !context.certFile.empty() || !context.keyFile.empty();
    const bool named = !resource.secret.empty() || !resource.hostSecret.empty();
    const bool other = !resource.caSecret.empty() || !context.caFile.empty() || !resource.crlSecret.empty()
        || !context.crlFile.empty();
    if (!named && !files && !other) {
        complain(resource, "secret",
                 "has no certificate information at all; it can neither end nor start TLS");
        resolved.sound = false;
    }
    if (!named)
        return Progress::Sound;
    const bool namespacing = resource.secretNamespacing.value_or(m_resources.module.secretNamespacing);
    const std::string key = !resource.hostSecret.empty()
        ? resource.hostSecret
        : secretKey(resource.secret, context.source.nameSpace, namespacing);
    const std::size_t dot = key.rfind('.');
    const std::string found =
        !resource.hostSecret.empty() ? key : m_secrets.find(key.substr(0, dot), key.substr(dot + 1));
    const SecretFacts facts = found.empty() ? SecretFacts() : m_secrets.facts(found);
    if (found.empty() || !facts.certificate) {
        complain(resource, "secret",
                 "found no certificate in " + secretText(key)
                     + ", where tls.crt is looked for; Mappings with tls: " + context.name
                     + " go out in plain text");
        return Progress::SecretMissing;
    }
    if (!facts.key) {
        complain(resource, "secret",
                 "found no private key in " + secretText(key) + ", where tls.key is looked for");
        return Progress::Wrong;
    }
    resolved.context.secret = found;
    resolved.context.certFile.clear(); // of a Host's secret, which then counts
    resolved.context.keyFile.clear();
    if (facts.root) {
        resolved.context.caFile.clear();
        resolved.context.caSecret = found;
        resolved.context.ownRoot = true;
    }
    return Progress::Sound;
}

// NAME.NAMESPACE of a secret that the context names beside its certificate; "" and key if it is not there.
std::string ContextTable::findFor(const TlsContextResource &resource, const std::string &name,
                                  std::string &key)
{
    const bool namespacing = resource.secretNamespacing.value_or(m_resources.module.secretNamespacing);
    key = secretKey(name, resource.context.source.nameSpace, namespacing);
    const std::size_t dot = key.rfind('.');
    return m_secrets.find(key.substr(0, dot), key.substr(dot + 1));
}

ContextTable::Progress ContextTable::resolveAuthorities(const TlsContextResource &resource,
                                                        ResolvedContext &resolved)
{
    const TlsContext &context = resource.context;
    Progress progress = Progress::Sound;
    std::string key;
    if (!resource.crlSecret.empty()) {
        resolved.context.crlSecret = findFor(resource, resource.crlSecret, key);
        if (resolved.context.crlSecret.empty() || !m_secrets.facts(resolved.context.crlSecret).crl) {
            complain(resource, "crl_secret",
                     "found no certificate revocation list in " + secretText(key)
                         + ", where crl.pem is looked for");
            progress = Progress::SecretMissing;
        }
    }
    const bool terminates = !resolved.context.secret.empty() || !context.certFile.empty();
    if ((!resource.caSecret.empty() || !context.caFile.empty()) && !terminates) {
        complain(resource, "ca_secret",
                 "cannot validate certificates without a certificate of its own: add secret");
        return Progress::Wrong;
    }
    if (!resource.caSecret.empty()) {
        resolved.context.caSecret = findFor(resource, resource.caSecret, key);
        resolved.context.ownRoot = false; // also where it is the secret of the certificate
        const SecretFacts facts =
            resolved.context.caSecret.empty() ? SecretFacts() : m_secrets.facts(resolved.context.caSecret);
        if (!facts.certificate && !facts.user) {
            complain(resource, "ca_secret",
                     "found no CA in " + secretText(key)
                         + ", where it is looked for as tls.crt, not as ca.crt");
            progress = Progress::SecretMissing;
        }
    }
    return progress;
}

bool ContextTable::resolveFiles(const TlsContextResource &resource, const ResolvedContext &resolved)
{
    const TlsContext &context = resource.context;
    bool sound = true;
    const std::pair<const char *, const std::string *> files[] = {{"cert_chain_file", &context.certFile},
                                                                  {"private_key_file", &context.keyFile},
                                                                  {"cacert_chain_file", &context.caFile},
                                                                  {"crl_file", &context.crlFile}};
    for (const auto &[field, path] : files) {
        const bool wanted = (path == &context.certFile || path == &context.keyFile) && !resource.hosts.empty()
            && resolved.context.secret.empty();
        if (!path->empty() && m_options.fileExists && !m_options.fileExists(*path)) {
            complain(resource, field, std::string("found no ") + field + " '" + *path + "'");
            sound = false;
        } else if (path->empty() && wanted) {
            complain(resource, field, std::string("is missing ") + field);
            sound = false;
        }
    }
    return sound;
}

void ContextTable::keep(const TlsContextResource &resource, ResolvedContext resolved)
{
    const std::string &name = resource.context.name;
    if (m_rules.listenerResources && resolved.redirectCleartextFrom != 0)
        m_resources.diagnostics.push_back(
            {Diagnostic::Severity::Notice, resource.context.source,
             contextPath(resource.context, "redirect_cleartext_from"),
             "redirect_cleartext_from has no effect since 2.0; use a Host's requestPolicy.insecure", false});
    for (const std::string &host : m_rules.listenerResources ? std::vector<std::string>() : resolved.hosts) {
        const auto [owner, fresh] = m_claimed.emplace(host, name);
        const ResolvedContext *before = fresh ? nullptr : find(owner->second);
        if (before && !before->sound) // as good as none to 1.x
            owner->second = name;
        else if (!fresh)
            complain(resource, "hosts",
                     "claims hostname " + host + ", which TLSContext " + owner->second + " has claimed");
    }
    if (m_contexts.emplace(name, std::move(resolved)).second)
        m_order.push_back(name);
}

const ResolvedContext *ContextTable::find(const std::string &name) const
{
    const auto found = m_contexts.find(name);
    return found == m_contexts.end() ? nullptr : &found->second;
}

const std::string &ContextTable::ownerOf(const std::string &hostname) const
{
    static const std::string nobody;
    const auto found = m_claimed.find(hostname);
    return found == m_claimed.end() ? nobody : found->second;
}

const ResolvedContext *ContextTable::usable(const std::string &name) const
{
    const ResolvedContext *context = find(name);
    return context && context->sound ? context : nullptr;
}

std::map<std::string, TlsContext> ContextTable::sound() const
{
    std::map<std::string, TlsContext> contexts;
    for (const auto &[name, context] : m_contexts) {
        if (context.sound)
            contexts.emplace(name, context.context);
    }
    return contexts;
}

} // namespace edge
