// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// May this account do that?  Asked by one SelfSubjectRulesReview a namespace, and by a
// SelfSubjectAccessReview where its answer is incomplete or cannot know; answers are kept for 60 s (facts
// kube-client.md §1.10).  A question that fails hides nothing: the verdict is an Error, and whoever asks lets
// the action be tried.  Callable from any thread, as Client is, which has one; futures are finished on the cluster
// thread.
#include "kube/answer.h"
#include "kube/client.h"

namespace kube {

struct AccessQuestion
{
    QString verb, group,
        resource;           // "patch", "getambassador.io", "mappings"; "pods/portforward" is a resource too
    QString nameSpace = {}; // "": all, or cluster-scoped
    QString name = {};
    bool operator==(const AccessQuestion &) const = default;
    QString need() const; // "`patch` on `mappings.getambassador.io` in `shop`"
};

struct AccessVerdict
{
    bool isAllowed = false;
    QString message; // if not: "this needs `patch` on …", with the server's reason
};

class Access : public QObject
{
    Q_OBJECT
public:
    explicit Access(Client &client, QObject *parent = nullptr,
                    std::function<qint64()> clock = {}); // monotonic msecs

    QFuture<Result<AccessVerdict>> ask(const AccessQuestion &question, std::stop_token stop = {});
    void
    forget(); // after a refusal that contradicts what is kept; or before a question whose answer must be new

    static constexpr qint64 KeptMsecs = 60'000;

private:
    struct Rules;
    using Give = std::function<void(const Result<AccessVerdict> &)>;
    void askHere(const AccessQuestion &question, std::stop_token stop, const Give &give);
    void askRules(const AccessQuestion &question, std::stop_token stop, const Give &give);
    void askOne(const AccessQuestion &question, std::stop_token stop, const Give &give);
    void byRules(const Rules &rules, const AccessQuestion &question, std::stop_token stop, const Give &give);

    Client &m_client;
    std::function<qint64()> m_clock;
    QHash<QString, std::shared_ptr<const Rules>> m_rules;    // by namespace
    QHash<QString, QPair<qint64, AccessVerdict>> m_verdicts; // of single questions
    QHash<std::pair<int, QString>, QList<std::function<void(const std::shared_ptr<const Rules> &)>>> m_asking;
    int m_generation = 0; // how often it was to forget
};

} // namespace kube
