// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Candidates of a prediction in words: which routes were looked at, and the first reason why each lost.
#include "models/analysis/prediction.h"

namespace ui {

QString reasonText(const edge::Candidate &candidate);    // "prefix wants /v2/, the request has /v1/"
QString candidateText(const edge::Candidate &candidate); // with its path and Mapping before it

// Those that nearly matched first: another condition than the path failed, then the longest common beginning.
// Without the chosen one and the edge's own routes.
QList<edge::Candidate> nearestFirst(const QList<edge::Candidate> &candidates);

// Every route in match order, one Mapping each, mapping ("namespace/name") marked; a window around it where
// there are many.
QString matchOrderText(const QList<edge::Candidate> &candidates, const QString &mapping);

} // namespace ui
