// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/dropped_fields.h"

#include "models/resources/text.h"

#include <QVersionNumber>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using edge::Value;

bool mayBeLeftOut(const Value &value)
{
    if (value.isObject())
        return std::all_of(value.members().begin(), value.members().end(),
                           [](const auto &member) { return mayBeLeftOut(member.second); });
    if (value.isArray())
        return value.items().empty();
    const QString said = text(value);
    return value.isNull() || said.isEmpty() || said == "0"_L1 || said == "false"_L1;
}

// Annotations are no fields: whoever admits or keeps the object may take some away.
bool isTheServers(const QString &path)
{
    static const QStringList kept{u"status"_s,
                                  u"stringData"_s,
                                  u"metadata.uid"_s,
                                  u"metadata.resourceVersion"_s,
                                  u"metadata.generation"_s,
                                  u"metadata.creationTimestamp"_s,
                                  u"metadata.deletionTimestamp"_s,
                                  u"metadata.deletionGracePeriodSeconds"_s,
                                  u"metadata.managedFields"_s,
                                  u"metadata.selfLink"_s,
                                  u"metadata.clusterName"_s,
                                  u"metadata.initializers"_s};
    return kept.contains(path) || path.endsWith("metadata.annotations"_L1);
}

class Comparison
{
public:
    QStringList found;

    static bool lacksNothing(const Value &sent, const Value &answered)
    {
        Comparison comparison;
        comparison.compare(sent, answered, {});
        return comparison.found.isEmpty();
    }

    void compare(const Value &sent, const Value &answered, const QString &path)
    {
        if (sent.isObject())
            compareMembers(sent, answered, path);
        else if (sent.isArray() && answered.isArray())
            compareItems(sent, answered, path);
    }

private:
    void compareMembers(const Value &sent, const Value &answered, const QString &path)
    {
        for (const auto &[key, value] : sent.members()) {
            const QString at =
                path.isEmpty() ? QString::fromStdString(key) : path + u'.' + QString::fromStdString(key);
            if (isTheServers(at) || mayBeLeftOut(value))
                continue;
            const Value *there = answered.isObject() ? answered.find(key) : nullptr;
            if (there)
                compare(value, *there, at);
            else
                found.append(at);
        }
    }

    void compareItems(const Value &sent, const Value &answered, const QString &path)
    {
        const Value::Array &items = sent.items(), &there = answered.items();
        for (std::size_t i = 0; i < items.size(); ++i) {
            const bool isThere = std::any_of(there.begin(), there.end(),
                                             [&](const Value &one) { return lacksNothing(items[i], one); });
            if (isThere)
                continue;
            const QString name = text(items[i]["name"]);
            const auto same = std::find_if(there.begin(), there.end(), [&name](const Value &one) {
                return !name.isEmpty() && text(one["name"]) == name;
            });
            if (same != there.end())
                compare(items[i], *same, u"%1[%2]"_s.arg(path, name));
            else if (name.isEmpty() && items.size() == there.size())
                compare(items[i], there[i], u"%1[%2]"_s.arg(path).arg(i));
        }
    }
};

} // namespace

QStringList droppedFields(const Value &sent, const Value &answered)
{
    Comparison comparison;
    comparison.compare(sent, answered, {});
    return comparison.found;
}

bool dropsUnknownFields(const QString &gitVersion)
{
    const QVersionNumber version =
        QVersionNumber::fromString(gitVersion.startsWith(u'v') ? gitVersion.mid(1) : gitVersion);
    return !version.isNull() && version < QVersionNumber(1, 25);
}

} // namespace models
