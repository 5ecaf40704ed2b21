// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Candidates of a prediction in words: which routes were looked at, and the first reason why each lost.
#include "models/analysis/prediction.h"

#include <QUrl>

namespace ui {

QString reasonText(const edge::Candidate &candidate);    // "prefix wants /v2/, the request has /v1/"
QString candidateText(const edge::Candidate &candidate); // with its path and Mapping before it

// Those that nearly matched first: another condition than the path failed, then the longest common beginning.
// Without the chosen one and the edge's own routes.
QList<edge::Candidate> nearestFirst(const QList<edge::Candidate> &candidates);

// The host of a request that is to be one for any host: a name that is reserved (RFC 6761 §6.4), so that no Mapping has it.  In
// the texts here it is called so.
QString anyHost();
QString requestedText(const QUrl &url); // "api.example.com, /v2/", "any host, /v2/"
QString withoutAnyHost(QString text);   // its name in that text as words

// Every route in match order, one Mapping each, mapping ("namespace/name") marked; a window around it where
// there are many.
QString matchOrderText(const QList<edge::Candidate> &candidates, const QString &mapping);

} // namespace ui
