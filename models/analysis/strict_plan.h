// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The staged switch to STRICT as data: what is written in which order, what is looked at after each write,
// and what takes it back (facts mesh-security.md §2.4 to §2.7, stages 0 to 7).
// Promise: a plan edits the oldest object of a scope (a second one would be ignored), names every object as a
// whole, never turns DISABLE into STRICT in one step and removes only what it has made itself.  Not promised:
// that nothing breaks; that is what the preflight before and the verification after each step are for.
// Pure: whoever executes a plan dry-runs, journals, applies, verifies and rolls back.
#include "models/analysis/strict_criteria.h"
#include "models/analysis/strict_preflight.h"

namespace models {

struct StrictOptions
{
    qint64 watchSeconds = 600; // after each write: how long it is watched, and taken back if something fails
    qint64 soakSeconds =
        86400; // after shadow STRICT, after a namespace and after the mesh: how long it must hold
    qint64 drainSeconds = 45; // until connections that were open before are gone (meshConfig.drainDuration)
    double waveShare = 0.1;   // of the workloads that go STRICT at once, one at least
    bool shadow = true;       // rehearse by a dry-run AuthorizationPolicy where every version allows it
    // What an earlier run of this scope's switch has made and has left, as its journal knows: it is tidied with the rest.
    QList<ObjectRef> made = {};
};

struct StrictStep // objects that are written together, then verified together
{
    QString title;                    // "cart of shop"
    std::vector<edge::Value> objects; // as they shall be, whole
    QList<ObjectRef> removes;         // earlier steps made them, of this run or one before
    QStringList workloads;            // namespace/workload that the step is about
    qint64 soakSeconds = 0;
};

struct StrictStage
{
    int number = 0; // of §2.4
    QString title, purpose;
    QString leaveWhen;  // what must be so before the next stage
    QString skipped;    // why this scope does not need it, or cannot have it; then there are no steps
    QStringList verify; // V1 …
    QList<StrictStep> steps;
};

struct StrictPlan
{
    StrictScope scope;
    QString refused;           // why nothing may be written, "" it may
    QList<StrictStage> stages; // 0 … 7
    QList<ObjectRef> frozen;   // saved before the first write; a foreign change of one of them stops the run
    QStringList hazards;       // what would break on the way back
    QList<PortException> exceptions; // ports that stay PERMISSIVE
    QStringList debt;                // namespaces that stay below STRICT
};
// report: the preflight of the same scope with includeNarrower.
StrictPlan strictPlan(const Snapshot &snapshot, const PreflightReport &report, const StrictOptions &options);

// Rows that stand in the way of the whole switch; without those that the plan's own first stages heal (P5 to
// P7) if they are still to come.
QList<PreflightRow> standingInTheWay(const PreflightReport &report, bool beforeFirstStage);

// Title of a step's writes in the journal, and whether an entry belongs to a scope's switch.
QString strictTitle(const StrictScope &scope, int stage, const QString &step);
bool isOfStrict(const QString &title, const StrictScope &scope);

} // namespace models
