// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// HTTP to one API server over libcurl's multi interface (HTTP/2, keep-alive, half-open detection): the only place that knows curl.
// Thread: the cluster thread.  Every transfer ends in exactly one finished(); after cancel() nothing more is heard of it.
// Callbacks run from the event loop, never inside send() or cancel(), and may call both or end the transport.
#include "kube/kubeconfig.h"

#include <QObject>

#include <functional>
#include <memory>

namespace kube {

struct HttpRequest
{
    QByteArray method = "GET";
    QString path;        // below the server's prefix, encoded, with query
    QByteArray body, contentType, accept = "application/json";
    int timeoutMs = 30'000; // 0: none (watches)
    bool ownConnection = false;
    qint64 maxBodyBytes = 256 * 1024 * 1024; // of a body that is not taken in pieces
};

struct HttpResponse
{
    int status = 0;
    QByteArray body;      // what onData did not take
    QByteArray contentType;
    QList<QByteArray> warnings; // texts of Warning: 299
    int retryAfterSeconds = 0;
};

class Transport : public QObject
{
    Q_OBJECT
public:
    explicit Transport(Connection connection, QObject *parent = nullptr);
    ~Transport() override;

    using Id = quint64;
    struct Callbacks
    {
        std::function<void(int status)> onHead;             // optional
        std::function<void(const QByteArray &)> onData;     // optional; if set, 2xx bodies come here in pieces
        std::function<void(Result<HttpResponse>)> finished; // any HTTP status is a value; only transport failures are errors
    };
    Id send(const HttpRequest &request, Callbacks callbacks);
    void cancel(Id id);
    const Connection &connection() const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace kube
