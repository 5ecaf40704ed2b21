// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One Ambassador installation, found by its container image (not by labels or names; facts
// integration-guide.md §1, §2.6).
#include "edge/config/compile.h"
#include "edge/shared_list.h"
#include "models/resources/workload.h"

namespace models {

struct EdgeInstallation
{
    QString nameSpace, name; // of the Deployment
    QString container;       // that runs the edge's image
    QString version;         // image tag
    QString ambassadorId = QStringLiteral("default");
    QString ambassadorNamespace;
    QString serviceAccount;
    bool singleNamespace = false;
    bool edgeStack = false;
    QString istioSecretDir;           // AMBASSADOR_ISTIO_SECRET_DIR, "" unset
    bool hasIstioCertificate = false; // sidecar container writes and the edge reads the same directory
    QString istioCertificateProblem;  // why not: the first thing that is missing
    int readyPods = 0, pods = 0;
    edge::Compat compat = edge::Compat::V4;
    QString key() const { return nameSpace + QLatin1Char('/') + name; }
    bool operator==(const EdgeInstallation &) const = default;
};

// podsKnown: whether pods were read at all; else only what the Deployments say is looked at.
QList<EdgeInstallation> findEdges(const QList<Deployment> &deployments, const edge::SharedList<Pod> &pods,
                                  bool podsKnown);
bool isPodOf(const Pod &pod, const EdgeInstallation &edge); // and has not ended
// What the edge's compiler is told of this installation, Secrets apart.
edge::CompileOptions compileOptions(const EdgeInstallation &installation);
// Does the installation look at this object (ambassador_id, single namespace)?  "" if so, else why not.
QString whyNotForEdge(const edge::Value &object, const EdgeInstallation &installation);
bool isEdgeImage(const QString &image);
QString imageTag(const QString &image); // "" for a digest or none

} // namespace models
