// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A curl multi handle run by Qt's event loop: its sockets as notifiers, its timer as a QTimer.  For transport.cpp only; one thread.
#include <QObject>

#include <curl/curl.h>

#include <functional>
#include <map>
#include <set>
#include <vector>

class QSocketNotifier;
class QTimer;

namespace kube {

class CurlLoop
{
public:
    // acted: after each turn of curl's, from the event loop; may end context, and this with it.
    CurlLoop(QObject *context, std::function<void()> acted);
    ~CurlLoop(); // the transfers are out of it
    CurlLoop(const CurlLoop &) = delete;
    CurlLoop &operator=(const CurlLoop &) = delete;

    CURLM *multi() const { return m_multi; }
    void actSoon();
    // Libcurl reads for all who share a connection.  A stream whose piece did not fit into its buffer holds the others up, and what was
    // read already is looked at again only when the connection's next byte comes, for which answers would wait in vain (seen with
    // 7.88 and answers of a usual size).  So whoever hears something over HTTP/2 asks for its connection to be read once more, until
    // there is nothing new.
    void readAgainSoon(int localPort);
    // Curl sees the end of these connections and fails what is under way on them.
    void shutDown(const std::vector<int> &localPorts);

private:
    struct Watched
    {
        QSocketNotifier *read = nullptr, *write = nullptr;
        int localPort = 0; // not asked for yet
    };

    void act(curl_socket_t socket, int events);
    void readAgain();
    static int onSocket(CURL *, curl_socket_t socket, int what, void *self, void *);
    static int onTimer(CURLM *, long msecs, void *self);
    void watch(curl_socket_t socket, int what);
    static void drop(const Watched &watched);
    QSocketNotifier *makeNotifier(curl_socket_t socket, bool reads);

    int localPortOf(curl_socket_t socket, Watched &watched);

    QObject *m_context;
    std::function<void()> m_acted;
    QTimer *m_timer;
    CURLM *m_multi;
    std::map<curl_socket_t, Watched> m_sockets;
    std::set<curl_socket_t> m_unread; // maybe
};

} // namespace kube
