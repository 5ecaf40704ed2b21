// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An accepted TCP connection of this machine.  Each direction ends on its own, as in TCP itself: QTcpSocket ends both with the first
// end, so that who sends, closes his side and waits for the answer would get none.  Thread: the cluster thread.
#include "kube/byte_link.h"

class QSocketNotifier;

namespace kube {

class LocalConnection : public ByteLink
{
    Q_OBJECT
public:
    explicit LocalConnection(qintptr descriptor, QObject *parent = nullptr); // takes it
    ~LocalConnection() override;                                             // cuts what has not ended

    void send(const QByteArray &bytes) override;
    qint64 unsentBytes() const override { return m_unsent.size(); }
    void setReading(bool isReading) override;
    void finish(); // nothing more is sent; the other side sees it once everything is written

    std::function<void()> onSent; // some of what waited has gone
    std::function<void()> onEnd;  // the other side sends nothing more; onClosed once both have ended

private:
    void read();
    void write();
    void shutDown();
    void close(const QString &why);

    qintptr m_descriptor;
    QSocketNotifier *m_readable, *m_writable;
    QByteArray m_unsent;
    bool m_isReading = true, m_isClosed = false;
    bool m_weFinish = false, m_weFinished = false, m_theyFinished = false;
};

} // namespace kube
