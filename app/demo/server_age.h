// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What an API server of an older Kubernetes lacks beside 1.37: kinds and versions of kinds, aggregated
// discovery, lists as streams, bookmarks, server-side apply, openapi v3.  A parameter that a server does not
// know it ignores, as real ones do.  (When each came: the changelogs of Kubernetes.)  Not covered: fields of
// CustomResourceDefinitions v1beta1 that are named otherwise there.  A value.
#include "app/demo/api_request.h"

namespace demo {

struct ServerAge
{
    int minor = 37; // 1.15, 1.21 or 1.37
    std::string gitVersion = "v1.37.2";

    bool hasAggregatedDiscovery() const { return minor >= 30; }
    bool hasOpenApiV3() const { return minor >= 24; }
    bool appliesServerSide() const { return minor >= 16; }
    bool publishesRootCa() const { return minor >= 20; }     // ConfigMap kube-root-ca.crt in each namespace
    bool tunnelsPortForwards() const { return minor >= 31; } // SPDY in WebSockets
    void forgetUnknown(Query &query) const;                  // parameters
    // The text of the Warning header that a request for such a kind gets, since 1.19; "": none.
    std::string deprecation(const std::string &group, const std::string &version,
                            const std::string &plural) const;
    bool operator==(const ServerAge &) const = default;
};
std::optional<ServerAge> readServerAge(const std::string &kubeVersion); // "1.15"

// Hides kinds that came later and serves the others in the version of that time.  Before anything is stored.
void makeOlder(Store &store, const ServerAge &age);

} // namespace demo
