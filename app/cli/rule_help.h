// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The help of whatever a report names as a rule: codes of findings, rows of the preflight (E2), verifications (V8).  Pure.
#include <QString>

namespace app::cli {

QString titleOfRule(const QString &id); // one line; "" for what is none of them
QString helpOfRule(const QString &id);  // Markdown; "" likewise

} // namespace app::cli
