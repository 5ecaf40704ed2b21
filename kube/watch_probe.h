// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Whether watches live on a connection: one that shall last for a second is waited for until its end.  Where it fails it is begun anew,
// as a Reflector would, and what happened is told; in MostMsecs at most, which is what whoever asks will wait.  For the doctor.  Thread: the cluster thread.
#include "kube/json_framer.h"
#include "kube/transport.h"

#include <QElapsedTimer>
#include <QTimer>

namespace kube {

class WatchProbe : public QObject
{
public:
    struct Outcome
    {
        enum class Kind { Lives, NotAllowed, Failed };
        Kind kind = Kind::Failed;
        QString detail;
        int closed = 0; // connections that had fallen silent
    };
    explicit WatchProbe(Transport &transport, QObject *parent = nullptr);
    ~WatchProbe() override;
    void start(std::function<void(const Outcome &)> done); // called once, from the event loop
    void setSilence(std::chrono::milliseconds silence) { m_silence = silence; } // past its own second
    void setMost(std::chrono::milliseconds most) { m_most = most; }

    static constexpr int MaxTries = 4;
    static constexpr int MostMsecs = 10'000;

private:
    void open();
    void take(const QByteArray &piece);
    void ended(const Result<HttpResponse> &answer);
    void fellSilent();
    void tookTooLong();
    void again(const QString &why, std::chrono::milliseconds pause);
    void finish(Outcome::Kind kind, const QString &detail);

    Transport &m_transport;
    std::function<void(const Outcome &)> m_done;
    std::chrono::milliseconds m_silence{2500}; // so that there is time for two more
    std::chrono::milliseconds m_most{MostMsecs};
    Transport::Id m_transfer = 0;
    JsonFramer m_events;
    QTimer m_limit, m_again, m_whole;
    QElapsedTimer m_clock;
    qint64 m_beganAfter = -1;
    QString m_complaint; // of the server, inside the watch
    QStringList m_failures;
    int m_closed = 0;
};

} // namespace kube
