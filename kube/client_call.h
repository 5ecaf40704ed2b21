// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One request with its retries, on the cluster thread, until done() is called exactly once; then it deletes
// itself. Repeated, at most 10 times, as by client-go (facts kube-client.md §1.3; rest/with_retry.go): whatever was
// answered 429 or 5xx with Retry-After, a write too, after the pause that was asked for; a read whose connection was
// lost after it stood, by GOAWAY too.  What was answered 401 is sent once more where signing in anew brings other
// credentials.  Each pause is told (onWait), and ends when stopped: an error of kind Cancelled, whose reason is
// notCarriedOut where it was never sent, or was answered nothing but 429.  A write that was put off by 5xx may have been carried out by
// then: whatever a repeat is refused with, its error is of a kind that leaves that open (isOutcomeOpen), and says so.  Where
// Connection::isTimeoutWhole, all of it takes no longer than timeoutMs: what would end later is not begun.
#include "kube/transport.h"

#include <QElapsedTimer>

#include <optional>
#include <stop_token>

namespace kube {

class ClientCall : public QObject
{
public:
    using Done = std::function<void(Result<HttpResponse>)>; // a 2xx answer, or an error
    using Waits = std::function<void(const Error &why, int seconds)>;

    ClientCall(Transport &transport, HttpRequest request, std::stop_token stop, Done done, QObject *parent);
    ~ClientCall() override; // before the end: done() with Cancelled
    void onWait(Waits waits) { m_waits = std::move(waits); }

    static constexpr int MaxRetries = 10;
    // After so many repeats, in seconds; 0: not to be repeated.
    static int pauseBeforeRepeat(bool isRead, const Result<HttpResponse> &answer, int retries);

private:
    void waitForTurn();
    void send();
    void answered(Result<HttpResponse> answer);
    void finish(Result<HttpResponse> answer);
    void abort();
    Error errorOf(const Result<HttpResponse> &answer) const;
    Error givenUp() const;
    bool mayHaveChangedSomething(const Error &putOff) const;
    Error withEarlierTry(Error error) const;
    bool hasTimeFor(int pauseSeconds) const;
    bool isRead() const;
    QString where() const;

    Transport &m_transport;
    HttpRequest m_request;
    Done m_done;
    Waits m_waits;
    Transport::Id m_transfer = 0;
    bool m_hasUnusedTurn = false; // of the transport's rate limit
    int m_retries = 0;
    std::optional<Error> m_putOff; // why it pauses; absent: it is on its way, or was never sent
    int m_mayBeDone = 0;           // HTTP status of an earlier try that may have been carried out; 0: none
    QElapsedTimer m_clock;
    std::optional<std::stop_callback<std::function<void()>>>
        m_onStop; // last: its end waits for a call that is under way
};

} // namespace kube
