// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What autoscaling/v1 cannot say of a HorizontalPodAutoscaler and kube-apiserver therefore shows in its annotations
// autoscaling.alpha.kubernetes.io/metrics, behavior, current-metrics and conditions, in the texts of 1.37.2; and back.  Pure.
#include "edge/value.h"

namespace demo {

using edge::Value;

// Beside a percentage of CPU, for which v1 has a field.
bool isCpuPercentage(const Value &metric);
// Of an object as v2 has it, with spec and status; the metadata gets the annotations, sorted.
void tellInAnnotations(Value &metadata, const Value &spec, const Value &status);
struct ToldAutoscaler
{
    bool hasMetrics = false; // the annotation is there and can be read
    Value metrics;           // as v2 has them; an array
    Value behavior;          // null: none
};
ToldAutoscaler toldInAnnotations(const Value &metadata); // what cannot be read is not there
void dropTold(Value &metadata);                          // all four: no version keeps them

} // namespace demo
