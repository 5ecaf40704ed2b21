// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is looked at after each step of the staged switch, and what takes it back, in words: to be shown before anything is
// written.  strict_verification decides by them.
#include <QList>
#include <QString>

namespace models {

struct VerificationKind // V1 … V10 of §2.5
{
    QString id, title, how, pass;
};
const QList<VerificationKind> &verificationKinds();

struct RollbackCriterion // of §2.6
{
    QString check; // V3 …
    QString text;
    bool automatic = true; // false: somebody must decide
};
const QList<RollbackCriterion> &rollbackCriteria();

} // namespace models
