// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What kubectl's apply does without server-side apply: what was applied last is kept in an annotation, and three states make the patch.
// What the new state names is set, what only the last one named is taken away, and what others have set stays.  Pure.
#include "kube/last_applied.h"

#include <QByteArray>
#include <QJsonObject>

namespace kube {

// The object with itself in the annotation, as kubectl writes and reads it.
QJsonObject withLastApplied(QJsonObject object);
QJsonObject lastApplied(const QJsonObject &object); // of one that the server has; {}: never applied

enum class ListMerge {
    ByKeys, // for a strategic merge patch: built-in kinds, merge_keys.h
    Whole   // for a merge patch: a list is one value
};

// {}: the server has it all.
QJsonObject applyPatch(const QJsonObject &last, const QJsonObject &wanted, const QJsonObject &current,
                       ListMerge lists);

} // namespace kube
