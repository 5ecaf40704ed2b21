// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/client.h"

#include "kube/access.h"
#include "kube/answer.h"
#include "kube/client_apply.h"
#include "kube/client_call.h"
#include "kube/discovery.h"
#include "kube/listing.h"
#include "kube/object_reader.h"
#include "kube/read_only.h"
#include "kube/status.h"
#include "kube/transport_error.h"
#include "kube/url_text.h"
#include "kube/wipe.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPromise>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

constexpr qint64 maxRawBytes = 64 * 1024 * 1024;
constexpr qsizetype maxTextMessage = 2048;

QString wordOf(FieldValidation validation)
{
    switch (validation) {
    case FieldValidation::Strict: return u"Strict"_s;
    case FieldValidation::Warn: return u"Warn"_s;
    case FieldValidation::Ignore: break;
    }
    return u"Ignore"_s;
}

QByteArray deleteOptions(const WriteOptions &options)
{
    QJsonObject body{{u"kind"_s, u"DeleteOptions"_s},
                     {u"apiVersion"_s, u"v1"_s},
                     {u"propagationPolicy"_s, options.propagation}};
    if (options.gracePeriodSeconds >= 0)
        body.insert(u"gracePeriodSeconds"_s, options.gracePeriodSeconds);
    QJsonObject preconditions;
    if (!options.uidPrecondition.isEmpty())
        preconditions.insert(u"uid"_s, options.uidPrecondition);
    if (!options.resourceVersionPrecondition.isEmpty())
        preconditions.insert(u"resourceVersion"_s, options.resourceVersionPrecondition);
    if (!preconditions.isEmpty())
        body.insert(u"preconditions"_s, preconditions);
    if (options.dryRun)
        body.insert(u"dryRun"_s, QJsonArray{u"All"_s});
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

QByteArray contentTypeOf(PatchType how)
{
    switch (how) {
    case PatchType::Json: return "application/json-patch+json";
    case PatchType::Merge: return "application/merge-patch+json";
    case PatchType::Strategic: break;
    }
    return "application/strategic-merge-patch+json";
}

template<typename T>
QFuture<Result<T>> finished(const Error &error)
{
    QPromise<Result<T>> promise;
    promise.start();
    promise.addResult(Result<T>(tl::unexpected(error)));
    promise.finish();
    return promise.future();
}

std::optional<Error> refusedByMode(const HttpRequest &request, const WriteOptions &options,
                                   const Connection &connection, WriteMode mode)
{
    const bool isAllowed =
        mode == WriteMode::Normal || options.dryRun || (mode == WriteMode::Confirm && options.isConfirmed);
    if (isAllowed)
        return std::nullopt;
    const QString what = QString::fromLatin1(request.method) + u' ' + request.path.section(u'?', 0, 0);
    const QString why = mode == WriteMode::ReadOnly
        ? readOnlyText(connection.context)
        : u"context “%1” wants every change confirmed, and this one was not"_s.arg(connection.context);
    return failure(Error::Kind::Forbidden, u"%1 was not sent: %2"_s.arg(what, why)).value();
}

// "" or why a refusal is no wonder.
QString anonymousNote(const Connection &connection)
{
    const bool hasCredentials = !connection.token.isEmpty() || !connection.tokenFile.isEmpty()
        || !connection.basic.isEmpty() || !connection.clientCertificate.isEmpty()
        || !connection.certificateFile.isEmpty() || connection.exec || connection.oidc;
    if (hasCredentials || connection.context.isEmpty())
        return {};
    const QString context = u"; it was asked without credentials: context “%1” in %2 names "_s.arg(
        connection.context, connection.file);
    return context
        + (connection.user.isEmpty()
               ? u"no user; set one by kubectl config set-context --user"_s
               : u"the user “%1”, who is nowhere or has none; correct the name, or add them by kubectl config set-credentials"_s
                     .arg(connection.user));
}

// Without TLS a proxy's own word stands where the server's would; which says what it refuses by a Status.
bool isOfProxy(const HttpResponse &response, const QString &where, const Connection &connection)
{
    const bool isRefusal = response.status == 403 || (response.status >= 502 && response.status <= 504);
    return isRefusal && !connection.proxyUrl.isEmpty() && connection.server.scheme() == u"http"
        && !where.contains(u"/proxy/"_s) && !errorFromStatus(response.body, where);
}

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
        .arg(response.contentType.isEmpty() ? u"no content type"_s
                                            : QString::fromLatin1(response.contentType));
}

} // namespace

Client::Client(Transport &transport, QObject *parent)
    : QObject(parent)
    , m_transport(transport)
    , m_mode(transport.connection().mode)
    , m_access(new Access(*this, this))
    , m_discovery(new Discovery(*this, this))
{
    connect(&m_transport, &Transport::warned, this, &Client::warned);
}

