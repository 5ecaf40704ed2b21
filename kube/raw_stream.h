// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The bytes of one connection that the transport has dialled (proxy and TLS done), for protocols that HTTP is
// upgraded to. Belongs to the transport and ends with it.
#include "kube/byte_link.h"
#include "kube/transfer.h"

class QSocketNotifier;

namespace kube {

class RawStream : public ByteLink
{
    Q_OBJECT
public:
    RawStream(CURLM *multi, std::shared_ptr<Transfer> transfer, QObject *parent);
    ~RawStream() override;

    void send(const QByteArray &bytes) override;
    qint64 unsentBytes() const override { return m_unsent.size(); }
    void setReading(bool isReading) override;
    const SharedCredential &credential() const { return m_transfer->credential(); }

private:
    void read();
    void write();
    void close(const QString &why);

    CURLM *m_multi;
    std::shared_ptr<Transfer> m_transfer;
    QSocketNotifier *m_readable, *m_writable;
    QByteArray m_unsent;
    bool m_isReading = true;
    bool m_isClosed = false;
};

} // namespace kube
