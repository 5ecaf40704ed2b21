// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/raw_stream.h"

#include <QPointer>
#include <QSocketNotifier>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

constexpr size_t pieceBytes = 64 * 1024;
constexpr int piecesAtOnce = 16; // then others have their turn

} // namespace

RawStream::RawStream(CURLM *multi, std::shared_ptr<Transfer> transfer, QObject *parent)
    : ByteLink(parent)
    , m_multi(multi)
    , m_transfer(std::move(transfer))
{
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(m_transfer->handle(), CURLINFO_ACTIVESOCKET, &socket);
    m_readable = new QSocketNotifier(qintptr(socket), QSocketNotifier::Read, this);
    m_writable = new QSocketNotifier(qintptr(socket), QSocketNotifier::Write, this);
    m_writable->setEnabled(false);
    connect(m_readable, &QSocketNotifier::activated, this, &RawStream::read);
    connect(m_writable, &QSocketNotifier::activated, this, &RawStream::write);
}

RawStream::~RawStream()
{
    m_readable->setEnabled(false);
    m_writable->setEnabled(false);
    curl_multi_remove_handle(m_multi, m_transfer->handle()); // closes the connection too
}

void RawStream::send(const QByteArray &bytes)
{
    m_unsent.append(bytes);
    if (!m_writable->isEnabled())
        write();
}

void RawStream::setReading(bool isReading)
{
    if (std::exchange(m_isReading, isReading) == isReading || m_isClosed)
        return;
    m_readable->setEnabled(isReading);
    if (isReading) // TLS may hold what the socket does not show any more
        QMetaObject::invokeMethod(this, &RawStream::read, Qt::QueuedConnection);
}

void RawStream::read()
{
    const QPointer<RawStream> alive(this);
    for (int i = 0; i < piecesAtOnce; ++i) {
        if (m_isClosed || !m_isReading)
            return;
        QByteArray piece(qsizetype(pieceBytes), Qt::Uninitialized);
        size_t size = 0;
        const CURLcode code = curl_easy_recv(m_transfer->handle(), piece.data(), pieceBytes, &size);
        if (code == CURLE_AGAIN)
            return;
        if (code != CURLE_OK)
            return close(QString::fromLatin1(curl_easy_strerror(code)));
        if (size == 0)
            return close({});
        piece.truncate(qsizetype(size));
        if (onBytes)
            onBytes(piece);
        if (!alive)
            return;
    }
    QMetaObject::invokeMethod(this, &RawStream::read, Qt::QueuedConnection);
}

void RawStream::write()
{
    while (!m_unsent.isEmpty() && !m_isClosed) {
        size_t sent = 0;
        const CURLcode code =
            curl_easy_send(m_transfer->handle(), m_unsent.constData(), size_t(m_unsent.size()), &sent);
        if (code == CURLE_AGAIN)
            break;
        if (code != CURLE_OK) { // told from the event loop, where reading finds the end too
            m_unsent.clear();
            QMetaObject::invokeMethod(
                this, [this, code] { close(QString::fromLatin1(curl_easy_strerror(code))); },
                Qt::QueuedConnection);
            break;
        }
        m_unsent.remove(0, qsizetype(sent));
    }
    m_writable->setEnabled(!m_unsent.isEmpty() && !m_isClosed);
}

void RawStream::close(const QString &why)
{
    if (std::exchange(m_isClosed, true))
        return;
    m_readable->setEnabled(false);
    m_writable->setEnabled(false);
    if (onClosed)
        onClosed(why);
}

} // namespace kube