// Curl repeats a request by itself if a connection that it had kept turns out to be dead; a write may have been done by then.
// On a connection of its own it is sent once.
HttpRequest Client::writeRequest(const QByteArray &method, const QString &path, const QByteArray &body,
                                 const WriteOptions &options, const QByteArray &contentType) const
{
    QList<QPair<QString, QString>> items{{u"fieldManager"_s, options.fieldManager},
                                         {u"fieldValidation"_s, wordOf(m_fieldValidation)}};
    if (options.dryRun)
        items.append({u"dryRun"_s, u"All"_s});
    HttpRequest request;
    request.method = method;
    request.path = withQuery(path, items);
    request.body = body;
    request.contentType = contentType;
    request.ownConnection = true;
    return request;
}

template<typename T>
QFuture<Result<T>> Client::run(HttpRequest request, std::stop_token stop, Read<T> read)
{
    auto answer = std::make_shared<Answer<T>>();
    QFuture<Result<T>> future = answer->future();
    request.isSecret = mayHoldSecrets(request.path);
    auto done = [answer, isSecret = request.isSecret,
                 read = std::move(read)](const Result<HttpResponse> &response) {
        answer->give(response ? read(*response) : tl::unexpected(response.error()));
        if constexpr (!std::is_same_v<T, HttpResponse>) { // which is what its asker wanted
            if (isSecret && response)
                wipe(response->body);
        }
    };
    QMetaObject::invokeMethod(
        this, [this, request = std::move(request), stop = std::move(stop), done = std::move(done)] {
            auto *call = new ClientCall(m_transport, request, stop, done, this);
            call->onWait([this](const Error &why, int seconds) { Q_EMIT waiting(why.message, seconds); });
        });
    return future;
}

template<typename T>
QFuture<Result<T>> Client::write(HttpRequest request, const WriteOptions &options, std::stop_token stop,
                                 Read<T> read)
{
    if (const std::optional<Error> refused =
            refusedByMode(request, options, m_transport.connection(), m_mode))
        return finished<T>(*refused);
    return run<T>(std::move(request), std::move(stop), std::move(read));
}

namespace {

// The answer was made about half a round trip ago, and its date is cut to the second.
std::optional<qint64> clockAhead(const QDateTime &date, qint64 roundTripMs)
{
    constexpr qint64 half = 500;
    if (!date.isValid())
        return {};
    const qint64 ahead =
        date.toMSecsSinceEpoch() + half - (QDateTime::currentMSecsSinceEpoch() - roundTripMs / 2);
    return qRound64(double(ahead) / 1000);
}

} // namespace

QFuture<Result<ServerVersion>> Client::version(std::stop_token stop)
{
    HttpRequest request;
    request.path = u"/version"_s;
    QElapsedTimer clock;
    clock.start();
    return run<ServerVersion>(
        std::move(request), std::move(stop), [clock](const HttpResponse &response) -> Result<ServerVersion> {
            const QString version = QJsonDocument::fromJson(response.body).object()[u"gitVersion"].toString();
            if (version.isEmpty())
                return failure(
                    Error::Kind::Protocol,
                    u"GET /version: the answer names no version; is this the address of a Kubernetes API server?"_s);
            return ServerVersion{version, int(clock.elapsed()), clockAhead(response.date, clock.elapsed())};
        });
}

QFuture<Result<Object>> Client::get(ResourceType type, QString nameSpace, QString name, std::stop_token stop)
{
    HttpRequest request;
    request.path = type.objectPath(nameSpace, name);
    return run<Object>(std::move(request), std::move(stop),
                       [type](const HttpResponse &response) { return readObject(type, response.body); });
}

QFuture<Result<ObjectList>> Client::list(ResourceType type, QString nameSpace, std::stop_token stop)
{
    return list(std::move(type), std::move(nameSpace), ListOptions{}, std::move(stop));
}

QFuture<Result<ObjectList>> Client::list(ResourceType type, QString nameSpace, ListOptions options,
                                         std::stop_token stop)
{
    auto listing =
        std::make_shared<Listing>(*this, std::move(type), nameSpace, std::move(options), std::move(stop));
    QFuture<Result<ObjectList>> future = listing->future();
    QMetaObject::invokeMethod(this, [listing] { listing->start(); });
    return future;
}

QFuture<Result<Object>> Client::create(ResourceType type, QString nameSpace, QByteArray json,
                                       WriteOptions options, std::stop_token stop)
{
    HttpRequest request = writeRequest("POST", type.path(nameSpace), json, options);
    return write<Object>(std::move(request), options, std::move(stop),
                         [type](const HttpResponse &response) { return readObject(type, response.body); });
}

