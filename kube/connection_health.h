// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Finds dead connections that TCP does not: a watch may be silent for long, so a connection over HTTP/2 with
// nothing but silent streams is asked for GET /version; any answer is a sign of life, none within the limit
// condemns it (facts kube-client.md §1.5, §2.3).  Which connection the question takes cannot be chosen, and one that is full takes
// none: silent still when a second question went by another, it is condemned as well, which costs its watches a new request each.
// HTTP/1.1 has nothing to ask on a busy connection; there keep-alive decides, and a Reflector opens a silent watch anew.  For transport.cpp.
#include "kube/transfer.h"

#include <QTimer>

namespace kube {

class ConnectionHealth : public QObject
{
public:
    struct Stream
    {
        int localPort = 0; // names the connection
        qint64 lastHeard = 0;
    };
    using Streams = std::function<std::vector<Stream>()>; // the open ones over HTTP/2
    using Ask =
        std::function<void(int timeoutMsecs, std::function<void(bool isAlive, int localPort)> answer)>;
    using Condemn = std::function<void(const std::vector<int> &localPorts)>; // empty: all

    ConnectionHealth(Streams streams, Ask ask, Condemn condemn);
    void setLimits(std::chrono::milliseconds idle, std::chrono::milliseconds answer);

private:
    void look();
    std::vector<int> silent();
    void answered(bool isAlive, int localPort);

    Streams m_streams;
    Ask m_ask;
    Condemn m_condemn;
    std::chrono::milliseconds m_idle{20'000}, m_answer{15'000};
    QTimer m_timer;
    std::map<int, qint64> m_signs; // connection → last sign of life beside its streams
    std::map<int, int> m_missed;   // connection → questions that went by another since it fell silent
    bool m_isAsking = false;
};

} // namespace kube
