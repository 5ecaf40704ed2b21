// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/access.h"

#include "kube/answer.h"
#include "kube/json_text.h"
#include "kube/transfer.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

struct Rule
{
    QStringList verbs, groups, resources, names;
};

bool matches(const QStringList &list, const QString &item)
{
    return list.contains(u"*"_s) || list.contains(item);
}

bool covers(const Rule &rule, const AccessQuestion &question)
{
    const QString sub = question.resource.section(u'/', 1);
    const bool isResource = matches(rule.resources, question.resource)
        || (!sub.isEmpty() && rule.resources.contains(u"*/"_s + sub));
    const bool isName =
        rule.names.isEmpty() || (!question.name.isEmpty() && rule.names.contains(question.name));
    return matches(rule.verbs, question.verb) && matches(rule.groups, question.group) && isResource && isName;
}

QString keyOf(const AccessQuestion &question)
{
    return QStringList{question.verb, question.group, question.resource, question.nameSpace, question.name}
        .join(QChar(0));
}

AccessVerdict verdict(bool isAllowed, const AccessQuestion &question, const QString &reason = {})
{
    if (isAllowed)
        return {true, {}};
    return {false,
            u"this needs %1%2"_s.arg(question.need(),
                                     reason.isEmpty() ? reason : QString(u" ("_s + reason + u')'))};
}

QByteArray compact(const QJsonObject &json) { return QJsonDocument(json).toJson(QJsonDocument::Compact); }

} // namespace

struct Access::Rules
{
    QList<Rule> rules;
    bool isIncomplete = false;
    qint64 at = 0;
};

QString AccessQuestion::need() const
{
    const QString what = group.isEmpty() ? resource : QString(resource + u'.' + group);
    const QString one = name.isEmpty() ? name : u" “%1”"_s.arg(name);
    return u"`%1` on `%2`%3 %4"_s.arg(
        verb, what, one, nameSpace.isEmpty() ? u"in the whole cluster"_s : u"in `%1`"_s.arg(nameSpace));
}

Access::Access(Client &client, QObject *parent, std::function<qint64()> clock)
    : QObject(parent)
    , m_client(client)
    , m_clock(clock ? std::move(clock) : std::function<qint64()>(&Transfer::monotonicMsecs))
{
}

void Access::forget()
{
    QMetaObject::invokeMethod(this, [this] {
        ++m_generation; // what is under way was asked before
        m_rules.clear();
        m_verdicts.clear();
    });
}

// Rules are asked for once for all who wait for them, so one who stops waiting is told by himself.
QFuture<Result<AccessVerdict>> Access::ask(const AccessQuestion &question, std::stop_token stop)
{
    struct Pending
    {
        Answer<AccessVerdict> answer;
        bool isGiven = false;
        void give(const Result<AccessVerdict> &result)
        {
            if (!std::exchange(isGiven, true))
                answer.give(result);
        }
    };
    auto pending = std::make_shared<Pending>();
    QFuture<Result<AccessVerdict>> future = pending->answer.future();
    const std::function<void()> cancel = [this, waiting = std::weak_ptr(pending)] {
        QMetaObject::invokeMethod(
            this,
            [waiting] {
                if (const auto still = waiting.lock())
                    still->give(failure(Error::Kind::Cancelled, u"the question was given up"_s));
            },
            Qt::QueuedConnection);
    };
    auto onStop = std::make_shared<std::stop_callback<std::function<void()>>>(stop, cancel);
    const Give give = [pending = std::move(pending), onStop = std::move(onStop)](
                          const Result<AccessVerdict> &result) { pending->give(result); };
    QMetaObject::invokeMethod(
        this, [this, question, stop = std::move(stop), give] { askHere(question, stop, give); });
    return future;
}

void Access::askHere(const AccessQuestion &question, std::stop_token stop, const Give &give)
{
    const auto known = m_verdicts.constFind(keyOf(question));
    if (known != m_verdicts.cend() && m_clock() - known->first < KeptMsecs)
        give(known->second);
    else if (question.nameSpace.isEmpty()) // rules are told for one namespace only
        askOne(question, std::move(stop), give);
    else
        askRules(question, std::move(stop), give);
}

