// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/discovery.h"

#include "kube/answer.h"
using namespace Qt::StringLiterals;

namespace kube {
namespace {

const QByteArray acceptAggregated =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

} // namespace

struct Discovery::Run
{
    QStringList onlyGroups;
    Answer<ApiCatalog> answer;
    QMap<QString, ApiCatalog> parts; // by path, which gives the core first
    std::optional<Error> failure;    // the first: then there is no catalog
    std::stop_source ended;          // by whoever asked, or by fail()
    std::optional<std::stop_callback<std::function<void()>>> onStop;
    QStringList unserved; // roots: an aggregated server of its own has no core
    std::optional<Error> notFound;
    int open = 0;

    void fail(const Error &error); // nothing else is waited for, and no half of a catalog is answered
    std::optional<Error> verdict() const;
};

void Discovery::Run::fail(const Error &error)
{
    if (!failure)
        failure = error;
    ended.request_stop();
}

// As client-go: without /api there are still the groups, without /apis there is no telling.
std::optional<Error> Discovery::Run::verdict() const
{
    if (failure || !unserved.contains(u"/apis"_s))
        return failure;
    Error error = *notFound;
    error.message += unserved.size() > 1
        ? u"; neither /api nor /apis is served there: is the server's address in the kubeconfig that of a Kubernetes API server, with the path before its API?"_s
        : u"; without /apis nobody can say what this API server serves: a proxy between may let too little through"_s;
    return error;
}

Discovery::Discovery(Client &client, QObject *parent)
    : QObject(parent)
    , m_client(client)
{
}

QFuture<Result<ApiCatalog>> Discovery::fetch(std::stop_token stop, const QStringList &onlyGroups)
{
    auto run = std::make_shared<Run>();
    run->onStop.emplace(std::move(stop), [ended = run->ended]() mutable { ended.request_stop(); });
    run->onlyGroups = onlyGroups;
    QFuture<Result<ApiCatalog>> future = run->answer.future();
    QMetaObject::invokeMethod(this, [this, run = std::move(run)] {
        ++run->open; // until both are asked: an answer may come at once
        askRoot(run, u"/api"_s);
        askRoot(run, u"/apis"_s);
        settle(run);
    });
    return future;
}

void Discovery::askRoot(const std::shared_ptr<Run> &run, const QString &path)
{
    ++run->open;
    const QByteArray etag = m_roots.value(path).etag;
    const QList<QByteArray> headers =
        etag.isEmpty() ? QList<QByteArray>() : QList<QByteArray>{"If-None-Match: " + etag};
    whenAnswered(m_client.getAs(path, acceptAggregated, headers, run->ended.get_token()), this,
                 [this, run, path](const Result<HttpResponse> &answer) { rootAnswered(run, path, answer); });
}

void Discovery::rootAnswered(const std::shared_ptr<Run> &run, const QString &path,
                             const Result<HttpResponse> &answer)
{
    if (run->failure)
        return settle(run);
    if (!answer && answer.error().httpStatus == 304) {
        run->parts[path] = m_roots.value(path).catalog;
    } else if (!answer && answer.error().httpStatus == 404) { // judged when the other has answered, too
        run->unserved.append(path);
        run->notFound = answer.error();
    } else if (!answer) {
        run->fail(answer.error());
    } else if (!aggregatedVersion(answer->contentType).isEmpty()) {
        const Result<ApiCatalog> part = readAggregated(answer->body);
        if (part)
            run->parts[path] = *part;
        else
            run->fail(part.error());
        if (part && !answer->etag.isEmpty())
            m_roots.insert(path, {answer->etag, *part});
    } else if (const Result<QList<LegacyGroup>> groups = readLegacyGroups(answer->body)) {
        askLegacy(run, *groups);
    } else {
        run->fail(groups.error());
    }
    settle(run);
}

void Discovery::askLegacy(const std::shared_ptr<Run> &run, const QList<LegacyGroup> &groups)
{
    for (qsizetype i = 0; i < groups.size(); ++i) {
        const LegacyGroup group = groups[i];
        const QString name =
            group.groupVersion.contains(u'/') ? group.groupVersion.section(u'/', 0, 0) : QString();
        if (!run->onlyGroups.isEmpty() && !run->onlyGroups.contains(name))
            continue;
        ++run->open;
        const QString order = u"%1 %2"_s.arg(group.path.startsWith(u"/apis") ? u"/apis"_s : u"/api"_s)
                                  .arg(i, 4, 10, QLatin1Char('0')); // the server's
        whenAnswered(
            m_client.getAs(group.path, "application/json", {}, run->ended.get_token()), this,
            [this, run, group, order](const Result<HttpResponse> &answer) {
                if (!answer && answer.error().kind == Error::Kind::Cancelled)
                    run->fail(answer.error());
                const auto resources = answer ? readLegacyResources(answer->body)
                                              : Result<QList<ApiResource>>(tl::unexpected(answer.error()));
                ApiCatalog part;
                if (resources)
                    part.resources = *resources;
                else
                    part.failures.append(u"%1: %2"_s.arg(group.groupVersion, resources.error().message));
                run->parts[order] = part;
                settle(run);
            });
    }
}

void Discovery::settle(const std::shared_ptr<Run> &run)
{
    if (--run->open > 0)
        return;
    if (const std::optional<Error> error = run->verdict())
        return run->answer.give(tl::unexpected(*error));
    ApiCatalog all;
    if (!run->unserved.isEmpty())
        all.failures.append(
            u"/api: this server has no core kinds (404), such as pods and services; it may be an aggregated one, or a proxy that hides them"_s);
    for (const ApiCatalog &part : run->parts) {
        all.resources += part.resources;
        all.staleGroups += part.staleGroups;
        all.failures += part.failures;
    }
    for (const QString &stale : all.staleGroups)
        all.failures.append(u"%1: its server does not answer; what is known of it may be old"_s.arg(stale));
    run->answer.give(std::move(all));
}

} // namespace kube
