// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Kubernetes objects → the configuration of one edge installation, by Emissary's own rules in the given
// generation. Promise: pure; never fails as a whole: what cannot be used is left out and said in
// Config::diagnostics. Objects of other kinds are ignored, so a whole cluster can be handed over.
#include "edge/config.h"
#include "edge/value.h"

#include <functional>
#include <set>
#include <span>

namespace edge {

// Whose rules: Ambassador 1.11's, Emissary's. Within 2.x they have changed three times: V2_0 is 2.0, V2_2 is 2.1 and
// 2.2, V2_3 is 2.3, V2 is 2.4 and 2.5. Each is what the last patch of its last minor version does. Later ones compare
// greater.
enum class Compat { V1, V2_0, V2_2, V2_3, V2, V3, V4 };

std::string_view compatName(Compat compat); // "v1", "v2.0", "v2.2", "v2.3", "v2", "v3", "v4"
// Also with any minor version: v2.1 → V2_2, v2.5 → V2. Without one the newest of the line is meant: v2 → V2.
std::optional<Compat> compatFromName(std::string_view name);
Compat compatFromVersion(std::string_view imageTag); // 1.11.2 → V1, 2.2.2 → V2_2; anything unreadable → V4

struct CompileOptions
{
    Compat compat = Compat::V4;
    std::string ambassadorId = "default";
    std::string ambassadorNamespace = "ambassador";
    bool singleNamespace = false;
    bool edgeStack = false; // Ambassador Edge Stack rather than the open-source edition
    // Which secrets exist beside the objects' own, as NAME.NAMESPACE: these count as sound certificates.
    // istio-certs.NAMESPACE belongs here once the sidecar has written the files.
    std::set<std::string> knownSecrets;
    // The same of every Secret that some object names, but for missingSecrets: what must be assumed where Secrets
    // may not be read.
    bool namedSecretsKnown = false;
    std::set<std::string> missingSecrets;
    bool endpointsRead = true;    // false: no Endpoints were handed over, so nothing is said of their absence
    bool allSecretsKnown = false; // every Secret at all exists, also the certificate of last resort
    // Certificate files named by TLSContexts lie on the edge's own disk: which of them exist.  Not set: all.
    std::function<bool(const std::string &)> fileExists;
    std::map<std::string, std::string> environment; // of the edge's container: AMBASSADOR_DISABLE_ENDPOINTS …
    // Objects have passed the API server and the edge's watcher: schemas are enforced, v1 and v2 are
    // converted to v3alpha1. false: as Emissary's compiler takes bare input.
    bool admitted = true;
};

Config compile(std::span<const Value> objects, const CompileOptions &options);

} // namespace edge
