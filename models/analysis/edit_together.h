// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An edit of an object that somebody else has changed since it was opened: kube::threeWay of what a person edits, with what is to
// be said of it.  Pure.
#include "edge/value.h"
#include "kube/three_way.h"

#include <QStringList>

namespace models {

QJsonObject jsonOf(const edge::Value &object);
edge::Value valueOf(const QJsonObject &object);

// "spec.prefix: was "/a/", yours is "/b/", theirs is "/c/""; of a Secret no values.
QString conflictText(const kube::EditConflict &conflict, bool isSecret);

struct EditTogether
{
    edge::Value merged;        // theirs with mine laid over it; where both changed the same, theirs
    edge::Value mergedMine;    // the same, where both changed the same, mine
    edge::Value theirs;        // what the next edit begins with
    QByteArray patch;          // from theirs to merged; "{}" nothing is left to do
    QList<QStringList> places; // of what both changed: the keys from the top
    QStringList collisions;    // the same in words: conflictText()
    QStringList theirChanges;  // what they alone changed: "spec.service: was "a", is now "b""
    bool operator==(const EditTogether &) const = default;
};
// Of anything but a Secret, without what servers write; the texts keep the order of mine.
EditTogether editTogether(const edge::Value &base, const edge::Value &mine, const edge::Value &theirs);

} // namespace models
