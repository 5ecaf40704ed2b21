// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The kinds that a fresh kube-apiserver serves, as far as the demo has them, and what it fills in when one of their objects is made.
#include "app/demo/store.h"

namespace demo {

std::vector<ResourceKind> builtInKinds();
bool isBuiltInKind(std::string_view apiVersion, std::string_view kind); // one of these

// Defaults of a new object, as the API server's registries set them: a Service's protocol and cluster IP, a Pod's phase,
// a Secret's stringData.  Custom resources get theirs from their schema instead.
void completeNew(const ResourceKind &kind, Value &object, Allocations &allocations);

} // namespace demo
