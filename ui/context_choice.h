// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A context that can be chosen, as the kubeconfig has it.
#include <QString>

namespace ui {

struct ContextChoice
{
    QString name, cluster, file; // cluster: the server's address; file: where it was found
    bool isCurrent = false;      // the kubeconfig's current-context
    QString nameSpace = {};      // that the context names; "" none
    bool operator==(const ContextChoice &) const = default;
};

} // namespace ui
