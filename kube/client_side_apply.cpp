// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/client_side_apply.h"

#include "kube/merge_keys.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

QJsonObject element(const QJsonArray &list, const QString &key, const QJsonValue &value)
{
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const QJsonValue &each) { return each[key] == value; });
    return found == list.end() ? QJsonObject() : QJsonValue(*found).toObject();
}

bool contains(const QJsonArray &list, const QString &key, const QJsonValue &value)
{
    return std::any_of(list.begin(), list.end(), [&](const QJsonValue &each) { return each[key] == value; });
}

// Two elements of one key, or one without: the server could not tell which is meant.
bool isKeyed(const QJsonArray &list, const QString &key)
{
    QJsonArray seen;
    for (const QJsonValue &each : list) {
        if (each[key].isUndefined() || seen.contains(each[key]))
            return false;
        seen.append(each[key]);
    }
    return true;
}

class ApplyPatch
{
public:
    ApplyPatch(QString kind, ListMerge lists)
        : m_kind(kind.toStdString())
        , m_lists(lists)
    {
    }

    QJsonObject objects(const QJsonObject &last, const QJsonObject &wanted, const QJsonObject &current,
                        const QString &parent) const
    {
        QJsonObject patch;
        for (auto it = wanted.begin(); it != wanted.end(); ++it)
            member(patch, it.key(), last[it.key()], it.value(), current[it.key()], parent);
        for (auto it = last.begin(); it != last.end(); ++it) {
            if (!wanted.contains(it.key()) && current.contains(it.key()))
                patch.insert(it.key(), QJsonValue::Null);
        }
        return patch;
    }

private:
    void member(QJsonObject &patch, const QString &field, const QJsonValue &last, const QJsonValue &wanted,
                const QJsonValue &current, const QString &parent) const
    {
        if (wanted.isNull() ? current.isUndefined() : wanted == current)
            return; // null in a manifest: not to be there
        if (wanted.isObject() && current.isObject()) {
            QJsonObject deeper = objects(last.toObject(), wanted.toObject(), current.toObject(), field);
            retain(deeper, field, wanted.toObject());
            if (!deeper.isEmpty())
                patch.insert(field, deeper);
            return;
        }
        const auto key = m_lists == ListMerge::ByKeys && wanted.isArray() && current.isArray()
            ? mergeKeyOf(m_kind, parent.toStdString(), field.toStdString())
            : std::nullopt;
        if (!key)
            patch.insert(field, wanted);
        else if (key->empty())
            sets(patch, field, last.toArray(), wanted.toArray(), current.toArray());
        else
            keyed(patch, field, QLatin1String(key->data(), qsizetype(key->size())), last.toArray(),
                  wanted.toArray(), current.toArray());
    }

    void retain(QJsonObject &patch, const QString &field, const QJsonObject &wanted) const
    {
        if (m_lists == ListMerge::ByKeys && !patch.isEmpty() && retainsKeys(m_kind, field.toStdString()))
            patch.insert(u"$retainKeys"_s, QJsonArray::fromStringList(wanted.keys()));
    }

    static void sets(QJsonObject &patch, const QString &field, const QJsonArray &last,
                     const QJsonArray &wanted, const QJsonArray &current)
    {
        QJsonArray more, fewer;
        for (const QJsonValue &each : wanted) {
            if (!current.contains(each))
                more.append(each);
        }
        for (const QJsonValue &each : last) {
            if (!wanted.contains(each) && current.contains(each))
                fewer.append(each);
        }
        if (!more.isEmpty())
            patch.insert(field, more);
        if (!fewer.isEmpty())
            patch.insert(u"$deleteFromPrimitiveList/"_s + field, fewer);
    }

    void keyed(QJsonObject &patch, const QString &field, const QString &key, const QJsonArray &last,
               const QJsonArray &wanted, const QJsonArray &current) const
    {
        if (!isKeyed(wanted, key) || !isKeyed(current, key)) {
            QJsonArray whole = wanted;
            whole.append(QJsonObject{{u"$patch"_s, u"replace"_s}});
            patch.insert(field, whole);
            return;
        }
        QJsonArray changes, order;
        for (const QJsonValue &each : wanted) {
            order.append(QJsonObject{{key, each[key]}});
            if (!contains(current, key, each[key])) {
                changes.append(each);
                continue;
            }
            QJsonObject change = objects(element(last, key, each[key]), each.toObject(),
                                         element(current, key, each[key]), field);
            retain(change, field, each.toObject());
            if (change.isEmpty())
                continue;
            change.insert(key, each[key]);
            changes.append(change);
        }
        for (const QJsonValue &each : last) {
            if (!contains(wanted, key, each[key]) && contains(current, key, each[key]))
                changes.append(QJsonObject{{u"$patch"_s, u"delete"_s}, {key, each[key]}});
        }
        if (!changes.isEmpty())
            patch.insert(field, changes);
        if (!changes.isEmpty() || order != orderOf(wanted, key, current))
            patch.insert(u"$setElementOrder/"_s + field, order);
    }

    // In which the server has the wanted ones.
    static QJsonArray orderOf(const QJsonArray &wanted, const QString &key, const QJsonArray &current)
    {
        QJsonArray order;
        for (const QJsonValue &each : current) {
            if (contains(wanted, key, each[key]))
                order.append(QJsonObject{{key, each[key]}});
        }
        return order;
    }

    std::string m_kind;
    ListMerge m_lists;
};

} // namespace

QJsonObject withLastApplied(QJsonObject object)
{
    const QString name = QLatin1String(LastAppliedAnnotation);
    QJsonObject metadata = object[u"metadata"].toObject();
    QJsonObject annotations = metadata[u"annotations"].toObject();
    annotations.remove(name);
    metadata.insert(u"annotations"_s, annotations); // kubectl writes an empty one, too
    object.insert(u"metadata"_s, metadata);
    QJsonObject remembered =
        object; // the version is a precondition of this one write: kept, each write would change the object
    QJsonObject rememberedMetadata = metadata;
    rememberedMetadata.remove(u"resourceVersion"_s);
    remembered.insert(u"metadata"_s, rememberedMetadata);
    const QByteArray text = QJsonDocument(remembered).toJson(QJsonDocument::Compact) + '\n';
    annotations.insert(name, QString::fromUtf8(text));
    metadata.insert(u"annotations"_s, annotations);
    object.insert(u"metadata"_s, metadata);
    return object;
}

QJsonObject lastApplied(const QJsonObject &object)
{
    const QString text = object[u"metadata"][u"annotations"][QLatin1String(LastAppliedAnnotation)].toString();
    return QJsonDocument::fromJson(text.toUtf8()).object();
}

QJsonObject applyPatch(const QJsonObject &last, const QJsonObject &wanted, const QJsonObject &current,
                       ListMerge lists)
{
    return ApplyPatch(wanted[u"kind"].toString(), lists).objects(last, wanted, current, {});
}

} // namespace kube
