// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What becomes of an object between its author and the edge's compiler: API server, webhook and watcher prune, convert,
// store and judge it, and the compiler puts its environment into it.
#include "edge/config/objects.h"
#include "edge/config/rules.h"

namespace edge {

struct AdmittedForm // in which the object is written
{
    const std::string &version; // of getambassador.io: "v3alpha1"
    const Value &metadata;
    bool annotation = false;
};

// Adds the object to input.objects as the compiler gets it; or says in input.diagnostics why it gets none.
void admitObject(Input &input, SourceObject object, const AdmittedForm &form, const CompileOptions &options,
                 const Rules &rules);

} // namespace edge
