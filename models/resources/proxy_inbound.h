// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a proxy of the mesh does with connections to the ports of its pod, read from Envoy's /config_dump: the filter
// chains of its listener virtualInbound (facts mesh-security.md §2.5 V1, sidecar-truth.md §6.3).
// It says what the proxy would do with a connection that reaches it: an excluded port looks like any other.
#include "kube/result.h"
#include "models/resources/istio_security.h"

#include <QHash>

namespace models {

struct InboundModes
{
    MtlsMode others =
        MtlsMode::Unset;        // of ports without chains of their own; Unset: such a connection finds none
    QHash<int, MtlsMode> ports; // by container port
    MtlsMode of(int port) const { return ports.value(port, others); }
    bool takesClearText(int port) const
    {
        return of(port) == MtlsMode::Permissive || of(port) == MtlsMode::Disable;
    }
    bool operator==(const InboundModes &) const = default;
};

// json: the whole dump, as Envoy's admin port or istiod's debug interface writes it, or that of its listeners alone.
// Error: not JSON, or no listener virtualInbound in it (a gateway's proxy has none).
kube::Result<InboundModes> readInboundModes(const QByteArray &json);

} // namespace models
