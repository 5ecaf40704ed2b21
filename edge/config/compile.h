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

enum class Compat { V1, V2, V3, V4 }; // Ambassador 1.x, Emissary 2.x, 3.x, 4.x

std::string_view compatName(Compat compat); // "v1"
std::optional<Compat> compatFromName(std::string_view name);
Compat compatFromVersion(std::string_view imageTag); // 1.11.2 → V1; anything unreadable → V4

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
