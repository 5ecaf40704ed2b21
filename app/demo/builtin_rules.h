// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What kube-apiserver's registries refuse of built-in kinds beyond their types: keys and immutability of ConfigMaps and Secrets, types
// of Secrets, ports and addresses of Services.  Of other kinds the demo takes what their types allow.
#include "app/demo/api_status.h"

namespace demo {

std::vector<Cause> builtInProblems(const ResourceKind &kind, const Value &object, const Value *before);

} // namespace demo
