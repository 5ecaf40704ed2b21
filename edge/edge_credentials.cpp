// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/edge_credentials.h"

#include "edge/alpn.h"
#include "edge/context_uses.h"

#include <algorithm>
#include <set>

namespace edge {

namespace {

std::string joined(const std::vector<std::string> &parts)
{
    std::string all;
    for (const std::string &part : parts)
        all += (all.empty() ? "" : ":") + part;
    return all;
}

// HTTP/2 is not spoken yet, so it is not agreed on either.
std::string withoutHttp2(std::string_view protocols)
{
    std::string kept;
    for (const std::string &one : protocolsOf(protocols)) {
        if (one != "h2")
            kept.append(kept.empty() ? "" : ",").append(one);
    }
    return kept;
}

struct Wanted
{
    TlsSettings settings;
    std::string missing; // which secret or file is not there; "" none
};

// What the file holds; "" there is none, which `missing` says then.
std::string fileText(const char *field, const std::string &path, const ReadFile &readFile, Wanted &wanted)
{
    const std::optional<std::string> text = readFile ? readFile(path) : std::nullopt;
    if (!readFile)
        wanted.missing = std::string(field) + " names a file on the edge's own disk, which is not read here";
    else if (!text || text->empty())
        wanted.missing = std::string(field) + " names " + path + ", which is not there or empty";
    return text.value_or(std::string());
}

// Whom the context trusts and whom no longer.  Going on without either would let everybody in.
void addAuthorities(const TlsContext &context, const SecretStore &secrets, const ReadFile &readFile,
                    Wanted &wanted)
{
    if (!context.caSecret.empty()) {
        const auto found = secrets.find(context.caSecret);
        if (found
            != secrets.end()) { // of a Secret of its own Emissary reads tls.crt, whatever stands beside it
            const SecretMaterial &material = found->second;
            const bool isNamed = !context.ownRoot && !material.certificateChain.empty();
            wanted.settings.trustedCaPem =
                isNamed || material.trustedCa.empty() ? material.certificateChain : material.trustedCa;
        }
        if (wanted.settings.trustedCaPem.empty())
            wanted.missing = "the secret " + context.caSecret + " is not known or holds no trusted CA";
    } else if (!context.caFile.empty()) {
        wanted.settings.trustedCaPem = fileText("cacert_chain_file", context.caFile, readFile, wanted);
    }
    if (!context.crlSecret.empty()) {
        if (const auto found = secrets.find(context.crlSecret); found != secrets.end())
            wanted.settings.revocationListPem = found->second.revocationList;
        if (wanted.settings.revocationListPem.empty())
            wanted.missing =
                "the secret " + context.crlSecret + " is not known or holds no revocation list (crl.pem)";
    } else if (!context.crlFile.empty()) {
        wanted.settings.revocationListPem = fileText("crl_file", context.crlFile, readFile, wanted);
    }
}

Wanted settingsOf(const TlsContext &context, const SecretStore &secrets, const ReadFile &readFile)
{
    Wanted wanted;
    wanted.settings.alpnProtocols = withoutHttp2(context.alpnProtocols);
    wanted.settings.cipherSuites = joined(context.cipherSuites);
    wanted.settings.curves = joined(context.ecdhCurves);
    if (!context.minTlsVersion.empty())
        wanted.settings.minVersion = context.minTlsVersion;
    if (!context.maxTlsVersion.empty())
        wanted.settings.maxVersion = context.maxTlsVersion;
    if (!context.secret.empty()) {
        const auto found = secrets.find(context.secret);
        if (found == secrets.end() || found->second.certificateChain.empty()) {
            wanted.missing = "the secret " + context.secret + " is not known or holds no certificate";
        } else if (found->second.privateKey.empty()) { // of a cluster's Secrets no key is read
            wanted.missing = "the key of the secret " + context.secret + " is not at hand";
        } else {
            wanted.settings.certificateChainPem = found->second.certificateChain;
            wanted.settings.privateKeyPem = found->second.privateKey;
        }
    } else if (!context.certFile.empty()) {
        wanted.settings.certificateChainPem = fileText("cert_chain_file", context.certFile, readFile, wanted);
        wanted.settings.privateKeyPem = fileText("private_key_file", context.keyFile, readFile, wanted);
    }
    addAuthorities(context, secrets, readFile, wanted);
    return wanted;
}

} // namespace

EdgeCredentials::Made EdgeCredentials::make(TlsCredentials::Side side, const TlsSettings &settings,
                                            const std::string &missing, const Entries &before,
                                            const std::string &name)
{
    if (!missing.empty())
        return {nullptr, missing};
    if (const auto known = before.find(name);
        known != before.end() && known->second.made.credentials && known->second.settings == settings)
        return known->second.made;
    auto credentials = TlsCredentials::make(side, settings);
    if (!credentials)
        return {nullptr, credentials.error().message};
    return {std::move(*credentials), {}};
}

std::vector<Error> EdgeCredentials::update(const Config &config, const SecretStore &secrets,
                                           const ReadFile &readFile)
{
    std::vector<Error> problems;
    const ContextUses uses = contextUses(config);
    Entries servers, clients;
    const auto add = [&](Entries &entries, const Entries &before, TlsCredentials::Side side,
                         const std::string &name, const Wanted &wanted) {
        entries[name] = {wanted.settings, make(side, wanted.settings, wanted.missing, before, name)};
        if (const std::string &problem = entries[name].made.problem; !problem.empty())
            problems.push_back({Error::Kind::Tls,
                                "TLSContext " + name + ": " + problem
                                    + (side == TlsCredentials::Side::Server
                                           ? "; it refuses every handshake until that is mended"
                                           : "; nothing is forwarded with it until that is mended")});
    };
    for (const auto &[name, context] : config.tlsContexts) {
        Wanted wanted = settingsOf(context, secrets, readFile);
        if (uses.asClient.count(name) > 0) {
            Wanted client = wanted;
            if (context.maxTlsVersion.empty()) // Envoy's default as a client
                client.settings.maxVersion = client.settings.minVersion == "v1.3" ? "v1.3" : "v1.2";
            if (client.settings.alpnProtocols.empty())
                client.settings.alpnProtocols = "http/1.1";
            add(clients, m_clients, TlsCredentials::Side::Client, name, client);
        }
        if (uses.asServer.count(name) > 0) {
            wanted.settings.requirePeerCertificate = context.certRequired;
            if (wanted.missing.empty() && wanted.settings.certificateChainPem.empty())
                wanted.missing = "it names no secret, so there is no certificate to present";
            add(servers, m_servers, TlsCredentials::Side::Server, name, wanted);
        }
    }
    Wanted plain;
    plain.settings.alpnProtocols = "http/1.1";
    plain.settings.maxVersion = "v1.2";
    add(clients, m_clients, TlsCredentials::Side::Client, "", plain);
    m_hasChanged = !std::equal(clients.begin(), clients.end(), m_clients.begin(), m_clients.end(),
                               [](const auto &a, const auto &b) {
                                   const Made &now = a.second.made, &before = b.second.made;
                                   return a.first == b.first && now.credentials == before.credentials
                                       && now.problem == before.problem;
                               });
    m_servers = std::move(servers);
    m_clients = std::move(clients);
    return problems;
}

std::vector<LoadedTls> EdgeCredentials::loaded() const
{
    std::vector<LoadedTls> all;
    for (const Entries *entries : {&m_servers, &m_clients}) {
        for (const auto &[name, entry] : *entries) {
            if (entry.made.credentials)
                all.push_back({name, entry.settings.certificateChainPem, entry.settings.trustedCaPem});
        }
    }
    return all;
}

EdgeCredentials::Made EdgeCredentials::server(const std::string &context) const
{
    const auto found = m_servers.find(context);
    return found == m_servers.end() ? Made{nullptr, "the TLSContext " + context + " is not defined"}
                                    : found->second.made;
}

EdgeCredentials::Made EdgeCredentials::client(const std::string &context) const
{
    const auto found = m_clients.find(context);
    return found == m_clients.end() ? Made{nullptr, "the TLSContext " + context + " is not defined"}
                                    : found->second.made;
}

} // namespace edge
