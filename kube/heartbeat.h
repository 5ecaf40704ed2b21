// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Whether the other side of a long-lived link still answers: asks it every so often, and says so when MaxUnanswered questions in a row
// have brought nothing.  A link that is not read, or whose other side may be holding back what we sent, is not judged: SPDY has no flow
// control, so a pod that does not read keeps its kubelet from answering, too.  Thread: the cluster thread.
#include <QTimer>

#include <functional>

namespace kube {

class Heartbeat : public QObject
{
public:
    explicit Heartbeat(QObject *parent = nullptr);
    void start(std::function<void()> ask, std::function<void()> onSilence);
    void stop() { m_timer.stop(); }
    void setPace(int askMsecs) { m_timer.setInterval(askMsecs); }

    void heard(); // any bytes
    void sent(qint64 bytes) { m_sentSinceHeard += bytes; }
    void setReading(bool isReading);

    static constexpr int AskMsecs = 10'000;
    static constexpr int MaxUnanswered = 3;       // so a dead link is found in 40 s
    static constexpr qint64 HeldBack = 64 * 1024; // as much unanswered may be waiting for its pod

private:
    void beat();

    QTimer m_timer;
    std::function<void()> m_ask, m_onSilence;
    int m_unanswered = 0;
    qint64 m_sentSinceHeard = 0;
    bool m_isReading = true;
};

} // namespace kube
