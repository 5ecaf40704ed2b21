// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What an API server takes all the same and warns of, as a real 1.37 says it: TLS Secrets that no server could use, finalizers of custom
// resources without a domain.  Pure.
#include "app/demo/store.h"

namespace demo {

std::vector<std::string> writeWarnings(const ResourceKind &kind, const Value &object,
                                       const ObjectPtr &current); // current: as it was; nullptr: new
std::string keyPairProblem(const std::string &certificatePem, const std::string &keyPem); // "" they fit

} // namespace demo