QFuture<Result<Object>> Client::replace(ResourceType type, QString nameSpace, QString name, QByteArray json,
                                        WriteOptions options, std::stop_token stop)
{
    HttpRequest request = writeRequest("PUT", type.objectPath(nameSpace, name), json, options);
    return write<Object>(std::move(request), options, std::move(stop),
                         [type](const HttpResponse &response) { return readObject(type, response.body); });
}

QFuture<Result<Object>> Client::mergePatch(ResourceType type, QString nameSpace, QString name,
                                           QByteArray body, WriteOptions options, std::stop_token stop)
{
    return patch(PatchType::Merge, std::move(type), std::move(nameSpace), std::move(name), std::move(body),
                 std::move(options), std::move(stop));
}

QFuture<Result<Object>> Client::jsonPatch(ResourceType type, QString nameSpace, QString name,
                                          QByteArray operations, WriteOptions options, std::stop_token stop)
{
    return patch(PatchType::Json, std::move(type), std::move(nameSpace), std::move(name),
                 std::move(operations), std::move(options), std::move(stop));
}

QFuture<Result<Object>> Client::patch(PatchType how, ResourceType type, QString nameSpace, QString name,
                                      QByteArray body, WriteOptions options, std::stop_token stop)
{
    HttpRequest request =
        writeRequest("PATCH", type.objectPath(nameSpace, name), body, options, contentTypeOf(how));
    return write<Object>(std::move(request), options, std::move(stop),
                         [type](const HttpResponse &response) { return readObject(type, response.body); });
}

QFuture<Result<Object>> Client::apply(ResourceType type, QString nameSpace, QString name, QByteArray object,
                                      WriteOptions options, std::stop_token stop)
{
    HttpRequest request =
        writeRequest("PATCH", type.objectPath(nameSpace, name), object, options, "application/apply-patch+yaml");
    request.path += options.force ? u"&force=true"_s : u"&force=false"_s;
    const auto read = [type](const HttpResponse &response) { return readObject(type, response.body); };
    auto answer = std::make_shared<Answer<Object>>();
    const auto unlessUnknown = [this, answer, type, nameSpace, name, object, options,
                                stop](const Result<Object> &applied) {
        if (applied || applied.error().httpStatus != 415)
            return answer->give(applied);
        whenAnswered(applyByClient(*this, {type, nameSpace, name}, object, options, stop), this,
                     [answer](const Result<Object> &done) { answer->give(done); });
    };
    QFuture<Result<Object>> future = answer->future();
    whenAnswered(write<Object>(std::move(request), options, stop, read), this, unlessUnknown);
    return future;
}

QFuture<Result<void>> Client::remove(ResourceType type, QString nameSpace, QString name, WriteOptions options,
                                     std::stop_token stop)
{
    HttpRequest request;
    request.method = "DELETE";
    request.path = type.objectPath(nameSpace, name);
    if (options.dryRun)
        request.path += u"?dryRun=All"_s;
    request.body = deleteOptions(options);
    request.ownConnection = true;
    return write<void>(std::move(request), options, std::move(stop),
                       [](const HttpResponse &) { return Result<void>(); });
}

QFuture<Result<HttpResponse>> Client::rawWrite(QByteArray method, QString path, WriteOptions options,
                                               std::stop_token stop)
{
    HttpRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.ownConnection = true;
    options.dryRun = false; // nothing would tell the server
    return write<HttpResponse>(std::move(request), options, std::move(stop),
                               [](const HttpResponse &response) { return Result<HttpResponse>(response); });
}

QFuture<Result<HttpResponse>> Client::ask(QString path, QByteArray json, std::stop_token stop)
{
    HttpRequest request;
    request.method = "POST";
    request.path = std::move(path);
    request.body = std::move(json);
    request.isQuestion = true;
    return run<HttpResponse>(std::move(request), std::move(stop),
                             [](const HttpResponse &response) { return Result<HttpResponse>(response); });
}

QFuture<Result<HttpResponse>> Client::getAs(QString path, QByteArray accept, QList<QByteArray> headers,
                                            std::stop_token stop)
{
    HttpRequest request;
    request.path = std::move(path);
    request.accept = std::move(accept);
    request.headers = std::move(headers);
    request.maxBodyBytes = maxRawBytes;
    return run<HttpResponse>(std::move(request), std::move(stop),
                             [](const HttpResponse &response) { return Result<HttpResponse>(response); });
}

QFuture<Result<HttpResponse>> Client::rawGet(QString path, std::stop_token stop)
{
    HttpRequest request;
    request.path = std::move(path);
    request.accept = "application/json, */*";
    request.maxBodyBytes = maxRawBytes;
    return run<HttpResponse>(std::move(request), std::move(stop),
                             [](const HttpResponse &response) { return Result<HttpResponse>(response); });
}

