// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/finding_groups.h"

#include <QCoreApplication>
#include <QHash>
#include <QLocale>
#include <QSet>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

QString causeOf(const models::Finding &finding)
{
    QString words = finding.message; // with its object's name in it, it would be a cause of its own
    if (words.contains(finding.subject.name)) {
        words.replace(finding.subject.nameSpace + u'/' + finding.subject.name, u"…"_s);
        words.replace(finding.subject.name, u"…"_s);
    }
    return QStringList{finding.code, QString::number(int(finding.severity)), finding.subject.kind, words}
        .join(u'\n');
}

} // namespace

QList<FindingGroup> groupedFindings(const QList<models::Finding> &findings)
{
    QList<FindingGroup> groups;
    QHash<QString, qsizetype> at;
    QSet<QString> known; // of all groups
    for (const models::Finding &finding : findings) {
        const QString cause = causeOf(finding);
        auto place = at.constFind(cause);
        if (place == at.constEnd()) {
            place = at.insert(cause, groups.size());
            groups.append({finding, {}});
        }
        const QString object = QString::number(*place) + finding.subject.text();
        if (known.contains(object))
            continue;
        known.insert(object);
        groups[*place].objects.append(finding.subject);
    }
    return groups;
}

QString namesOf(const FindingGroup &group)
{
    constexpr qsizetype Most = 3;
    if (group.objects.size() == 1)
        return group.objects.first().text();
    QStringList names;
    for (const models::ObjectRef &object : group.objects.mid(0, Most))
        names.append(object.name);
    if (group.objects.size() > Most)
        names.append(u"…"_s);
    return QCoreApplication::translate("FindingGroups", "%1 × %2: %3")
        .arg(QLocale().toString(group.objects.size()), group.first.subject.kind, names.join(u", "_s));
}

} // namespace ui
