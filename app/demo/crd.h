// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// CustomResourceDefinitions: what is wrong with one, and how it becomes a kind that the store knows.
#include "app/demo/api_status.h"

namespace demo {

std::vector<Cause> definitionProblems(const Value &definition);
void completeDefinition(Value &definition); // names and conversion that may be left out

// The kind is known when this returns, and the stored definition says Established.  Definitions are established by the API server's
// housekeeping as well; a world that is being built calls this to use its kinds at once.
void establish(Store &store, const Value &definition);
StoreResult<void>
installDefinition(Store &store,
                  Value definition); // creates and establishes; one that is there already is kept
void markTerminating(Store &store, const std::string &name); // before its deletion
Value withCondition(Value object, const char *type, const char *status, const char *reason,
                    const char *message);

} // namespace demo
