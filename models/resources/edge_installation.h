// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One Ambassador installation, found by its container image (not by labels or names; facts
// integration-guide.md §1, §2.6).
#include "edge/config/compile.h"
#include "edge/shared_list.h"
#include "models/resources/image_name.h"
#include "models/resources/workload.h"

namespace models {

struct Snapshot;

struct EdgeInstallation
{
    QString nameSpace, name; // of the workload
    QString container;       // that runs the edge's image
    QString version;         // image tag
    QString ambassadorId = QStringLiteral("default");
    QString ambassadorNamespace;
    QString serviceAccount;
    bool singleNamespace = false;
    QHash<QString, QString> environment; // of its container, as far as it is known; nothing of Secrets
    bool edgeStack = false;
    QString istioSecretDir;           // AMBASSADOR_ISTIO_SECRET_DIR, "" unset
    bool hasIstioCertificate = false; // sidecar container writes and the edge reads the same directory
    QString istioCertificateProblem;  // why not: the first thing that is missing
    // Where its own istio-proxy writes the mesh's certificate and its container sees the files; "" nowhere.
    QString meshFilesDir;
    QMap<QString, QString> mountedSecrets; // folder → the Secret of its namespace that its container mounts there
    QString secretOfFile(const QString &path) const; // "ambassador/istio.default"; "" it lies in none
    int readyPods = 0, pods = 0;
    edge::Compat compat = edge::Compat::V4;
    QString kind = QStringLiteral("Deployment"); // or DaemonSet
    bool isCompatGuessed = false;           // its image names no version: a digest, or a tag that is none
    QMap<QString, QString> unknownSettings; // AMBASSADOR_… → where it comes from and why that is not known
    bool knowsId() const { return !unknownSettings.contains(QStringLiteral("AMBASSADOR_ID")); }
    void judgeBy(edge::Compat chosen);  // instead of what its image says
    void takeId(const QString &chosen); // instead of what its variables say
    // Before 1.10: AMBASSADOR_ISTIO_SECRET_DIR is not known, a TLSContext names the files itself.
    bool namesMeshFiles() const;
    int firstLineMinor() const; // 11 of 1.11.2; -1: not of 1.x, or no version
    QString key() const { return nameSpace + QLatin1Char('/') + name; }
    bool operator==(const EdgeInstallation &) const = default;
};

// Where pods were not read, only what the workloads say is looked at.
// Its settings are the container's variables, also those that ConfigMaps hold.  Not looked into are Secrets: one that a
// variable names makes it unknown, one that is taken as a whole (envFrom) is taken to set none of ours.
QList<EdgeInstallation> findEdges(const Snapshot &snapshot);
bool isPodOf(const Pod &pod, const EdgeInstallation &edge); // and has not ended
// What the edge's compiler is told of this installation, Secrets apart.
edge::CompileOptions compileOptions(const EdgeInstallation &installation);
// It is of a namespace that an edge of one namespace does not look into.
bool isOutsideOf(const edge::Value &object, const EdgeInstallation &installation);
// Does the installation look at this object (ambassador_id, single namespace)?  "" if so, else why not.
QString whyNotForEdge(const edge::Value &object, const EdgeInstallation &installation);
// Why none of these edges does, of each one; empty: one does, or may (its id is not known), or there is no edge.
QStringList whyForNoEdge(const edge::Value &object, const QList<EdgeInstallation> &edges);
bool isEdgeImage(const QString &image);
bool isOfAnEdge(const Deployment &workload);

} // namespace models
