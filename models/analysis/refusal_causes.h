// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Why a caller speaks clear text to a STRICT server, where another finding says so already: the edge by its own objects
// without tls (MT-001), a client in the mesh by a DestinationRule (MT-014) or a headless Service (MT-016).
#include "models/analysis/client_rules.h"
#include "models/analysis/edge_view.h"

#include <map>

namespace models {

struct RefusalCause
{
    QString code; // of the finding about the object
    ObjectRef object;
    bool operator==(const RefusalCause &) const = default;
};

class RefusalCauses
{
public:
    explicit RefusalCauses(const Snapshot &snapshot); // which must outlive it and stay as it is
    // server: namespace/workload.  Empty: no other finding says it.  Compiles an edge at the first question about one of its pods.
    QList<RefusalCause> of(const Pod &caller, const QString &server);
    QList<ObjectRef> ofMesh(const QString &server); // objects by which any client in the mesh does it

private:
    QList<RefusalCause> ofEdge(const EdgeInstallation &edge, const QString &server);
    const QMap<QString, QList<ClearTextCause>> &meshCauses();

    const Snapshot &m_snapshot;
    std::optional<QMap<QString, QList<ClearTextCause>>> m_mesh;
    std::map<QString, EdgeView> m_views; // by the installation's key
};

} // namespace models
