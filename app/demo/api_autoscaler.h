// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// HorizontalPodAutoscaler is stored as autoscaling/v2 has it; v1 knows one metric, a percentage of CPU, and tells the rest in annotations
// (autoscaler_annotations.h): what a write by v1 does not tell there is gone afterwards, as in a real API server.  Pure.
#include "app/demo/api_request.h"

namespace demo {

bool isOldAutoscaler(const ResourceKind &kind, const std::string &version); // has that other form
void showAsOldAutoscaler(Value &stored);
// Fills in what an API server does, in the form that it was sent in.
void completeAutoscaler(Value &object);
// Into the form that is stored; of another kind nothing.  current: as it is stored; null: there is none.  By /status the rest stays.
void storeAutoscaler(const ResourceKind &kind, const ApiPath &path, Value &object, const ObjectPtr &current);

} // namespace demo
