// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// By which labels a workload or a Service finds its pods.
#include "kube/object.h"

namespace app::cli {

QString podSelector(const kube::Object &owner); // as a list takes it; "" it selects none

} // namespace app::cli
