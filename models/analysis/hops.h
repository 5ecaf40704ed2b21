// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The way of a request from the client over the edge and the sidecar to the pod: what each hop is, and which
// object says so. Outcomes are those that were measured on real sidecars (facts sidecar-truth.md §1).
#include "edge/config.h"
#include "models/analysis/upstream_target.h"

namespace models {

struct Hop
{
    QString from, to; // "client" → "edge", "edge" → "sidecar of quote", "sidecar" → "pod"
    enum class Security { Plain, Tls, TlsOrPlain, MutualTls, Broken, Unknown } security = Security::Unknown;
    QString because; // which object says so
    Severity severity = Severity::Unknown;
    enum class Fault { // why it is Broken
        None,
        NoService,
        NameLoop,    // its name is an alias that leads back to itself
        NoPort,      // the Service does not have the port
        NoNamedPort, // the Service's named target port is in no container
        NoPod,       // the Service selects none
        NoEndpoint,  // it has no selector, and nobody is named in its place
        NotReady,    // no pod is
        ClearText,   // to a sidecar that takes mutual TLS only
        NoSidecar,   // the mesh's TLS to a pod without one
        Certificate, // the sidecar asks for one, or refuses the one that it gets
        Alpn,        // no istio in alpn_protocols, to a PERMISSIVE HTTP port
        Disabled,    // TLS to a port where the mesh's TLS is switched off
        NoListener   // no port of the edge serves it
    } fault = Fault::None;
    bool someOnly = false; // true for some of the pods, others work
    bool operator==(const Hop &) const = default;
};

// How an edge speaks to an upstream cluster.
struct Origination
{
    enum class Kind { Plain, Tls, MutualTls } kind = Kind::Plain; // Tls: without a client certificate
    QString context;                                              // TLSContext's name, "" none
    QString secret;                                               // "ambassador/istio-certs", "" none
    QString file;               // of the certificate, where the TLSContext names it instead of a Secret
    bool istioAlpn = false;     // offers the protocol "istio"
    QString certificateProblem; // why a sidecar will refuse the certificate, "" no reason is known
    bool assumed = false;       // Secrets were not read: that there is a certificate is a guess
};
Origination originationOf(const Snapshot &snapshot, const edge::Config &config, const edge::Cluster &cluster);

QList<Hop> upstreamHops(const UpstreamTarget &target, const Origination &origination);
bool isBroken(const QList<Hop> &hops);

} // namespace models
