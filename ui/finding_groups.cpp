// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/finding_groups.h"

#include "ui/namespace_scope.h"

#include <QCoreApplication>
#include <QHash>
#include <QLocale>
#include <QSet>

#include <algorithm>

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

FindingDigest digestOf(const QList<models::Finding> &findings, const QStringList &namespaces)
{
    using models::Severity;
    FindingDigest digest;
    QList<models::Finding> shown;
    for (const models::Finding &finding : findings) {
        if (finding.severity < Severity::Unknown)
            continue;
        if (!isInScope(namespaces, finding)) {
            ++digest.elsewhere;
            continue;
        }
        shown.append(finding);
        digest.errors += finding.severity == Severity::Error;
        digest.warnings += finding.severity == Severity::Warning;
    }
    std::stable_sort(shown.begin(), shown.end(),
                     [](const auto &a, const auto &b) { return a.severity > b.severity; });
    digest.count = shown.size();
    digest.groups = groupedFindings(shown);
    return digest;
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
