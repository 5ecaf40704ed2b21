// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The port of the edge at which a request arrives.  Pure.
#include "models/analysis/prediction.h"

namespace models {

struct ChosenPort
{
    std::uint16_t port = 0;
    QString note; // why, where it is not what the URL says
};
// The listener's port behind the port that the URL names: by the edge's Service, else (manifests) the port itself.
ChosenPort listenerPort(const EdgeView &view, const Snapshot &snapshot, const RequestSpec &request, bool tls);

} // namespace models
