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
    bool operator==(const ResourceType &) const = default;
};

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
