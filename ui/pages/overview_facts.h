// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the Overview's cards say of one analysis: lines of words and numbers, each of which leads to its page with the filter
// that counts the same.  What was not read is not known, and says why.  Pure.
#include "models/analysis/certificates.h"
#include "models/analysis/mesh_mode.h"
#include "models/items/mapping_tally.h"
#include "ui/edge_rules.h"
#include "ui/fact_list.h"

#include <QDateTime>

namespace ui {

struct OverviewFacts // all of one analysis; pointers are read during the call and not kept
{
    const models::Snapshot *snapshot = nullptr;
    const models::EdgeView *view = nullptr; // nullptr: no edge found
    models::EffectiveMode meshMode;
    QList<models::CertificateRow> certificates;
    QList<models::WorkloadPosture> postures;
    QList<models::Finding> findings; // of everything
    QDateTime now;
    EdgeRules rules = {};
    models::MappingTally mappings = {}; // of those namespaces
    QStringList namespaces = {};        // whose Mappings, ports and certificates are counted; {}: all
};

// Fact::link is the page and what it is asked to go to, on two lines.
QList<Fact> edgeFacts(const OverviewFacts &facts);
QList<Fact> meshFacts(const OverviewFacts &facts);
QList<Fact> certificateFacts(const OverviewFacts &facts);
QString nothingFoundText(const models::Snapshot &snapshot); // with what the checks could not look at

} // namespace ui
