// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The answers of strict plan and guide check as reports.  Pure.
#include "app/cli/report.h"
#include "app/strict_run.h"
#include "models/analysis/guide_checks.h"

namespace app::cli {

// The rows and checks of its preflight, and of each stage what it would write.
Report reportOf(const StrictPrepared &prepared, const QString &subject, const QDateTime &at);

struct GuideAnswer
{
    QList<models::GuideStep> steps;
    QString subject;
    QDateTime at;
};
Report reportOf(const GuideAnswer &answer);

// What a person does next about a step that did not pass; "" nothing.
QString nextFor(const models::GuideStep &step);

} // namespace app::cli
