// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Planned edits, and the record of those that were made.  A Change is one write, with the object's state before it; undo.h reverses it.
#include "edge/value.h"
#include "kube/resource_type.h"
#include "models/resources/finding.h"

#include <QDateTime>
#include <QList>
#include <QStringList>

#include <optional>

namespace models {

struct Change
{
    enum class Verb { Create, MergePatch, Remove, JsonPatch };
    Verb verb = Verb::MergePatch;
    kube::ResourceType type;
    QString nameSpace, name;
    QByteArray body;                   // Create: the object; MergePatch, JsonPatch: the patch; JSON
    std::optional<edge::Value> before; // the object as it was; absent: it did not exist
    ObjectRef subject() const;
};

struct ChangeSet
{
    QString title; // "Switch the mesh to STRICT"
    QList<Change> changes;
    QList<QList<int>>
        takesBack;        // of an undo: by change, the journal's entries that it takes back, newest first
    QStringList warnings; // what a person should know before confirming
};

// What an apply of this object would do, given what is there: Create, a MergePatch that makes it so, or nothing if it is so already.
std::optional<Change> changeTo(const edge::Value &desired, const kube::ResourceType &type,
                               const std::optional<edge::Value> &current);
// The merge patch with resourceVersion and uid of `before`: a server refuses it (409) once the object is another one.
QByteArray patchOfThatVersion(const Change &change);
// "" if the change can be taken back (undo.h); else why not: a journal keeps no values of Secrets.
QString whyNotReversible(const Change &applied);
QString warningOfNoReturn(const Change &planned); // the same before it is written
// A Secret's values are shown by their size only.
QString unifiedDiff(const std::optional<edge::Value> &before,
                    const std::optional<edge::Value> &after); // of their YAML, without managed fields
// The same of a change, which knows what looks alike and is not.
QString unifiedDiff(const Change &change);
// Without what servers and controllers write: status, resourceVersion, generation, uid, managedFields, creationTimestamp, a roll-out's revision.
edge::Value withoutServerFields(edge::Value object);
edge::Value applied(const std::optional<edge::Value> &before,
                    const Change &change); // what the object should be afterwards
std::optional<edge::Value>
stateAfter(const Change &change); // the same, beginning with its `before`; absent: removed

// One write that these programs made or began, as a line of a journal: what undo is planned from.
struct JournalEntry
{
    int number = 0;
    QDateTime at;
    QString context, who, title;
    Change change;
    std::optional<edge::Value>
        after;           // the object as the server answered the write: with its defaults and its uid
    bool settled = true; // false: the answer is not known; the program ended before it, or it was lost
    QString result;      // "200 in 12 ms", or the error
    bool succeeded = false;
    bool reverted = false;
    int revertOf = 0;
    QList<int> revertsToo; // earlier writes to the same object that went back with it
    // Written, or perhaps written: then undo looks at what is there.
    bool canBeTakenBack() const { return (succeeded || !settled) && !reverted; }
};
QByteArray toJsonLine(const JournalEntry &entry); // Secrets' values redacted
std::optional<JournalEntry> fromJsonLine(const QByteArray &line);

struct ChangeReview // what is shown before a confirm
{
    ChangeSet changes;
    QStringList diffs;     // one a change
    bool dryRunOk = false; // the server accepted every change with dryRun=All
    QString dryRunMessage;
    QStringList warnings;     // who will break: from the posture
    bool needsTyping = false; // mode Confirm: the context's name must be typed
    QString context;
};

} // namespace models
