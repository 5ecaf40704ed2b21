// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A promise that is always kept: whoever drops it unanswered leaves Cancelled behind.
#include "kube/result.h"

#include <QFuture>
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

} // namespace kube
