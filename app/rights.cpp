// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/rights.h"

#include "kube/client.h"
#include "kube/read_only.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace app {

namespace {

using Verb = models::Change::Verb;

// RBAC knows no names of objects that are not there yet.
kube::AccessQuestion question(const QString &verb, const models::Change &change)
{
    return {verb, change.type.group, change.type.plural,
            change.type.namespaced ? change.nameSpace : QString(),
            verb == "create"_L1 ? QString() : change.name};
}

} // namespace

QString whyReadOnly(kube::Client &client)
{
    return client.mode() == kube::WriteMode::ReadOnly
        ? kube::readOnlyText(client.transport().connection().context)
        : QString();
}

QList<kube::AccessQuestion> rightsFor(const QList<models::Change> &changes)
{
    QList<kube::AccessQuestion> questions;
    for (const models::Change &change : changes)
        questions.append(question(change.verb == Verb::Create       ? u"create"_s
                                      : change.verb == Verb::Remove ? u"delete"_s
                                                                    : u"patch"_s,
                                  change));
    return questions;
}

kube::AccessQuestion rightToReveal(const models::ObjectRef &secret)
{
    return {u"get"_s, {}, u"secrets"_s, secret.nameSpace, secret.name};
}

QList<kube::AccessQuestion> rightsToTakeBack(const QList<models::JournalEntry> &entries)
{
    QList<kube::AccessQuestion> questions;
    for (const models::JournalEntry &entry : entries)
        questions.append(question(entry.change.verb == Verb::Create       ? u"delete"_s
                                      : entry.change.verb == Verb::Remove ? u"create"_s
                                                                          : u"patch"_s,
                                  entry.change));
    return questions;
}

kube::AccessQuestion rightToForward(const QString &nameSpace)
{
    return {u"create"_s, {}, u"pods/portforward"_s, nameSpace};
}

bool isGrantedOtherwise(kube::Client &client, const kube::AccessQuestion &refused, std::stop_token stop)
{
    if (refused != rightToForward(refused.nameSpace))
        return false;
    kube::AccessQuestion get = refused;
    get.verb = u"get"_s;
    const auto verdict = client.access().ask(get, stop).result();
    if (!verdict || !verdict->isAllowed)
        return false;
    constexpr int FirstWithBoth = 35;
    static const QRegularExpression minor(u"^v1\\.(\\d+)"_s);
    const auto version = client.version(stop).result();
    const auto match = version ? minor.match(version->gitVersion) : QRegularExpressionMatch();
    return match.hasMatch() && match.captured(1).toInt() < FirstWithBoth; // a version unread grants nothing
}

QStringList missingRights(kube::Client &client, const QList<kube::AccessQuestion> &questions,
                          std::stop_token stop)
{
    QList<QFuture<kube::Result<kube::AccessVerdict>>> verdicts;
    for (const kube::AccessQuestion &each : questions)
        verdicts.append(client.access().ask(each, stop));
    QStringList missing;
    for (qsizetype i = 0; i < questions.size(); ++i) {
        const kube::Result<kube::AccessVerdict> verdict = verdicts[i].result();
        // A name stands in the question for roles of single objects, not for a person, who asks for the kind.
        kube::AccessQuestion asked = questions[i];
        asked.name.clear();
        if (verdict && !verdict->isAllowed && !missing.contains(asked.need())
            && !isGrantedOtherwise(client, questions[i], stop))
            missing.append(asked.need());
    }
    return missing;
}

QString missingRightsText(kube::Client &client, const QStringList &missing)
{
    const kube::Connection &connection = client.transport().connection();
    return missing.isEmpty()
        ? QString()
        : u"this needs %1, and user “%2” of context %3 has no such right; ask whoever manages this cluster for it, or use another context"_s
              .arg(missing.join(u" and "_s), connection.user, connection.context);
}

} // namespace app
