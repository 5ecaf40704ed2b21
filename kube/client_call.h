// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One request with its retries, on the cluster thread, until done() is called exactly once; then it deletes itself.
// Repeats only a GET that was answered 429 or 5xx with Retry-After, at most 10 times and 30 s each (facts kube-client.md §1.3).
#include "kube/transport.h"

#include <optional>
#include <stop_token>

namespace kube {

class ClientCall : public QObject
{
public:
    using Done = std::function<void(Result<HttpResponse>)>; // a 2xx answer, or an error

    ClientCall(Transport &transport, HttpRequest request, std::stop_token stop, Done done, QObject *parent);
    ~ClientCall() override; // before the end: done() with Cancelled

    static constexpr int MaxRetries = 10;
    static constexpr int MaxPauseSeconds = 30;

private:
    void send();
    void answered(Result<HttpResponse> answer);
    void finish(Result<HttpResponse> answer);
    void abort();
    bool mayRepeat(const HttpResponse &response) const;
    QString where() const;

    Transport &m_transport;
    HttpRequest m_request;
    Done m_done;
    Transport::Id m_transfer = 0;
    int m_retries = 0;
    std::optional<std::stop_callback<std::function<void()>>> m_onStop; // last: its end waits for a call that is under way
};

} // namespace kube
