// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which resource an address names: group, version, plural, scope.  The kinds we know by name are functions here.
#include <QString>

namespace kube {

struct ResourceType
{
    QString group;   // "" for core
    QString version; // v1
    QString plural;  // pods
    QString kind;    // Pod
    bool namespaced = true;

    QString apiVersion() const; // "v1", "getambassador.io/v2"
    // "/apis/apps/v1/namespaces/shop/deployments/web": nameSpace "" is all of them, name "" the collection.
    QString path(const QString &nameSpace, const QString &name = {}) const;
    // Of one object, never of the collection: without a name it is an address that is refused, see pathFault().
    QString objectPath(const QString &nameSpace, const QString &name) const;
    bool operator==(const ResourceType &) const = default;
};

// Why a request would reach something else than it names, "" it would not: a namespace or name that is ".", ".." or holds a slash or a
// percent sign, as client-go has it, and a write to an object without a name, by which a server would take the whole collection.  What
// is behind a proxy is not judged, nor are addresses outside the API.
QString pathFault(const QByteArray &method, const QString &path);

bool mayHoldSecrets(const QString &path); // of a request: the answer is to be wiped behind us

namespace types {
ResourceType namespaces();
ResourceType pods();
ResourceType services();
ResourceType endpoints();
ResourceType configMaps();
ResourceType secrets();
ResourceType events();
ResourceType deployments();
ResourceType peerAuthentications(const QString &version = QStringLiteral("v1beta1"));
ResourceType destinationRules(const QString &version = QStringLiteral("v1beta1"));
ResourceType mappings(const QString &version); // getambassador.io: v2, v3alpha1
ResourceType hosts(const QString &version);
ResourceType tlsContexts(const QString &version);
ResourceType listeners(const QString &version);
ResourceType modules(const QString &version);
} // namespace types

} // namespace kube
