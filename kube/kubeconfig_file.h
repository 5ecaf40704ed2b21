// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What one kubeconfig file says, as it stands there: paths made absolute (K4), nothing they name is read, nothing is judged.
// An Error names file and line.  For kubeconfig.cpp; holds credentials: never log it.
#include "kube/kubeconfig.h"

namespace kube {

struct KubeconfigCluster
{
    QString file;
    QString server, tlsServerName, proxyUrl;
    QString caFile;
    QByteArray caData;
    bool insecure = false;
    bool compress = true;
    QByteArray execConfig; // JSON of its extension client.authentication.k8s.io/exec
};

struct KubeconfigUser
{
    QString file;
    QString certificateFile, keyFile, tokenFile;
    QByteArray certificateData, keyData;
    QString token, userName, password;
    std::optional<ExecPlugin> exec;
    QString interactiveMode; // of exec, as it stands there
    QString authProvider;    // not empty: an auth-provider is configured
    QHash<QString, QString> authProviderConfig;
    QString asUser, asUid;
    QStringList asGroups;
    QList<QPair<QString, QString>> asExtra;
};

struct KubeconfigFile
{
    QString path;
    QString currentContext;
    QList<QPair<QString, std::shared_ptr<const KubeconfigCluster>>> clusters;
    QList<QPair<QString, std::shared_ptr<const KubeconfigUser>>> users;
    QList<ContextEntry> contexts;
    QStringList demoContexts; // names of those that carry the demo's marker
};

Result<KubeconfigFile> readKubeconfigFile(const QString &path);

} // namespace kube
