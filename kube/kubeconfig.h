// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// kubeconfig files → contexts, and one context → everything that a connection needs, by client-go's rules
// (facts kube-client.md §1.1, K1–K17).
// Reads files only; nothing is contacted or run.  Messages name the file.
#include "kube/result.h"
#include "kube/sign_in.h"

#include <QHash>
#include <QStringList>
#include <QUrl>

#include <memory>
#include <optional>

namespace kube {

struct KubeconfigSources
{
    QStringList files;
    bool isExplicit = false; // --kubeconfig: this one file, not merged, must exist
    QString serviceHost = {},
            servicePort = {}; // K15: inside a cluster, used only if no kubeconfig has contexts
    QString accountFolder = QStringLiteral("/var/run/secrets/kubernetes.io/serviceaccount");
    QString podNameSpace = {};
};
// K1: explicit file, else $KUBECONFIG split, else ~/.kube/config; with what the environment says about a cluster around us (K15).
KubeconfigSources kubeconfigSources(const QString &explicitFile, const QString &kubeconfigVariable,
                                    const QString &home);

enum class WriteMode { Normal, Confirm, ReadOnly }; // every new context is Confirm

struct ContextEntry
{
    QString name, cluster, user, nameSpace;
    QString file; // that this entry came from
};

// What a person does next, in the words of the program that connects: one has options, the other buttons.
struct Remedies
{
    QString timeout = QStringLiteral("try again");                             // too slow an answer
    QString refusedPlugin = QStringLiteral("connect again to be asked again"); // by mayRun
    QString issuer = {}; // whose server it is, if it is no cluster's: “the idp-issuer-url of user …”
    bool operator==(const Remedies &) const = default;
};

struct Connection // of one context, resolved; holds credentials: never log it
{
    QString context, cluster, user, nameSpace; // nameSpace: "default" if the context names none
    QString file;                              // of the context
    QString clusterFile, userFile;             // that these entries came from; "": the same
    QUrl server;          // with path prefix, without trailing slash
    QByteArray trustedCa; // PEM; empty: system roots
    bool insecure = false;
    bool compress = true; // K17
    QString tlsServerName;
    QString proxyUrl;
    QString
        proxyVariable; // of the environment, if that named proxyUrl: "HTTPS_PROXY"; "": the kubeconfig did
    QByteArray clientCertificate, clientKey; // PEM
    QByteArray token;
    QByteArray basic;                 // "user:password"
    QString tokenFile;                // wins over token, re-read (K11)
    QString certificateFile, keyFile; // if the pair came from files: re-read (K12)
    QString caFile;                   // the same of trustedCa
    std::optional<ExecPlugin> exec;
    std::optional<OidcProvider> oidc;
    std::function<Result<Connection>()> again; // the same context as its files are now; empty: there are none
    ExecPolicy mayRun; // set by who can ask the user; empty: every plug-in may run, as with kubectl
    bool lendsTerminal = false; // set by who has one as standard input: a plug-in that asks may have it
    Remedies remedies;
    QList<QByteArray> impersonation; // whole header lines, "Impersonate-User: jane" (K13)
    int timeoutMs = 60'000; // the longest that an answer may take, watches aside; requests may ask for less
    bool isTimeoutWhole =
        false; // a person chose it: it limits repeats and the pauses before them too (client-go's --request-timeout)
    int signInMs =
        300'000; // the longest that a program for signing in may run: a login in a browser takes its time
    WriteMode mode = WriteMode::Confirm; // Normal only by the extension that the demo wrote

    QString fileOfCluster() const { return clusterFile.isEmpty() ? file : clusterFile; }
    QString fileOfUser() const { return userFile.isEmpty() ? file : userFile; }
    QString clusterEntry() const; // cluster “c” in FILE: where its server, authority and proxy stand
    QString userEntry() const;    // user “u” in FILE: the same of credentials
};

struct KubeconfigCluster; // kubeconfig_file.h
struct KubeconfigUser;
struct KubeconfigFile;

class Kubeconfig
{
public:
    static Result<Kubeconfig> load(const KubeconfigSources &sources);
    const QList<ContextEntry> &contexts() const { return m_contexts; }
    QString currentContext() const { return m_currentContext; }
    QString serverOf(const ContextEntry &context) const; // its address without a password; "" there is none
    const QStringList &warnings() const
    {
        return m_warnings;
    } // files that could not be read, while others could
    // Where one of a list could not be read, kubectl does nothing: it may be what names the context that is meant (K2).
    Result<void> complete() const;
    Result<Connection> connection(const QString &context = {}) const; // empty: the current one

private:
    void merge(const KubeconfigFile &file);
    bool addServiceAccount();
    Result<ContextEntry> findContext(const QString &name) const;

    QList<ContextEntry> m_contexts;
    QHash<QString, std::shared_ptr<const KubeconfigCluster>> m_clusters;
    QHash<QString, std::shared_ptr<const KubeconfigUser>> m_users;
    QString m_currentContext;
    QStringList m_warnings;
    QStringList m_demoContexts; // that carry the demo's marker in the file they came from
    KubeconfigSources m_sources;
};

} // namespace kube
