// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/client.h"

#include "kube/client_call.h"
#include "kube/object_reader.h"
#include "kube/status.h"
#include "kube/transport_error.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPromise>
#include <QUrlQuery>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

constexpr int pageSize = 500;
constexpr int listTimeoutMs = 60'000; // the server's own limit
constexpr qint64 maxRawBytes = 64 * 1024 * 1024;
constexpr qsizetype maxTextMessage = 2048;

// A promise that is always kept: whoever drops it unanswered leaves Cancelled behind.
template<typename T>
class Answer
{
public:
    Answer() { m_promise.start(); }
    ~Answer()
    {
        if (!m_isGiven)
            give(failure(Error::Kind::Cancelled, u"given up: the connection was closed"_s));
    }
    Answer(const Answer &) = delete;
    Answer &operator=(const Answer &) = delete;

    QFuture<Result<T>> future() { return m_promise.future(); }
    void give(Result<T> result)
    {
        m_isGiven = true;
        m_promise.addResult(std::move(result));
        m_promise.finish();
    }

private:
    QPromise<Result<T>> m_promise;
    bool m_isGiven = false;
};

QString withQuery(const QString &path, const QList<QPair<QString, QString>> &items)
{
    QUrlQuery query;
    for (const auto &[name, value] : items)
        query.addQueryItem(name, QString::fromLatin1(QUrl::toPercentEncoding(value)));
    return query.isEmpty() ? path : path + u'?' + query.toString(QUrl::FullyEncoded);
}

HttpRequest writeRequest(const QByteArray &method, const QString &path, const QByteArray &body, const WriteOptions &options,
                         const QByteArray &contentType = "application/json")
{
    QList<QPair<QString, QString>> items {{u"fieldManager"_s, options.fieldManager}, {u"fieldValidation"_s, u"Strict"_s}};
    if (options.dryRun)
        items.append({u"dryRun"_s, u"All"_s});
    HttpRequest request;
    request.method = method;
    request.path = withQuery(path, items);
    request.body = body;
    request.contentType = contentType;
    return request;
}

QByteArray deleteOptions(const WriteOptions &options)
{
    QJsonObject body {{u"kind"_s, u"DeleteOptions"_s}, {u"apiVersion"_s, u"v1"_s}, {u"propagationPolicy"_s, u"Background"_s}};
    QJsonObject preconditions;
    if (!options.uidPrecondition.isEmpty())
        preconditions.insert(u"uid"_s, options.uidPrecondition);
    if (!options.resourceVersionPrecondition.isEmpty())
        preconditions.insert(u"resourceVersion"_s, options.resourceVersionPrecondition);
    if (!preconditions.isEmpty())
        body.insert(u"preconditions"_s, preconditions);
    if (options.dryRun)
        body.insert(u"dryRun"_s, QJsonArray {u"All"_s});
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

HttpRequest listRequest(const QString &path, const QString &continueToken, int limit)
{
    QList<QPair<QString, QString>> items;
    if (limit > 0)
        items.append({u"limit"_s, QString::number(limit)});
    if (!continueToken.isEmpty())
        items.append({u"continue"_s, continueToken});
    HttpRequest request;
    request.path = withQuery(path, items);
    request.timeoutMs = listTimeoutMs;
    return request;
}

// All pages of one list.  A page that has expired (410) starts the whole list once more, in one piece (facts kube-client.md §1.4).
class Listing : public std::enable_shared_from_this<Listing>
{
public:
    Listing(Client &client, ResourceType type, const QString &nameSpace, std::stop_token stop)
        : m_client(client)
        , m_type(std::move(type))
        , m_path(m_type.path(nameSpace))
        , m_stop(std::move(stop))
    {
    }

    QFuture<Result<ObjectList>> future() { return m_answer.future(); }

    void ask(const QString &continueToken, int limit)
    {
        const bool isFirst = continueToken.isEmpty();
        auto done = [self = shared_from_this(), isFirst](const Result<HttpResponse> &answer) { self->answered(answer, isFirst); };
        new ClientCall(m_client.transport(), listRequest(m_path, continueToken, limit), m_stop, std::move(done), &m_client);
    }

private:
    void answered(const Result<HttpResponse> &answer, bool isFirst)
    {
        if (!answer && answer.error().kind == Error::Kind::Expired && !isFirst) {
            m_list = {};
            return ask({}, 0);
        }
        Result<ListPage> page = answer ? readList(m_type, answer->body) : tl::unexpected(answer.error());
        if (!page)
            return m_answer.give(tl::unexpected(page.error()));
        if (isFirst)
            m_list.resourceVersion = page->resourceVersion;
        m_list.items.append(std::move(page->items));
        if (!page->continueToken.isEmpty())
            return ask(page->continueToken, pageSize);
        m_answer.give(std::move(m_list));
    }

    Client &m_client;
    ResourceType m_type;
    QString m_path;
    std::stop_token m_stop;
    ObjectList m_list;
    Answer<ObjectList> m_answer;
};

QString readableText(const HttpResponse &response)
{
    const QJsonObject json = QJsonDocument::fromJson(response.body).object();
    if (json[u"error"].isString()) // Prometheus and many others
        return json[u"error"].toString();
    const bool isText = response.contentType.startsWith("text/plain") || response.contentType.isEmpty();
    const QByteArray text = response.body.trimmed();
    if (isText && !text.isEmpty() && text.size() <= maxTextMessage && !text.startsWith('<'))
        return QString::fromUtf8(text);
    return u"the answer was no message of an API server (%1); something between may have answered in its place"_s
        .arg(response.contentType.isEmpty() ? u"no content type"_s : QString::fromLatin1(response.contentType));
}

} // namespace

