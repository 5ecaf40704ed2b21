// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// PeerAuthentication as a value (facts mesh-security.md §1.6).
#include "models/resources/finding.h"
#include "models/resources/workload.h"

#include <optional>

namespace models {

enum class MtlsMode { Unset, Disable, Permissive, Strict };
QString mtlsModeName(MtlsMode mode); // "STRICT"

struct PeerAuthentication
{
    QString nameSpace, name, apiVersion;
    QDateTime created;
    Labels selector; // empty: none
    MtlsMode mode = MtlsMode::Unset;
    QMap<int, MtlsMode> portModes; // workload ports
    QString managedBy;             // Argo CD, Flux, Helm: what would set it back; "" nobody is known
    bool operator==(const PeerAuthentication &) const = default;
};
PeerAuthentication parsePeerAuthentication(const edge::Value &object);
ObjectRef refOf(const PeerAuthentication &policy);

// MeshPolicy, and Policy of a namespace or of Services in it: what Istio up to 1.4 has instead (facts mesh-security.md §1.10).
struct AuthenticationPolicy
{
    struct Target
    {
        QString service;
        QStringList ports; // of the Service, by number or name; none: all
        bool operator==(const Target &) const = default;
    };
    QString nameSpace, name; // nameSpace "": a MeshPolicy
    QDateTime created;
    MtlsMode mode = MtlsMode::Disable; // without an mtls peer clear text is all that is taken
    QList<Target> targets;             // none: the whole namespace, or mesh
    QString managedBy;                 // as of a PeerAuthentication
    edge::Value spec;                  // as read: what else it says, about users (origins) for instance
    bool operator==(const AuthenticationPolicy &) const = default;
};
AuthenticationPolicy parseAuthenticationPolicy(const edge::Value &object);
ObjectRef refOf(const AuthenticationPolicy &policy);

struct AuthorizationPolicy // as far as callers' identities decide
{
    struct Source // of a rule's from; none of these: another thing than an identity decides
    {
        QStringList principals, namespaces, notPrincipals, notNamespaces;
        bool hasOther = false; // addresses, end users …
    };
    struct Rule
    {
        QList<Source> from;        // none: whoever it is
        bool isOfSomeOnly = false; // to, when: of some requests only
    };
    QString nameSpace, name;
    bool dryRun = false;     // annotation istio.io/dry-run
    QString action;          // ALLOW, DENY …
    Labels selector;         // empty: all pods of the namespace
    bool hasTargets = false; // targetRefs: for gateways and waypoints, no sidecar of a pod
    QList<Rule> rules;
};
AuthorizationPolicy parseAuthorizationPolicy(const edge::Value &object);

} // namespace models
