// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The verbs of the Kubernetes API on one cluster.  Callable from any thread: the work is done on the cluster thread (the one this
// object lives in); the future is finished there, so use .then(context, …).  Stopping the token aborts the transfer.
// Non-2xx answers become Errors made from the server's Status.  Writes are never repeated.  Retries: 429 and 5xx with Retry-After only.
#include "kube/object.h"
#include "kube/resource_type.h"
#include "kube/transport.h"

#include <QFuture>

#include <stop_token>

namespace kube {

struct ObjectList
{
    QList<Object> items;
    QString resourceVersion;
};

struct WriteOptions
{
    bool dryRun = false;
    QString fieldManager = QStringLiteral("sallyport");
    QString uidPrecondition, resourceVersionPrecondition; // remove only: another object, or another state of it, is a 409
};

struct ServerVersion
{
    QString gitVersion;
    int roundTripMs = 0;
};

class Client : public QObject
{
    Q_OBJECT
public:
    explicit Client(Transport &transport, QObject *parent = nullptr); // both live on the cluster thread

    QFuture<Result<ServerVersion>> version(std::stop_token stop = {});
    QFuture<Result<Object>> get(ResourceType type, QString nameSpace, QString name, std::stop_token stop = {});
    QFuture<Result<ObjectList>> list(ResourceType type, QString nameSpace = {}, std::stop_token stop = {}); // paged by 500
    QFuture<Result<Object>> create(ResourceType type, QString nameSpace, QByteArray json, WriteOptions options = {}, std::stop_token stop = {});
    QFuture<Result<Object>> replace(ResourceType type, QString nameSpace, QString name, QByteArray json, WriteOptions options = {}, std::stop_token stop = {});
    QFuture<Result<Object>> mergePatch(ResourceType type, QString nameSpace, QString name, QByteArray patch, WriteOptions options = {}, std::stop_token stop = {});
    // RFC 6902.  A failed `test` is Error::Invalid, and nothing is changed.
    QFuture<Result<Object>> jsonPatch(ResourceType type, QString nameSpace, QString name, QByteArray operations, WriteOptions options = {}, std::stop_token stop = {});
    QFuture<Result<void>> remove(ResourceType type, QString nameSpace, QString name, WriteOptions options = {}, std::stop_token stop = {});
    // Any GET below the server: service proxies, /apis, /healthz.  At most 64 MiB, as sent: nothing is stripped from a Secret here.
    QFuture<Result<HttpResponse>> rawGet(QString path, std::stop_token stop = {});

    Transport &transport() { return m_transport; }

private:
    template<typename T>
    using Read = std::function<Result<T>(const HttpResponse &)>;
    template<typename T>
    QFuture<Result<T>> run(HttpRequest request, std::stop_token stop, Read<T> read);

    Transport &m_transport;
};

// Status JSON (or whatever came instead) → Error with a readable message.  where: "GET /api/v1/pods".
Error errorFromResponse(const HttpResponse &response, const QString &where);
// The same, with what to do about a 401 over this connection.
Error errorFromResponse(const HttpResponse &response, const QString &where, const Connection &connection);
// .../services/[scheme:]name[:port]/proxy/path
QString serviceProxyPath(const QString &nameSpace, const QString &service, const QString &port, const QString &path);

} // namespace kube
