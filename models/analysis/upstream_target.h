// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where an upstream cluster of an edge really ends: the Service behind its host name, that Service's port,
// the pods and the port of each. Pointers are into the snapshot.
#include "models/analysis/mesh_mode.h"

namespace models {

struct UpstreamTarget
{
    enum class Kind {
        Own,      // the edge itself (127.0.0.1)
        Service,  // found
        Pod,      // one pod, by its address or its name below a headless Service; service stays nullptr
        Missing,  // the name is a Service's, and there is none
        External, // a name or address outside the cluster, or an ExternalName
        Unknown   // Services were not read
    };
    struct PodPort
    {
        const Pod *pod = nullptr;
        int port = 0; // 0: the Service's named target port is in no container of this pod
        EffectiveMode mode;
    };
    Kind kind = Kind::Unknown;
    QString host;
    int port = 0;
    QStringList
        aliasLoop; // External: Services of the type ExternalName that lead in a circle, the first once more at the end
    ObjectRef serviceRef; // Service and Missing; of Pod the pod's
    const Service *service = nullptr;
    const ServicePort *servicePort = nullptr; // nullptr: the Service does not have this port
    bool podsKnown = false;
    // Of a Service without a selector: whether who answers for it was read, and how many addresses are named, pods among them.
    bool endpointsKnown = false;
    qsizetype endpoints = 0;
    QList<PodPort> pods;

    int readyPods() const;
    int podsWithSidecar() const;
    QList<EffectiveMode> eachMode() const; // of its pods, those that are alike once, in their order
    QString modes() const;                 // "STRICT", "STRICT, no sidecar"; "" if nothing is known
};
// modes: of that snapshot, where many are asked for.
UpstreamTarget resolveUpstream(const Snapshot &snapshot, const QString &host, int port,
                               const QString &ambassadorNamespace, EffectiveModes &modes);
UpstreamTarget resolveUpstream(const Snapshot &snapshot, const QString &host, int port,
                               const QString &ambassadorNamespace);

} // namespace models
