// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QString>

namespace kube {

// Why nothing is written in this context, whose mode is Read-only, and what to do: the one sentence of the client, which refuses the
// write, and of whoever says so before.
QString readOnlyText(const QString &context);

} // namespace kube
