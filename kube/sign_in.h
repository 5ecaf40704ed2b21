// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How a user of a kubeconfig signs in, beside what stands there in plain: an exec plug-in or an OpenID
// Connect provider; and what comes out of it.  Holds credentials: never log it.
#include <QByteArray>
#include <QList>
#include <QPair>
#include <QString>
#include <QStringList>

#include <functional>

namespace kube {

struct Credential // of one request
{
    QByteArray authorization;                // the header's value, "" for none
    QByteArray clientCertificate, clientKey; // PEM
    bool operator==(const Credential &) const = default;
};

struct ExecPlugin // facts kube-client.md §1.2
{
    enum class Interactive { Never, IfAvailable, Always };

    QString apiVersion; // client.authentication.k8s.io/v1 or /v1beta1
    QString command;    // absolute if it contained a path separator, else looked for in PATH
    QStringList arguments;
    QList<QPair<QString, QString>> environment;
    QString installHint;
    Interactive interactive = Interactive::IfAvailable;
    bool provideClusterInfo = false;
    QByteArray clusterConfig; // JSON of the cluster's extension client.authentication.k8s.io/exec
};

// A kubeconfig executes code.  Asked on the cluster thread before the first run of each plug-in; answers from
// any thread, once.
using ExecPolicy = std::function<void(const ExecPlugin &plugin, std::function<void(bool isAllowed)> answer)>;

struct OidcProvider
{
    QString issuer, clientId, clientSecret;
    QByteArray idToken, refreshToken;
    QByteArray issuerCa; // PEM
    QString file, user;  // where new tokens are written back to
};

} // namespace kube
