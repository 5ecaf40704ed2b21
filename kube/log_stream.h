// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The log of one container, followed over lost connections: each line once, in the order that the server gives (times may go
// back: clocks are set, and two writers overtake each other).  After a reconnect what was shown is known by the kubelet's time
// stamps.  A line of more than 16 MiB is cut and says so.  Thread: the cluster thread.
#include "kube/line_splitter.h"
#include "kube/transport.h"

#include <QHash>
#include <QStringList>
#include <QTimer>

#include <chrono>

namespace kube {

struct LogLine
{
    QString time; // RFC 3339 with nanoseconds, as the kubelet wrote it; "": the line came without one
    QString text;
    bool operator==(const LogLine &) const = default;
};

struct LogOptions
{
    QString container = {};
    bool follow = true;
    bool previous = false;
    int tailLines = 500; // of the start; -1: everything
    int sinceSeconds = -1;
};

class LogStream : public QObject
{
    Q_OBJECT
public:
    LogStream(Transport &transport, QString nameSpace, QString pod, LogOptions options,
              QObject *parent = nullptr);
    ~LogStream() override;
    void start();
    void setReading(bool isReading); // false: the server waits

    // Without a line in between, after 1, 2, 4 … at most 15 seconds (or as long as the server asks): an API server that restarts
    // is back within them.
    static constexpr int MaxTries = 8;
    // Where nobody asks the connection for signs of life (over HTTP/1.1), a followed log that is silent for so long is asked for anew, on
    // a connection of its own: nothing is lost by it.
    static constexpr std::chrono::milliseconds LongestSilence{40'000};
    void setLongestSilence(std::chrono::milliseconds silence) { m_silent.setInterval(silence); }

Q_SIGNALS:
    void arrived(const QList<kube::LogLine> &lines);
    void reconnecting(const QString &why);
    void ended(const QString &why); // "": the container has ended, or that was all

private:
    void send();
    void isSilent();
    void take(const QByteArray &piece);
    void finished(const Result<HttpResponse> &answer);
    bool wasShown(const QString &time);
    QString path() const;

    static constexpr qsizetype MostRemembered = 4096;

    Transport &m_transport;
    QString m_nameSpace, m_pod;
    LogOptions m_options;
    Transport::Id m_transfer = 0;
    LineSplitter m_lines;
    QTimer m_again, m_silent;
    bool m_wasSilent = false;     // the next try is on a new connection
    QString m_lastTime;           // of the last line, where a reconnect goes on
    QStringList m_shown;          // the times of the last lines
    QHash<QString, int> m_toSkip; // after a reconnect: of them, those that the server gives again
    bool m_isCatchingUp = false;  // until the first line that was not shown
    bool m_isSkipping = false;    // a line without a time goes with the one before it
    int m_tries = 0;
};

} // namespace kube
