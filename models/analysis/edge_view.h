// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One edge installation compiled from a snapshot, and what that means for each Mapping: match order, state,
// TLS posture hop by hop. The place where models asks edge; QString ↔ std::string happens here.
#include "edge/route_table.h"
#include "models/analysis/edge_compile.h"
#include "models/analysis/hops.h"

namespace models {

struct MappingVerdict
{
    // Replaced: another Mapping of its name counts (ReplacedObject).
    enum class State { Unknown, Loaded, Rejected, Shadowed, NotForThisEdge, Unreachable, Replaced };
    State state = State::Unknown;
    QString stateReason;
    int order = 0; // place in match order of its virtual host, from 1; 0: none
    int ofRoutes = 0;
    QString upstreamHost;
    int upstreamPort = 0;
    bool originatesTls = false; // to the service; false: clear text leaves the edge
    QString tlsContext;  // that TLS is originated by, "" none: plain, or TLS without a client certificate
    QString certificate; // the secret behind the context, "" none
    int endpointsReady = 0, endpoints = 0, sidecars = 0;
    QString targetMode; // "STRICT", "PERMISSIVE", "" unknown
    QList<Hop> hops;
    QStringList why;  // "GET /backend/ → quote:80", "rewrite /backend/ → /" …: lines of the detail pane
    QStringList uses; // "TLSContext istio-upstream", "Service quote"
    int ownPort = 0;  // of a listener of this very edge, which the service leads to; 0: it leads elsewhere
    QList<Finding> findings;
    bool operator==(const MappingVerdict &) const = default;
};

struct EdgeView
{
    EdgeInstallation installation;
    std::shared_ptr<const edge::RouteTable> table; // nullptr: could not be built, see problem
    QString problem;
    QString unsure; // one sentence if something that the edge reads could not be read here; "" all was
    QHash<QString, std::shared_ptr<const MappingVerdict>> mappings; // by "namespace/name": those that count
    QHash<QString, std::shared_ptr<const MappingVerdict>>
        others; // of the same names; by ConfiguredObject::key()
    QList<Finding> findings;
};
// compiler: kept from one snapshot to the next, it makes the same in less time.
EdgeView viewEdge(const Snapshot &snapshot, const EdgeInstallation &installation, EdgeCompiler &compiler);
EdgeView viewEdge(const Snapshot &snapshot, const EdgeInstallation &installation);

} // namespace models
