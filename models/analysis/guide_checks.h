// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The guide "Ambassador and Istio" as checks on a snapshot: one a step, with the YAML that the step applies
// (facts integration-guide.md).
#include "models/analysis/edge_view.h"

namespace models {

struct GuideStep
{
    QString
        id; // "start", "namespace-label", "quote", "mapping-plain", "istio-certs", "tlscontext", "mapping-tls",
            // "strict", "prometheus"; where they concern, "tracing", "rotation"
    QString title;
    enum class Result { Passed, Failed, NotChecked } result = Result::NotChecked;
    QString seen; // what was found, one sentence
    QString yaml; // the desired objects, as the guide applies them
    QStringList evidence;
    QString remedy;
    bool needsRestart =
        false; // the YAML is there, who reads it has not done so: applying the step restarts that
    void conclude(Result found, const QString &sentence, const QString &next = {})
    {
        result = found;
        seen = sentence;
        remedy = next;
    }
    bool operator==(const GuideStep &) const = default;
};
QList<GuideStep> guideSteps(const Snapshot &snapshot, const EdgeView &view);

// The guide's objects as YAML, by step id; what the tour applies and the page shows.
QString guideYaml(const QString &stepId);

} // namespace models
