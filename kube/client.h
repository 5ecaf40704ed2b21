// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The verbs of the Kubernetes API on one cluster.  Callable from any thread: the work is done on the cluster thread (the one this
// object lives in); the future is finished there, so use .then(context, …).  Stopping the token aborts the transfer.
// Non-2xx answers become Errors made from the server's Status.  Retries: client_call.h.  At most 50 requests a second, 300 at once,
// with all others on this transport.
// The connection's mode is enforced here: dry runs are sent in every mode; ReadOnly sends no other write, Confirm those that
// say that they were confirmed; anything else is Forbidden before it leaves this machine.
#include "kube/object.h"
#include "kube/resource_type.h"
#include "kube/table.h"
#include "kube/transport.h"

#include <QFuture>

#include <atomic>
#include <optional>
#include <stop_token>

namespace kube {

class Access;
class Discovery;

struct ObjectList
{
    QList<Object> items;
    QString resourceVersion;
    QList<TableColumn> columns =
        {}; // of a list that was asked for as a table: then each object has its cells
};

struct ListOptions
{
    QString labelSelector = {}, fieldSelector = {};
    std::function<void(qsizetype soFar, qint64 remaining)> onProgress =
        {}; // after each page; -1: the server does not say
    bool asTable =
        false; // as kubectl get shows them (table.h): of each object only its metadata, and its cells
};

enum class PatchType {
    Json,
    Merge,
    Strategic
}; // Strategic: built-in kinds only, a custom resource answers 415

// What the server does about fields that it does not know, or that stand twice: refuses the write, warns, or leaves them out without
// a word.  Servers before 1.25 know the last alone.
enum class FieldValidation { Strict, Warn, Ignore };

struct WriteOptions
{
    bool dryRun = false;
    bool isConfirmed = false; // the user has seen and confirmed just this
    bool force = false;       // apply: take over fields that others own
    QString fieldManager = QStringLiteral("sallyport");
    QString propagation = QStringLiteral("Background"); // remove: Background, Foreground, Orphan
    int gracePeriodSeconds = -1;                        // remove; -1: the kind's own
    QString uidPrecondition,
        resourceVersionPrecondition; // remove only: another object, or another state of it, is a 409
};

struct ServerVersion
{
    QString gitVersion;
    int roundTripMs = 0;
    // The server's clock less this machine's, to about a second; absent: the answer had no date.
    std::optional<qint64> clockAheadSeconds = {};
};

class Client : public QObject
{
    Q_OBJECT
public:
    explicit Client(Transport &transport, QObject *parent = nullptr); // both live on the cluster thread

    QFuture<Result<ServerVersion>> version(std::stop_token stop = {});
    QFuture<Result<Object>> get(ResourceType type, QString nameSpace, QString name,
                                std::stop_token stop = {});
    QFuture<Result<ObjectList>> list(ResourceType type, QString nameSpace = {},
                                     std::stop_token stop = {}); // paged by 500
    QFuture<Result<ObjectList>> list(ResourceType type, QString nameSpace, ListOptions options,
                                     std::stop_token stop = {});
    QFuture<Result<Object>> create(ResourceType type, QString nameSpace, QByteArray json,
                                   WriteOptions options = {}, std::stop_token stop = {});
    QFuture<Result<Object>> replace(ResourceType type, QString nameSpace, QString name, QByteArray json,
                                    WriteOptions options = {}, std::stop_token stop = {});
    QFuture<Result<Object>> mergePatch(ResourceType type, QString nameSpace, QString name, QByteArray patch,
                                       WriteOptions options = {}, std::stop_token stop = {});
    // RFC 6902.  A failed `test` is Error::Invalid, and nothing is changed.
    QFuture<Result<Object>> jsonPatch(ResourceType type, QString nameSpace, QString name,
                                      QByteArray operations, WriteOptions options = {},
                                      std::stop_token stop = {});
    QFuture<Result<Object>> patch(PatchType how, ResourceType type, QString nameSpace, QString name,
                                  QByteArray body, WriteOptions options = {}, std::stop_token stop = {});
    // Server-side apply: only the fields that fieldManager wants, as JSON.  Fields of others: 409, see fieldConflicts().
    // With a server that does not know it (before 1.16) as kubectl does there: client_apply.h; nobody owns fields.
    QFuture<Result<Object>> apply(ResourceType type, QString nameSpace, QString name, QByteArray object,
                                  WriteOptions options = {}, std::stop_token stop = {});
    QFuture<Result<void>> remove(ResourceType type, QString nameSpace, QString name,
                                 WriteOptions options = {}, std::stop_token stop = {});
    // Any GET below the server: service proxies, /apis, /healthz.  At most 64 MiB, as sent: nothing is stripped from a Secret here.
    QFuture<Result<HttpResponse>> rawGet(QString path, std::stop_token stop = {});