Error errorFromResponse(const HttpResponse &response, const QString &where)
{
    Error error;
    if (const std::optional<Error> status = errorFromStatus(response.body, where)) {
        error = *status;
    } else {
        error.message =
            u"%1: HTTP %2: %3"_s.arg(where, QString::number(response.status), readableText(response));
    }
    error.kind = kindOfHttpStatus(response.status);
    error.httpStatus = response.status;
    // Server-side apply calls an object that does not fit its schema an inner error (facts real-components.md §6).
    if (response.status == 500 && error.reason.isEmpty()
        && error.message.contains(u"failed to create typed patch object"))
        error.kind = Error::Kind::Invalid;
    if (response.retryAfterSeconds > 0)
        error.retryAfterSeconds = response.retryAfterSeconds;
    return error;
}

namespace {

// Where whoever is refused by a 401 gets other credentials.
QString renewalOf(const Connection &connection)
{
    const QString user = connection.userEntry();
    if (connection.exec)
        return u"sign in again with %1, the program that %2 gets them from"_s.arg(connection.exec->command,
                                                                                  user);
    if (!connection.tokenFile.isEmpty())
        return u"renew the token in %1, the tokenFile of %2"_s.arg(connection.tokenFile, user);
    if (!connection.certificateFile.isEmpty() && connection.token.isEmpty() && connection.basic.isEmpty())
        return u"renew the client certificate in %1, which %2 names"_s.arg(connection.certificateFile, user);
    return u"sign in again or renew them in "_s + connection.fileOfUser();
}

// What an answer says that no API server gives, or none at this address.
QString addressNote(const HttpResponse &response, const QString &where, const Connection &connection)
{
    if (response.status == 400 && connection.server.scheme() == "http"_L1
        && response.body.contains("HTTP request to an HTTPS server"))
        return u"; that port speaks TLS: write https:// in the server of "_s + connection.clusterEntry();
    if (response.status == 404 && where == "GET /version"_L1 && !response.body.contains("\"Status\""))
        return u"; every API server has that, so %1 is not the address of one: check its path in the server of %2"_s
            .arg(withoutUserInfo(connection.server.toString()), connection.clusterEntry());
    return {};
}

} // namespace

Error errorFromResponse(const HttpResponse &response, const QString &where, const Connection &connection)
{
    Error error = errorFromResponse(response, where);
    if (response.status == 407) { // a plain server's answers come through the proxy, and this one is its own
        error.kind = Error::Kind::Config;
        error.message =
            u"%1: the proxy %2 asks for a user name and password (HTTP 407): http://USER:PASSWORD@HOST:PORT; check %3"_s
                .arg(where, withoutUserInfo(connection.proxyUrl), proxyEntry(connection));
        error.reason = proxyRefused;
        return error;
    }
    if (isOfProxy(response, where, connection))
        return errorFromProxy(response.status, where, connection);
    error.message += addressNote(response, where, connection);
    const bool isRefused = error.kind == Error::Kind::Forbidden || error.kind == Error::Kind::Unauthorized;
    if (const QString nobody = anonymousNote(connection); isRefused && !nobody.isEmpty()) {
        error.message += nobody;
        return error;
    }
    if (error.kind == Error::Kind::Forbidden)
        error.message += u"; ask whoever manages this cluster for that right, or use another context"_s;
    if (error.kind != Error::Kind::Unauthorized)
        return error;
    const QString note = clientCertificateNote(connection, QDateTime::currentDateTimeUtc());
    error.message += note.isEmpty()
        ? u"; %1 does not accept the credentials of user “%2” (context “%3”): %4"_s.arg(
            connection.server.toString(), connection.user, connection.context, renewalOf(connection))
        : note;
    return error;
}

QList<FieldConflict> fieldConflicts(const Error &error)
{
    static const QRegularExpression owner(u"conflict with \"([^\"]*)\""_s);
    QList<FieldConflict> conflicts;
    for (const StatusCause &cause : error.causes) {
        if (cause.reason == u"FieldManagerConflict")
            conflicts.append({cause.field, owner.match(cause.message).captured(1), cause.message});
    }
    return conflicts;
}

QString serviceProxyPath(const QString &nameSpace, const QString &service, const QString &port,
                         const QString &path)
{
    const QString target = port.isEmpty() ? service : QString(service + u':' + port);
    const QString rest = path.startsWith(u'/') ? path : QString(u'/' + path);
    return u"/api/v1/namespaces/%1/services/%2/proxy%3"_s.arg(nameSpace, target, rest);
}

} // namespace kube
