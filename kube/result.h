// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What can go wrong between us and a cluster: branch on kind, show message.
// A message is one sentence or two: what, where (file, context, URL), and what to do.  It never holds a token or a key.
#include <QList>
#include <QString>

#include <tl/expected.hpp>

namespace kube {

struct StatusCause
{
    QString reason, field, message;
    bool operator==(const StatusCause &) const = default;
};

struct Error
{
    enum class Kind {
        Config,          // kubeconfig missing, unreadable, contradictory
        Unreachable,     // refused, no route, unknown host, reset
        Tls,             // untrusted CA, wrong name, client certificate refused
        Unauthorized,    // 401
        Forbidden,       // 403
        NotFound,        // 404
        Conflict,        // 409 (AlreadyExists too: see reason)
        Expired,         // 410
        Invalid,         // 400, 422
        TooManyRequests, // 429
        Timeout,
        Server,   // other 5xx
        Protocol, // an answer that is none
        Cancelled
    };
    Kind kind = Kind::Protocol;
    int httpStatus = 0;
    QString reason; // Kubernetes' own: NotFound, AlreadyExists, Invalid …
    QString message;
    QList<StatusCause> causes;
    int retryAfterSeconds = 0;
};

template<typename T = void>
using Result = tl::expected<T, Error>;

tl::unexpected<Error> failure(Error::Kind kind, QString message);

} // namespace kube
