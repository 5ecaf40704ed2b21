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
    std::stop_token stop;
    QStringList onlyGroups;
    Answer<ApiCatalog> answer;
    QMap<QString, ApiCatalog> parts; // by path, which gives the core first
    std::optional<Error> failure;    // of a root: then there is no catalog
    int open = 0;
};

Discovery::Discovery(Client &client, QObject *parent)
    : QObject(parent)
    , m_client(client)
{
}

QFuture<Result<ApiCatalog>> Discovery::fetch(std::stop_token stop, const QStringList &onlyGroups)
{
    auto run = std::make_shared<Run>();
    run->stop = std::move(stop);
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
    whenAnswered(m_client.getAs(path, acceptAggregated, headers, run->stop), this,
                 [this, run, path](const Result<HttpResponse> &answer) { rootAnswered(run, path, answer); });
}

void Discovery::rootAnswered(const std::shared_ptr<Run> &run, const QString &path,
                             const Result<HttpResponse> &answer)
{
    if (!answer && answer.error().httpStatus == 304) {
        run->parts[path] = m_roots.value(path).catalog;
    } else if (!answer) {
        run->failure = answer.error();
    } else if (!aggregatedVersion(answer->contentType).isEmpty()) {
        const Result<ApiCatalog> part = readAggregated(answer->body);
        if (part)
            run->parts[path] = *part;
        else
            run->failure = part.error();
        if (part && !answer->etag.isEmpty())
            m_roots.insert(path, {answer->etag, *part});
    } else if (const Result<QList<LegacyGroup>> groups = readLegacyGroups(answer->body)) {
        askLegacy(run, *groups);
    } else {
        run->failure = groups.error();
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
            m_client.getAs(group.path, "application/json", {}, run->stop), this,
            [this, run, group, order](const Result<HttpResponse> &answer) {
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
    if (run->failure)
        return run->answer.give(tl::unexpected(*run->failure));
    ApiCatalog all;
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
