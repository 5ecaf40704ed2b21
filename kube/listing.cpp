// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/listing.h"

#include "kube/client_call.h"
#include "kube/wipe.h"

#include <QUrlQuery>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

constexpr int listTimeoutMs = 60'000; // the server's own limit

} // namespace

QString withQuery(const QString &path, const QList<QPair<QString, QString>> &items)
{
    QUrlQuery query;
    for (const auto &[name, value] : items)
        query.addQueryItem(name, QString::fromLatin1(QUrl::toPercentEncoding(value)));
    return query.isEmpty() ? path : path + u'?' + query.toString(QUrl::FullyEncoded);
}

Listing::Listing(Client &client, ResourceType type, const QString &nameSpace, ListOptions options,
                 std::stop_token stop)
    : m_client(client)
    , m_type(std::move(type))
    , m_path(m_type.path(nameSpace))
    , m_options(std::move(options))
    , m_stop(std::move(stop))
{
}

void Listing::ask(const QString &continueToken, int limit)
{
    QList<QPair<QString, QString>> items;
    if (limit > 0)
        items.append({u"limit"_s, QString::number(limit)});
    if (!continueToken.isEmpty())
        items.append({u"continue"_s, continueToken});
    if (!m_options.labelSelector.isEmpty())
        items.append({u"labelSelector"_s, m_options.labelSelector});
    if (!m_options.fieldSelector.isEmpty())
        items.append({u"fieldSelector"_s, m_options.fieldSelector});
    HttpRequest request;
    request.path = withQuery(m_path, items);
    request.timeoutMs = listTimeoutMs;
    if (m_options.asTable)
        request.accept = acceptTable;
    request.isSecret = mayHoldSecrets(request.path);
    const bool isFirst = continueToken.isEmpty();
    auto done = [self = shared_from_this(), isFirst](const Result<HttpResponse> &answer) {
        self->answered(answer, isFirst);
    };
    auto *call = new ClientCall(m_client.transport(), request, m_stop, std::move(done), &m_client);
    call->onWait([client = &m_client](const Error &why, int seconds) {
        Q_EMIT client->waiting(why.message, seconds);
    });
}

Result<ListPage> Listing::readPage(const QByteArray &body)
{
    if (!m_options.asTable)
        return readList(m_type, body);
    const Result<Table> table = readTableOrObjects(m_type, body, QDateTime::currentDateTimeUtc());
    if (!table)
        return tl::unexpected(table.error());
    if (m_list.columns.isEmpty())
        m_list.columns = table->columns;
    return pageOf(*table);
}

void Listing::answered(const Result<HttpResponse> &answer, bool isFirst)
{
    if (!answer && answer.error().kind == Error::Kind::Expired && !isFirst) {
        m_list = {};
        return ask({}, 0);
    }
    Result<ListPage> page = answer ? readPage(answer->body) : tl::unexpected(answer.error());
    if (answer && mayHoldSecrets(m_path))
        wipe(answer->body);
    if (!page)
        return m_answer.give(tl::unexpected(page.error()));
    if (isFirst)
        m_list.resourceVersion = page->resourceVersion;
    m_list.items.append(std::move(page->items));
    if (m_options.onProgress)
        m_options.onProgress(m_list.items.size(), page->remaining);
    if (!page->continueToken.isEmpty())
        return ask(page->continueToken, PageSize);
    m_answer.give(std::move(m_list));
}

} // namespace kube
