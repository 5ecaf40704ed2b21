// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/upgrade.h"

#include "kube/client.h"
#include "kube/raw_stream.h"
#include "kube/resource_type.h"

#include <QElapsedTimer>
#include <QTimer>

#include <optional>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

constexpr qsizetype maxHead = 64 * 1024;
constexpr qsizetype maxBody = 64 * 1024;
constexpr int answerLimitMsecs = 15'000;

QByteArray headOf(const HttpRequest &request, const Connection &connection,
                  const SharedCredential &credential)
{
    QByteArray head = request.method + ' ' + connection.server.path(QUrl::FullyEncoded).toUtf8()
        + request.path.toUtf8() + " HTTP/1.1\r\n";
    head +=
        "Host: " + connection.server.authority(QUrl::FullyEncoded | QUrl::RemoveUserInfo).toUtf8() + "\r\n";
    head += "User-Agent: sallyport/" SALLYPORT_VERSION "\r\nConnection: Upgrade\r\n";
    if (request.method == "POST")
        head += "Content-Length: 0\r\n";
    if (credential && !credential->authorization.isEmpty() && connection.server.scheme() == u"https")
        head += "Authorization: " + credential->authorization + "\r\n";
    for (const QByteArray &line : connection.impersonation + request.headers)
        head += line + "\r\n";
    return head + "\r\n";
}

// Lives as long as the handshake, as a child of the stream.
class UpgradeCall : public QObject
{
public:
    using Answer = std::function<void(Result<Upgraded>)>;

    UpgradeCall(RawStream *stream, Transport &transport, const HttpRequest &request, QObject *context,
                Answer answer)
        : QObject(stream)
        , m_stream(stream)
        , m_transport(transport)
        , m_record{request.method, request.path.section(u'?', 0, 0)}
        , m_where(QString::fromLatin1(m_record.method) + u' ' + m_record.path)
        , m_context(context)
        , m_answer(std::move(answer))
    {
        m_clock.start();
        m_stream->onBytes = [this](const QByteArray &bytes) { take(bytes); };
        m_stream->onClosed = [this](const QString &why) { closed(why); };
        m_stream->send(headOf(request, transport.connection(), stream->credential()));
        QTimer::singleShot(answerLimitMsecs, this, [this] {
            fail({Error::Kind::Timeout, 0, {}, m_where + u": no answer to the upgrade within 15 s"_s, {}, 0});
        });
    }

private:
    void take(const QByteArray &bytes)
    {
        m_input.append(bytes);
        if (m_headSize == 0 && !readHead())
            return;
        if (m_response.status == 101)
            return succeed();
        m_response.body = m_input.mid(m_headSize);
        const QByteArray length = m_headers.value("content-length");
        if (!length.isEmpty() && m_response.body.size() >= std::min<qsizetype>(length.toLongLong(), maxBody))
            refuse();
        else if (m_response.body.size() > maxBody || m_response.body.endsWith("0\r\n\r\n"))
            refuse();
    }

    bool readHead()
    {
        const qsizetype end = m_input.indexOf("\r\n\r\n");
        if (end < 0) {
            if (m_input.size() > maxHead)
                fail({Error::Kind::Protocol, 0, {}, m_where + u": the answer is no HTTP"_s, {}, 0});
            return false;
        }
        const QByteArrayList lines = m_input.left(end).split('\n');
        m_response.status = lines.first().split(' ').value(1).toInt();
        for (const QByteArray &line : lines.mid(1))
            m_headers.insert(line.left(line.indexOf(':')).trimmed().toLower(),
                             line.mid(line.indexOf(':') + 1).trimmed());
        m_response.contentType = m_headers.value("content-type");
        m_headSize = end + 4;
        m_record.status = m_response.status;
        return true;
    }

    void closed(const QString &why)
    {
        if (m_headSize > 0)
            return refuse();
        fail({Error::Kind::Unreachable,
              0,
              {},
              u"%1: the connection was cut%2"_s.arg(m_where,
                                                    why.isEmpty() ? why : QString(u" (%1)"_s.arg(why))),
              {},
              0});
    }

    void refuse()
    {
        if (m_response.status == 401)
            m_transport.credentialRefused(m_stream->credential());
        // One chunk is all that such an answer is made of.
        if (m_headers.value("transfer-encoding").toLower() == "chunked")
            m_response.body =
                m_response.body.mid(m_response.body.indexOf("\r\n") + 2,
                                    m_response.body.left(m_response.body.indexOf("\r\n")).toInt(nullptr, 16));
        fail(errorFromResponse(m_response, m_where, m_transport.connection()));
    }

    void succeed()
    {
        record();
        m_stream->onBytes = nullptr;
        m_stream->onClosed = nullptr;
        m_stream->setReading(false); // until the receiver is ready
        const Answer answer = std::exchange(m_answer, nullptr);
        const Upgraded upgraded{m_headers, m_input.mid(m_headSize), m_stream};
        deleteLater();
        if (m_context && answer)
            answer(upgraded);
        else
            m_stream->deleteLater();
    }

    void record()
    {
        m_record.msecs = m_clock.elapsed();
        Q_EMIT m_transport.requestEnded(m_record);
    }

    void fail(const Error &error)
    {
        record();
        m_stream->onBytes = nullptr;
        m_stream->onClosed = nullptr;
        m_stream->setReading(false);
        m_stream->deleteLater();
        const Answer answer = std::exchange(m_answer, nullptr);
        if (m_context && answer)
            answer(tl::unexpected(error));
    }

    RawStream *m_stream;
    Transport &m_transport;
    RequestRecord m_record;
    QElapsedTimer m_clock;
    QString m_where;
    QPointer<QObject> m_context;
    Answer m_answer;
    QByteArray m_input;
    qsizetype m_headSize = 0;
    HttpResponse m_response;
    QHash<QByteArray, QByteArray> m_headers;
};

} // namespace

void upgrade(Transport &transport, const HttpRequest &request, QObject *context,
             std::function<void(Result<Upgraded>)> answer)
{
    const QPointer<QObject> alive(context);
    if (const QString why = pathFault(request.method, request.path); !why.isEmpty()) {
        const Error error{Error::Kind::Invalid, 0, {}, why, {}, 0};
        QMetaObject::invokeMethod(
            context, [answer, error] { answer(tl::unexpected(error)); }, Qt::QueuedConnection);
        return;
    }
    transport.connectRaw(
        [&transport, request, alive, answer = std::move(answer)](const Result<RawStream *> &stream) {
            if (!stream)
                Q_EMIT transport.requestEnded({request.method, request.path.section(u'?', 0, 0)});
            if (!stream && alive)
                answer(tl::unexpected(stream.error()));
            else if (stream && alive)
                new UpgradeCall(*stream, transport, request, alive, answer);
            else if (stream)
                (*stream)->deleteLater();
        });
}

} // namespace kube
