// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The objects that decide the modes of mutual TLS, as the steps of a staged switch leave them one after the other:
// PeerAuthentications, or the MeshPolicy and Policies of Istio up to 1.4 (facts mesh-security.md §1.6, §1.10).
// Promise: what exists is edited, and all else that it says stays; nothing is made twice.  Pure values; one for each plan.
#include "edge/value.h"
#include "models/resources/snapshot.h"

#include <memory>

namespace models {

struct PolicyEdit
{
    ObjectRef object;
    edge::Value value;      // the whole object as it shall be
    bool isNew = false;     // this plan makes it
    bool isChanged = false; // by this edit; else there is nothing to write
    bool isPassing = false; // made by this switch, and not needed any more once the namespace is STRICT
    QStringList workloads;  // "namespace/workload" that it is about, besides the one that was asked for
};

struct WorkloadWish
{
    const Pod *pod = nullptr;
    QString name; // for an object that is made for it
    QHash<QString, QSet<int>> permissivePorts =
        {}; // by "namespace/workload": container ports that stay PERMISSIVE
};

class StrictPolicies
{
public:
    virtual ~StrictPolicies() = default;
    // Of that namespace alone; "": all.  The mesh-wide ones are always among them.
    virtual QList<ObjectRef> all(const QString &nameSpace) const = 0;
    // What the namespace's own object says; nullopt: it has none.
    virtual std::optional<MtlsMode> ofNamespace(const QString &nameSpace) const = 0;
    virtual PolicyEdit setNamespace(const QString &nameSpace, MtlsMode mode) = 0;
    // To STRICT.  None: nothing can name this workload alone.
    virtual std::vector<PolicyEdit> setWorkload(const WorkloadWish &wish) = 0;
    // Those of `made` that are there, for single workloads, and not needed any more once their namespace is STRICT.
    virtual std::vector<PolicyEdit> passing(const QList<ObjectRef> &made) const = 0;
    virtual std::optional<MtlsMode> ofMesh() const = 0;
    virtual PolicyEdit setMesh(MtlsMode mode) = 0;
    virtual QStringList
    namespacesBelowStrict() const = 0; // by an object of their own, sorted as the objects are
};

std::unique_ptr<StrictPolicies> strictPolicies(const Snapshot &snapshot);

} // namespace models
