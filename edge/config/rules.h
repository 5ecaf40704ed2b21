// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where the generations of Ambassador and Emissary differ, each difference by a name of its own (facts
// emissary-routing.md §1.13, ambassador-1.11.md).  The compiler asks for these and nowhere for a version.
#include "edge/config/compile.h"

namespace edge {

// What becomes of TLS where two Hosts ask for the same server name.
enum class SameName {
    Share,     // with one certificate they have it together; with another one the later is refused
    FirstOnly, // the first alone has it
    LastServed // the last one's Mappings, with the first one's certificate
};

struct Rules
{
    // Input
    bool readsV3alpha1 = true;      // 1.x fetches v0, v1 and v2 only
    bool convertsToV3alpha1 = true; // v1/v2 objects are rewritten before anything looks at them
    bool idPrefixInV3alpha1 =
        true; // an id of a v3alpha1 object loses the prefix, too, that conversion takes off
    bool storedValuesMix = false; // several headers or parameters of such a Mapping are stored with one value
    bool storedAsV2 = false; // API servers keep v3alpha1 objects as v2, and the edge gets what comes of that
    bool ingressPortNames = true; // an Ingress may name a Service's port
    bool ingressSecrets = true;   // the Secret that an Ingress names is handed over, whoever else names it
    // What stands in annotations is judged as an API server judges objects (Emissary's
    // pkg/snapshot/v1/annotations.go: ValidateAndConvertObject).  Else by schemas in the compiler itself.
    bool annotationsAdmitted = true;
    bool annotationsOfV1 = true; // v1 is a version of them, too, on which the edge fails
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
    bool http3 =
        true; // a Listener may speak UDP; else it listens on TCP, whatever stands last in its protocolStack
    bool bareListenersFail =
        false; // the compiler fails on one without protocol, protocolStack and statsPrefix
    bool redirectsHaveHosts = true; // a Host takes a host_redirect by its hostname, too; else by labels only
    bool starsOnBothSides = true;   // hostnames with a star fit one another where some name fits both
    bool strictSelectors = true;    // Host selector AND hostname, all labels; else OR, one label
    bool tlsWithoutCertificate =
        false; // a Host without a certificate has a chain for TLS all the same, which nobody can talk to
    bool serverNamesWithoutPort = true; // hostname example.com:8443 is example.com to TLS
    bool complainedHostsServe =
        true; // a Host in force is served whatever is said of it; else an empty chain takes its TLS
    SameName hostsOfOneName = SameName::Share;
    bool tcpResolvers = true;  // a TCPMapping's own resolver counts, and not for the name of its service only
    bool tcpBesideHttp = true; // a Listener that speaks HTTP serves TCPMappings, too
    bool tcpTlsByHost =
        false; // a TCPMapping has the server name of each Host that it fits, and never a TLSContext's own
    bool hostSecretNamespace = true;   // a Host's tlsSecret may lie in another namespace
    bool revocationLists = true;       // crl_secret, crl_file
    bool trustedHopsOfListener = true; // l7Depth; else the Module's xff_num_trusted_hops
    // Actions and filters
    bool redirectsSkipAuth = true;
    bool authBeforeCors = false;
    bool splitsOrigins = true;      // cors.origins: "a,b" in an object is two origins
    bool stdRegexAllowed = false;   // regex_type: unsafe
    bool serviceProtocolV2 = false; // AuthService & co. may speak v2
    bool authErrorsRefuse = true;   // where an error is said of the AuthService, each request is refused
    bool tagHeaders = false;        // tag_headers of a v3alpha1 TracingService are read
    bool lightstep = false;         // as the driver of a TracingService
    bool collectorJsonV1 = false;   // its collector_endpoint_version may be HTTP_JSON_V1
    bool rateLimitFailures = true;  // a RateLimitService says what happens when it fails
    bool serviceStatNames = true;   // stats_name of AuthService, RateLimitService and TracingService is read
    bool logProtocol = true; // the LogService's protocol_version is told to Envoy, which else speaks v2
    bool newestEnvoy = true; // requests are taken as by Envoy 1.40; else as by 1.37 and those before
    // Clusters
    bool newClusterFields =
        true; // stats_name, dns_type, respect_dns_ttl, health_checks, cluster_max_connection_lifetime_ms …
    bool healthChecks = true;        // of Mappings
    bool hashedLongNames = true;     // else the first 40 characters and a number
    bool endpointsInCluster = false; // else by EDS
    bool ipv6Services = true;        // [::1] keeps its brackets and needs no namespace; %41 in a name is A
    bool strictServices =
        true; // of services a port is of digits, and brackets hold an IPv6 address (a newer Python)
};

Rules rulesOf(Compat compat);

} // namespace edge
