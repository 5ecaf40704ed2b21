// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// HorizontalPodAutoscaler is stored as autoscaling/v2 has it; v1 knows one metric, a percentage of CPU.  Beside kube-apiserver: v1 does
// not tell the other metrics in an annotation; a write by v1 leaves them as they are.  Pure.
#include "app/demo/store.h"

namespace demo {

bool isOldAutoscaler(const ResourceKind &kind, const std::string &version); // has that other form
void showAsOldAutoscaler(Value &stored);
// Of another kind or version nothing.  current: as it is stored; null: there is none.
void storeAutoscaler(const ResourceKind &kind, const std::string &version, Value &object,
                     const ObjectPtr &current);

} // namespace demo
