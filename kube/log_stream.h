// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The log of one container, followed over lost connections: each line once, in order (by the kubelet's time
// stamps). Thread: the cluster thread.
#include "kube/line_splitter.h"
#include "kube/transport.h"

#include <QTimer>

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

Q_SIGNALS:
    void arrived(const QList<kube::LogLine> &lines);
    void reconnecting(const QString &why);
    void ended(const QString &why); // "": the container has ended, or that was all

private:
    void send();
    void take(const QByteArray &piece);
    void finished(const Result<HttpResponse> &answer);
    QString path() const;

    Transport &m_transport;
    QString m_nameSpace, m_pod;
    LogOptions m_options;
    Transport::Id m_transfer = 0;
    LineSplitter m_lines;
    QTimer m_again;
    QString m_lastTime;
    int m_atLastTime = 0;      // lines that carry it
    int m_toSkip = 0;          // of them after a reconnect
    bool m_isSkipping = false; // a line without a time goes with the one before it
    int m_tries = 0;
};

} // namespace kube