Client::Client(Transport &transport, QObject *parent)
    : QObject(parent)
    , m_transport(transport)
{
}

template<typename T>
QFuture<Result<T>> Client::run(HttpRequest request, std::stop_token stop, Read<T> read)
{
    auto answer = std::make_shared<Answer<T>>();
    QFuture<Result<T>> future = answer->future();
    auto done = [answer, read = std::move(read)](const Result<HttpResponse> &response) {
        answer->give(response ? read(*response) : tl::unexpected(response.error()));
    };
    QMetaObject::invokeMethod(this, [this, request = std::move(request), stop = std::move(stop), done = std::move(done)] {
        new ClientCall(m_transport, request, stop, done, this);
    });
    return future;
}

QFuture<Result<ServerVersion>> Client::version(std::stop_token stop)
{
    HttpRequest request;
    request.path = u"/version"_s;
    QElapsedTimer clock;
    clock.start();
    return run<ServerVersion>(std::move(request), std::move(stop), [clock](const HttpResponse &response) -> Result<ServerVersion> {
        const QString version = QJsonDocument::fromJson(response.body).object()[u"gitVersion"].toString();
        if (version.isEmpty())
            return failure(Error::Kind::Protocol, u"GET /version: the answer names no version; is this the address of a Kubernetes API server?"_s);
        return ServerVersion {version, int(clock.elapsed())};
    });
}

QFuture<Result<Object>> Client::get(ResourceType type, QString nameSpace, QString name, std::stop_token stop)
{
    HttpRequest request;
    request.path = type.path(nameSpace, name);
    return run<Object>(std::move(request), std::move(stop), [type](const HttpResponse &response) { return readObject(type, response.body); });
}

QFuture<Result<ObjectList>> Client::list(ResourceType type, QString nameSpace, std::stop_token stop)
{
    auto listing = std::make_shared<Listing>(*this, std::move(type), nameSpace, std::move(stop));
    QFuture<Result<ObjectList>> future = listing->future();
    QMetaObject::invokeMethod(this, [listing] { listing->ask({}, pageSize); });
    return future;
}

