// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/clear_text_times.h"

#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

namespace {

bool isClear(const std::optional<edge::Value> &mapping)
{
    if (!mapping)
        return false;
    const edge::Value &tls = mapping->at({"spec", "tls"});
    return tls.text().empty() && !tls.toBool()
        && !mapping->at({"spec", "service"}).text().starts_with("https://");
}

} // namespace

QList<ClearTextTime> clearTextTimes(const QList<models::JournalEntry> &entries, const QStringList &mappings)
{
    QList<ClearTextTime> times;
    QHash<QString, qsizetype> open; // by Mapping, its place in times
    QSet<QString> known;
    for (const models::JournalEntry &entry : entries) {
        const models::ObjectRef object = entry.change.subject();
        const QString mapping = object.nameSpace + u'/' + object.name;
        if (!entry.succeeded || object.kind != "Mapping"_L1 || !mappings.contains(mapping))
            continue;
        const std::optional<edge::Value> &before = entry.change.before;
        if (!known.contains(mapping) && isClear(before)) {
            open.insert(mapping, times.size());
            times.append({mapping,
                          QDateTime::fromString(models::text(before->at({"metadata", "creationTimestamp"})),
                                                Qt::ISODate),
                          {}});
        }
        known.insert(mapping);
        const bool clear = isClear(entry.after ? entry.after : models::stateAfter(entry.change));
        if (clear && !open.contains(mapping)) {
            open.insert(mapping, times.size());
            times.append({mapping, entry.at, {}});
        } else if (!clear && open.contains(mapping)) {
            times[open.take(mapping)].to = entry.at;
        }
    }
    return times;
}

} // namespace app
