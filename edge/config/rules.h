// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where the generations of Ambassador and Emissary differ, each difference by a name of its own (facts
// emissary-routing.md §1.13, ambassador-1.11.md).  The compiler asks for these and nowhere for a version.
#include "edge/config/compile.h"

namespace edge {

struct Rules
{
    // Input
    bool readsV3alpha1 = true;      // 1.x fetches v0, v1 and v2 only
    bool convertsToV3alpha1 = true; // v1/v2 objects are rewritten before anything looks at them
    bool ingressPortNames = true;   // an Ingress may name a Service's port
    // Mappings and groups
    bool hostnames = true;        // field hostname, globs, "*" for converted Mappings without a host
    bool presenceMatches = false; // headers: {x: true} stays a presence match instead of regex .*
    bool labelsInGroupId = true;
    bool dottedNamesCollide = true; // web.blue and web.green of one group: the second vanishes
    bool errorDropsMapping = true;  // any error posted on a Mapping drops it
    bool errorResponses = false;    // error_response_overrides work
    bool loneWeightCounts = false;  // one Mapping alone keeps its weight (else it gets 100)
    bool sharesAsWritten =
        false; // weights that cannot be shared out stay as written (else as far as they were reached)
    // Hosts and listeners
    bool listenerResources = true; // else main port 8080 or 8443
    bool strictSelectors = true;   // Host selector AND hostname, all labels; else OR, one label
    bool tlsWithoutCertificate =
        false; // a Host without a certificate has a chain for TLS all the same, which nobody can talk to
    bool trustedHopsOfListener = true; // l7Depth; else the Module's xff_num_trusted_hops
    // Actions and filters
    bool redirectsSkipAuth = true;
    bool authBeforeCors = false;
    bool splitsOrigins = true;      // cors.origins: "a,b" in an object is two origins
    bool stdRegexAllowed = false;   // regex_type: unsafe
    bool serviceProtocolV2 = false; // AuthService & co. may speak v2
    bool tagHeaders = false;        // tag_headers of a v3alpha1 TracingService are read
    // Clusters
    bool newClusterFields =
        true; // stats_name, dns_type, respect_dns_ttl, health_checks, cluster_max_connection_lifetime_ms …
    bool hashedLongNames = true;     // else the first 40 characters and a number
    bool endpointsInCluster = false; // else by EDS
    bool ipv6Services = true;        // [::1] is understood
};

Rules rulesOf(Compat compat);

} // namespace edge
