// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A partial object laid over a whole one, as a strategic merge patch does for workloads: objects member by member; lists whose items
// have a name (containers, volumes, env) or a mountPath (volumeMounts) item by item; every other list is replaced.
#include "edge/value.h"

namespace app {

edge::Value mergePartial(edge::Value whole, const edge::Value &part);

} // namespace app
