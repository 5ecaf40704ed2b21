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

struct AuthorizationPolicy // as far as a rehearsal of STRICT must know it
{
    QString nameSpace, name;
    bool dryRun = false; // annotation istio.io/dry-run
};
AuthorizationPolicy parseAuthorizationPolicy(const edge::Value &object);

} // namespace models
