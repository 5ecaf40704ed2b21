// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/three_way.h"

#include <QJsonDocument>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

QJsonObject withoutServerFields(QJsonObject object)
{
    object.remove(u"status"_s);
    QJsonObject metadata = object.value(u"metadata"_s).toObject();
    for (const QString &field : {u"resourceVersion"_s, u"generation"_s, u"managedFields"_s, u"uid"_s,
                                 u"creationTimestamp"_s, u"selfLink"_s})
        metadata.remove(field);
    if (object.contains(u"metadata"_s))
        object.insert(u"metadata"_s, metadata);
    return object;
}

class Merge
{
public:
    QJsonObject objects(const QJsonObject &base, const QJsonObject &mine, const QJsonObject &theirs,
                        const QStringList &path)
    {
        QJsonObject merged;
        QStringList keys = theirs.keys() + mine.keys() + base.keys();
        keys.removeDuplicates();
        for (const QString &key : keys) {
            const QJsonValue value =
                one(base.value(key), mine.value(key), theirs.value(key), path + QStringList(key));
            if (!value.isUndefined())
                merged.insert(key, value);
        }
        return merged;
    }

    QList<EditConflict> conflicts;

private:
    QJsonValue one(const QJsonValue &base, const QJsonValue &mine, const QJsonValue &theirs,
                   const QStringList &path)
    {
        if (mine == base || mine == theirs)
            return theirs;
        if (theirs == base)
            return mine;
        if (mine.isObject() && theirs.isObject())
            return objects(base.toObject(), mine.toObject(), theirs.toObject(), path);
        conflicts.append({path.join(u'.'), path, base, mine, theirs});
        return theirs;
    }
};

} // namespace

QJsonObject mergePatch(const QJsonObject &from, const QJsonObject &to)
{
    QJsonObject patch;
    for (auto it = from.begin(); it != from.end(); ++it) {
        if (!to.contains(it.key()))
            patch.insert(it.key(), QJsonValue::Null);
    }
    for (auto it = to.begin(); it != to.end(); ++it) {
        const QJsonValue before = from.value(it.key());
        if (before == it.value())
            continue;
        if (before.isObject() && it.value().isObject())
            patch.insert(it.key(), mergePatch(before.toObject(), it.value().toObject()));
        else
            patch.insert(it.key(),
                         it.value().isObject() ? QJsonValue(mergePatch({}, it.value().toObject()))
                                               : it.value());
    }
    return patch;
}

ThreeWay threeWay(const QJsonObject &base, const QJsonObject &mine, const QJsonObject &theirs)
{
    Merge merge;
    const QJsonObject now = withoutServerFields(theirs);
    ThreeWay result;
    result.merged = merge.objects(withoutServerFields(base), withoutServerFields(mine), now, {});
    result.conflicts = merge.conflicts;
    result.patch = QJsonDocument(mergePatch(now, result.merged)).toJson(QJsonDocument::Compact);
    return result;
}

} // namespace kube