QFuture<Result<Object>> Client::create(ResourceType type, QString nameSpace, QByteArray json, WriteOptions options, std::stop_token stop)
{
    HttpRequest request = writeRequest("POST", type.path(nameSpace), json, options);
    return run<Object>(std::move(request), std::move(stop), [type](const HttpResponse &response) { return readObject(type, response.body); });
}

QFuture<Result<Object>> Client::replace(ResourceType type, QString nameSpace, QString name, QByteArray json, WriteOptions options, std::stop_token stop)
{
    HttpRequest request = writeRequest("PUT", type.path(nameSpace, name), json, options);
    return run<Object>(std::move(request), std::move(stop), [type](const HttpResponse &response) { return readObject(type, response.body); });
}

QFuture<Result<Object>> Client::mergePatch(ResourceType type, QString nameSpace, QString name, QByteArray patch, WriteOptions options, std::stop_token stop)
{
    HttpRequest request = writeRequest("PATCH", type.path(nameSpace, name), patch, options, "application/merge-patch+json");
    return run<Object>(std::move(request), std::move(stop), [type](const HttpResponse &response) { return readObject(type, response.body); });
}

QFuture<Result<Object>> Client::jsonPatch(ResourceType type, QString nameSpace, QString name, QByteArray operations, WriteOptions options, std::stop_token stop)
{
    HttpRequest request = writeRequest("PATCH", type.path(nameSpace, name), operations, options, "application/json-patch+json");
    return run<Object>(std::move(request), std::move(stop), [type](const HttpResponse &response) { return readObject(type, response.body); });
}

QFuture<Result<void>> Client::remove(ResourceType type, QString nameSpace, QString name, WriteOptions options, std::stop_token stop)
{
    HttpRequest request;
    request.method = "DELETE";
    request.path = type.path(nameSpace, name);
    if (options.dryRun)
        request.path += u"?dryRun=All"_s;
    request.body = deleteOptions(options);
    return run<void>(std::move(request), std::move(stop), [](const HttpResponse &) { return Result<void>(); });
}

QFuture<Result<HttpResponse>> Client::rawGet(QString path, std::stop_token stop)
{
    HttpRequest request;
    request.path = std::move(path);
    request.accept = "application/json, */*";
    request.maxBodyBytes = maxRawBytes;
    return run<HttpResponse>(std::move(request), std::move(stop), [](const HttpResponse &response) { return Result<HttpResponse>(response); });
}

Error errorFromResponse(const HttpResponse &response, const QString &where)
{
    Error error;
    if (const std::optional<Error> status = errorFromStatus(response.body, where)) {
        error = *status;
    } else {
        error.message = u"%1: HTTP %2: %3"_s.arg(where, QString::number(response.status), readableText(response));
    }
    error.kind = kindOfHttpStatus(response.status);
    error.httpStatus = response.status;
    if (response.retryAfterSeconds > 0)
        error.retryAfterSeconds = response.retryAfterSeconds;
    return error;
}

Error errorFromResponse(const HttpResponse &response, const QString &where, const Connection &connection)
{
    Error error = errorFromResponse(response, where);
    if (error.kind != Error::Kind::Unauthorized)
        return error;
    const QString note = clientCertificateNote(connection, QDateTime::currentDateTimeUtc());
    error.message += note.isEmpty() ? u"; the server does not accept the credentials of user “%1”: sign in again or renew them in %2"_s.arg(connection.user, connection.file)
                                    : note;
    return error;
}

QString serviceProxyPath(const QString &nameSpace, const QString &service, const QString &port, const QString &path)
{
    const QString target = port.isEmpty() ? service : QString(service + u':' + port);
    const QString rest = path.startsWith(u'/') ? path : QString(u'/' + path);
    return u"/api/v1/namespaces/%1/services/%2/proxy%3"_s.arg(nameSpace, target, rest);
}

} // namespace kube
