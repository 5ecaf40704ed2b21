// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/edit_together.h"

#include "models/analysis/change_set.h"
#include "models/analysis/desired_state.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace models {

namespace {

constexpr qsizetype MaxShown = 200; // of a value

QString shown(const QJsonValue &value)
{
    if (value.isUndefined())
        return u"absent"_s;
    const QByteArray list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    const QString text = QString::fromUtf8(list.sliced(1, list.size() - 2));
    return text.size() > MaxShown ? text.left(MaxShown) + u'…' : text;
}

// A line for each member that differs.
QStringList changesOf(const QJsonObject &base, const QJsonObject &theirs, const QStringList &at)
{
    QStringList changes;
    QStringList keys = theirs.keys() + base.keys();
    keys.removeDuplicates();
    for (const QString &key : keys) {
        const QJsonValue before = base.value(key), now = theirs.value(key);
        const QStringList here = at + QStringList(key);
        if (before == now)
            continue;
        if (before.isObject() && now.isObject())
            changes += changesOf(before.toObject(), now.toObject(), here);
        else
            changes.append(u"%1: was %2, is now %3"_s.arg(here.join(u'.'), shown(before), shown(now)));
    }
    return changes;
}

// As the person wrote it, where it is the same.
edge::Value inTheOrderOf(const edge::Value &mine, const QJsonObject &merged)
{
    return edge::mergePatch(mine, difference(mine, valueOf(merged)));
}

} // namespace

QJsonObject jsonOf(const edge::Value &object)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(edge::toJson(object))).object();
}

edge::Value valueOf(const QJsonObject &object)
{
    auto read = edge::parseJson(QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString());
    return read ? std::move(*read) : edge::Value::object({});
}

QString conflictText(const kube::EditConflict &conflict, bool isSecret)
{
    // Annotations too: tools keep copies of values there.
    const bool isShown = !isSecret || conflict.path == "type"_L1 || conflict.path == "immutable"_L1
        || conflict.path.startsWith("metadata.labels"_L1);
    if (!isShown)
        return u"%1: both changed it, from what it was to different values (not shown: a Secret's)"_s.arg(
            conflict.path);
    return u"%1: was %2, yours is %3, theirs is %4"_s.arg(conflict.path, shown(conflict.base),
                                                          shown(conflict.mine), shown(conflict.theirs));
}

EditTogether editTogether(const edge::Value &base, const edge::Value &mine, const edge::Value &theirs)
{
    EditTogether all;
    const edge::Value meant = withoutServerFields(mine);
    all.theirs = withoutServerFields(theirs);
    const QJsonObject before = jsonOf(withoutServerFields(base)), own = jsonOf(meant),
                      now = jsonOf(all.theirs);
    const kube::ThreeWay joined = kube::threeWay(before, own, now);
    all.patch = joined.patch;
    all.merged = inTheOrderOf(meant, joined.merged);
    all.mergedMine = inTheOrderOf(meant, kube::threeWay(before, now, own).merged);
    for (const kube::EditConflict &conflict : joined.conflicts) {
        all.places.append(conflict.keys);
        all.collisions.append(conflictText(conflict, false));
    }
    // With mine at the places of the collisions, what differs from the base beside my own changes is theirs.
    all.theirChanges = changesOf(own, jsonOf(all.mergedMine), {});
    return all;
}

} // namespace models
