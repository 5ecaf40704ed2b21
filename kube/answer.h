// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A promise that is always kept: whoever drops it unanswered leaves Cancelled behind; and the way to wait for
// one.
#include "kube/result.h"

#include <QFuture>
#include <QPointer>
#include <QPromise>

namespace kube {

template<typename T>
class Answer
{
public:
    Answer() { m_promise.start(); }
    ~Answer()
    {
        if (!m_isGiven)
            give(failure(Error::Kind::Cancelled, QStringLiteral("given up: the connection was closed")));
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

// Calls `then` with the answer, on the thread that gives it, which must be the context's; nothing once the
// context is gone, which it is only at the end of its own destructor: an object that owns the client must end another
// context of its own first.  QFuture::then(context, …) of Qt 6.4 asserts that it is still there, which nobody can
// promise at shutdown.
template<typename T, typename Then>
void whenAnswered(QFuture<Result<T>> future, QObject *context, Then then)
{
    future.then(
        [alive = QPointer<QObject>(context), then = std::move(then)](const Result<T> &answer) mutable {
            if (alive)
                then(answer);
        });
}

} // namespace kube