    // Any write below the server: the demo cluster's own interface has no objects.  Its options say only whether it is confirmed.
    QFuture<Result<HttpResponse>> rawWrite(QByteArray method, QString path, WriteOptions options = {},
                                           std::stop_token stop = {});

    // A question that is asked by POST and changes nothing (access reviews); sent in every mode.
    QFuture<Result<HttpResponse>> ask(QString path, QByteArray json, std::stop_token stop = {});
    // A GET with another Accept: Table, PartialObjectMetadata, aggregated discovery.
    QFuture<Result<HttpResponse>> getAs(QString path, QByteArray accept, QList<QByteArray> headers = {},
                                        std::stop_token stop = {});

    // How careful it is with writes: as its connection says, until another mode is set.  Writes that were sent go on.  From any thread.
    WriteMode mode() const { return m_mode; }
    void setMode(WriteMode mode) { m_mode = mode; }

    // Of every write: Strict, until another is set.  From any thread.
    FieldValidation fieldValidation() const { return m_fieldValidation; }
    void setFieldValidation(FieldValidation validation) { m_fieldValidation = validation; }

    Transport &transport() { return m_transport; }
    Access &access() { return *m_access; }          // what this account may do (access.h); from any thread
    Discovery &discovery() { return *m_discovery; } // what the server serves (discovery.h); from any thread

Q_SIGNALS:
    void warned(const QString &text); // Transport's
    void waiting(const QString &why,
                 int seconds); // a request is repeated after so long: 429, or a lost connection

private:
    HttpRequest writeRequest(const QByteArray &method, const QString &path, const QByteArray &body,
                             const WriteOptions &options,
                             const QByteArray &contentType = "application/json") const;
    template<typename T>
    using Read = std::function<Result<T>(const HttpResponse &)>;
    template<typename T>
    QFuture<Result<T>> write(HttpRequest request, const WriteOptions &options, std::stop_token stop,
                             Read<T> read);
    template<typename T>
    QFuture<Result<T>> run(HttpRequest request, std::stop_token stop, Read<T> read);

    Transport &m_transport;
    std::atomic<WriteMode> m_mode;
    std::atomic<FieldValidation> m_fieldValidation = FieldValidation::Strict;
    Access *m_access; // children
    Discovery *m_discovery;
};

struct FieldConflict
{
    QString field;   // ".spec.service"
    QString manager; // who owns it
    QString message;
};
QList<FieldConflict>
fieldConflicts(const Error &error); // of a refused apply; empty: it was refused for something else

// Status JSON (or whatever came instead) → Error with a readable message.  where: "GET /api/v1/pods".
Error errorFromResponse(const HttpResponse &response, const QString &where);
// The same, with what to do about a 401 over this connection.
Error errorFromResponse(const HttpResponse &response, const QString &where, const Connection &connection);
// .../services/[scheme:]name[:port]/proxy/path
QString serviceProxyPath(const QString &nameSpace, const QString &service, const QString &port,
                         const QString &path);

} // namespace kube