void Access::askRules(const AccessQuestion &question, std::stop_token stop, const Give &give)
{
    const QString nameSpace = question.nameSpace;
    const std::shared_ptr<const Rules> known = m_rules.value(nameSpace);
    if (known && m_clock() - known->at < KeptMsecs)
        return byRules(*known, question, stop, give);
    auto &asking = m_asking[{m_generation, nameSpace}];
    asking.append([this, question, stop, give](const std::shared_ptr<const Rules> &rules) {
        rules ? byRules(*rules, question, stop, give) : askOne(question, stop, give);
    });
    if (asking.size() > 1)
        return;
    const QJsonObject body{{u"kind"_s, u"SelfSubjectRulesReview"_s},
                           {u"apiVersion"_s, u"authorization.k8s.io/v1"_s},
                           {u"spec"_s, QJsonObject{{u"namespace"_s, nameSpace}}}};
    whenAnswered(m_client.ask(u"/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"_s, compact(body)),
                 this, [this, nameSpace, generation = m_generation](const Result<HttpResponse> &response) {
                     std::shared_ptr<Rules> rules;
                     if (response) {
                         rules = std::make_shared<Rules>();
                         const QJsonObject status =
                             QJsonDocument::fromJson(response->body).object()[u"status"].toObject();
                         for (const QJsonValue &rule : status[u"resourceRules"].toArray())
                             rules->rules.append({texts(rule[u"verbs"]), texts(rule[u"apiGroups"]),
                                                  texts(rule[u"resources"]), texts(rule[u"resourceNames"])});
                         rules->isIncomplete = status.isEmpty() || status[u"incomplete"].toBool();
                         rules->at = m_clock();
                         if (generation == m_generation)
                             m_rules.insert(nameSpace, rules);
                     }
                     for (const auto &next : m_asking.take({generation, nameSpace}))
                         next(rules);
                 });
}

// What the rules grant is granted.  What they do not may be: an incomplete list must hide nothing.
void Access::byRules(const Rules &rules, const AccessQuestion &question, std::stop_token stop,
                     const Give &give)
{
    const bool isGranted = std::any_of(rules.rules.cbegin(), rules.rules.cend(),
                                       [&](const Rule &rule) { return covers(rule, question); });
    if (isGranted || !rules.isIncomplete)
        return give(verdict(isGranted, question));
    askOne(question, std::move(stop), give);
}

void Access::askOne(const AccessQuestion &question, std::stop_token stop, const Give &give)
{
    QJsonObject attributes{{u"verb"_s, question.verb},
                           {u"group"_s, question.group},
                           {u"resource"_s, question.resource.section(u'/', 0, 0)},
                           {u"namespace"_s, question.nameSpace},
                           {u"name"_s, question.name}};
    if (question.resource.contains(u'/'))
        attributes.insert(u"subresource"_s, question.resource.section(u'/', 1));
    const QJsonObject body{{u"kind"_s, u"SelfSubjectAccessReview"_s},
                           {u"apiVersion"_s, u"authorization.k8s.io/v1"_s},
                           {u"spec"_s, QJsonObject{{u"resourceAttributes"_s, attributes}}}};
    whenAnswered(
        m_client.ask(u"/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"_s, compact(body),
                     std::move(stop)),
        this, [this, question, give, generation = m_generation](const Result<HttpResponse> &response) {
            if (!response)
                return give(tl::unexpected(response.error()));
            const QJsonObject status = QJsonDocument::fromJson(response->body).object()[u"status"].toObject();
            if (!status.contains(u"allowed"_s))
                return give(
                    failure(Error::Kind::Protocol, u"the server's access review says neither yes nor no"_s));
            const AccessVerdict result =
                verdict(status[u"allowed"].toBool(), question, status[u"reason"].toString());
            if (generation == m_generation)
                m_verdicts.insert(keyOf(question), {m_clock(), result});
            give(result);
        });
}

} // namespace kube
