// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/forward_wire.h"

#include "kube/resource_type.h"
#include "kube/spdy.h"
#include "kube/websocket.h"

#include <QPointer>
#include <QSet>
#include <QTimer>

#include <map>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

class SpdyWire : public ForwardWire
{
public:
    SpdyWire(ByteLink *link, Kind kind, QObject *parent)
        : ForwardWire(parent)
        , m_session(new spdy::Session(link, this))
        , m_kind(kind)
    {
        m_session->onClosed = [this](const QString &why) { m_answers ? answered(why) : Q_EMIT lost(why); };
        m_session->onSign = [this] {
            if (m_answers)
                answered({});
        };
    }

    // Once, and nothing is lost() before: "" its other end answers a ping, or takes its time; else why it has ended.  Who agreed to
    // the protocol may only have been the API server, which then finds no way to the kubelet.
    void whenAnswers(std::function<void(const QString &why)> then)
    {
        m_answers = std::move(then);
        m_session->ping();
        QTimer::singleShot(PatienceMsecs, this, [this] {
            if (m_answers)
                answered({});
        });
    }

    Kind kind() const override { return m_kind; }

    Id open(int port, ForwardCallbacks callbacks) override
    {
        const QByteArray number = QByteArray::number(port), request = QByteArray::number(m_request++);
        const Id id = ++m_lastId;
        spdy::StreamCallbacks complaint;
        complaint.onData = callbacks.onError
            ? [onError = callbacks.onError](const QByteArray &text) { onError(QString::fromUtf8(text)); }
            : std::function<void(const QByteArray &)>();
        complaint.onEnd = [this, id] { ended(id, &Pair::errorHasEnded); };
        spdy::StreamCallbacks data;
        data.onData = callbacks.onData;
        data.onEnd = [this, id, onEnd = callbacks.onEnd] {
            if (onEnd)
                onEnd();
            ended(id, &Pair::dataHasEnded);
        };
        data.onLost = [this, id](const QString &) { over(id); };
        Pair &pair = m_pairs[id];
        pair.onClosed = callbacks.onClosed;
        pair.error =
            m_session->open({{"streamtype", "error"}, {"port", number}, {"requestid", request}}, complaint);
        m_session->finish(pair.error); // the kubelet waits for it
        pair.data = m_session->open({{"streamtype", "data"}, {"port", number}, {"requestid", request}}, data);
        return id;
    }
    void send(Id id, const QByteArray &bytes) override
    {
        if (m_pairs.count(id) > 0)
            m_session->send(m_pairs[id].data, bytes);
    }
    void finish(Id id) override
    {
        if (m_pairs.count(id) > 0)
            m_session->finish(m_pairs[id].data);
    }
    void close(Id id) override
    {
        const auto found = m_pairs.find(id);
        if (found == m_pairs.end())
            return;
        const Pair pair = found->second;
        m_pairs.erase(found);
        if (m_slow.remove(id))
            m_session->setReading(m_slow.isEmpty());
        m_session->reset(pair.data);
        m_session->reset(pair.error);
    }
    qint64 unsentBytes(Id) const override { return m_session->link().unsentBytes(); }
    void setReading(Id id, bool isReading) override
    {
        if (isReading)
            m_slow.remove(id);
        else
            m_slow.insert(id);
        m_session->setReading(m_slow.isEmpty());
    }

private:
    struct Pair
    {
        quint32 error = 0, data = 0;
        bool errorHasEnded = false, dataHasEnded = false;
        std::function<void()> onClosed;
    };

    // A kubelet ends the error stream when it is done with the connection; the data stream alone is the pod's end of sending.
    void ended(Id id, bool Pair::*which)
    {
        const auto found = m_pairs.find(id);
        if (found == m_pairs.end())
            return;
        found->second.*which = true;
        if (found->second.errorHasEnded && found->second.dataHasEnded)
            over(id);
    }

    void over(Id id)
    {
        const auto found = m_pairs.find(id);
        if (found == m_pairs.end())
            return;
        const Pair pair = found->second;
        close(id);
        if (pair.onClosed)
            pair.onClosed();
    }

    static constexpr int PatienceMsecs = 2'000;

    // Later: whoever hears of it may end the wire.
    void answered(const QString &why)
    {
        QMetaObject::invokeMethod(
            this, [then = std::exchange(m_answers, nullptr), why] { then(why); }, Qt::QueuedConnection);
    }

    spdy::Session *m_session;
    Kind m_kind;
    std::function<void(const QString &why)> m_answers;
    std::map<Id, Pair> m_pairs;
    QSet<Id> m_slow; // who does not read
    Id m_lastId = 0;
    int m_request = 0;
};

class ChannelWire : public ForwardWire
{
public:
    ChannelWire(Transport &transport, QString path, QObject *parent)
        : ForwardWire(parent)
        , m_transport(transport)
        , m_path(std::move(path))
    {
    }

    Kind kind() const override { return Kind::Channels; }

    Id open(int port, ForwardCallbacks callbacks) override
    {
        const Id id = ++m_lastId;
        m_sockets[id].callbacks = std::move(callbacks);
        websocket::connectTo(m_transport, m_path + u"?ports="_s + QString::number(port), "v4.channel.k8s.io",
                             this,
                             [this, id](const Result<websocket::Link *> &link) { connected(id, link); });
        return id;
    }
    void send(Id id, const QByteArray &bytes) override
    {
        const auto found = m_sockets.find(id);
        if (found == m_sockets.end())
            return;
        if (found->second.link)
            found->second.link->send('\0' + bytes);
        else
            found->second.early.append(bytes);
    }
    void finish(Id id) override
    {
        const auto found = m_sockets.find(id);
        if (found == m_sockets.end() || std::exchange(found->second.hasFinished, true))
            return;
        if (found->second.link)
            linger(id, found->second);
    }
    void close(Id id) override
    {
        const auto found = m_sockets.find(id);
        if (found == m_sockets.end())
            return;
        if (found->second.link)
            found->second.link->deleteLater();
        m_sockets.erase(found);
    }
    qint64 unsentBytes(Id id) const override
    {
        const auto found = m_sockets.find(id);
        return found == m_sockets.end()
            ? 0
            : found->second.early.size() + (found->second.link ? found->second.link->unsentBytes() : 0);
    }
    void setReading(Id id, bool isReading) override
    {
        if (m_sockets.count(id) > 0 && m_sockets[id].link)
            m_sockets[id].link->setReading(isReading);
    }

private:
    struct Socket
    {
        ForwardCallbacks callbacks;
        QPointer<websocket::Link> link;
        QByteArray early;                    // sent before it stood
        bool hasFinished = false;            // we send nothing more
        QPointer<QTimer> linger;             // then: until the pod is silent
        bool hasStarted[2] = {false, false}; // the first two bytes of each channel repeat the port
    };

    void connected(Id id, const Result<websocket::Link *> &link)
    {
        const auto found = m_sockets.find(id);
        if (found == m_sockets.end()) {
            if (link)
                (*link)->deleteLater();
            return;
        }
        if (!link) {
            const ForwardCallbacks callbacks = found->second.callbacks;
            m_sockets.erase(found);
            if (callbacks.onError)
                callbacks.onError(link.error().message);
            if (callbacks.onClosed)
                callbacks.onClosed();
            return;
        }
        found->second.link = *link;
        (*link)->onBytes = [this, id](const QByteArray &message) { take(id, message); };
        (*link)->onClosed = [this, id](const QString &why) { closed(id, why); };
        const QByteArray early = std::exchange(found->second.early, {});
        if (!early.isEmpty())
            (*link)->send('\0' + early);
        if (found->second.hasFinished)
            linger(id, found->second);
    }

    void linger(Id id, Socket &socket)
    {
        socket.linger = new QTimer(socket.link);
        socket.linger->callOnTimeout(this, [this, id] { closed(id, {}); });
        socket.linger->start(LingerMsecs);
    }

    void take(Id id, const QByteArray &message)
    {
        const auto found = m_sockets.find(id);
        const int channel = message.isEmpty() ? 2 : quint8(message[0]);
        if (found == m_sockets.end() || channel > 1)
            return;
        if (found->second.linger)
            found->second.linger->start();
        QByteArray bytes = message.mid(1);
        if (!std::exchange(found->second.hasStarted[channel], true))
            bytes.remove(0, 2);
        if (bytes.isEmpty())
            return;
        const ForwardCallbacks callbacks = found->second.callbacks;
        if (channel == 0 && callbacks.onData)
            callbacks.onData(bytes);
        else if (channel == 1 && callbacks.onError)
            callbacks.onError(QString::fromUtf8(bytes));
    }

    void closed(Id id, const QString &)
    {
        const auto found = m_sockets.find(id);
        if (found == m_sockets.end())
            return;
        const ForwardCallbacks callbacks = found->second.callbacks;
        if (found->second.link)
            found->second.link->deleteLater();
        m_sockets.erase(found);
        if (callbacks.onClosed)
            callbacks.onClosed();
    }

    Transport &m_transport;
    QString m_path;
    std::map<Id, Socket> m_sockets;
    Id m_lastId = 0;
};

// Refused by what stands there, as opposed to: not reached at all.
bool isRefusal(const Error &error)
{
    return error.httpStatus != 0 || error.kind == Error::Kind::Protocol || error.kind == Error::Kind::Timeout;
}

// One that has not let us in, or knows no such pod, would not do so by the last of the protocols either.
bool mayKnowAnother(const Error &error)
{
    return isRefusal(error) && error.httpStatus != 401 && error.httpStatus != 404;
}

struct Dialling
{
    Transport &transport;
    QString path;
    QPointer<QObject> context;
    std::function<void(Result<ForwardWire *>)> answer;

    // As client-go: after any refused upgrade, an unknown user's or pod's too, since what stands between may know SPDY alone and
    // credentials may have been renewed by then.  Beyond it: where the way beyond the API server ends at once (1011).
    void spdyInWebSocket(const std::shared_ptr<Dialling> &self)
    {
        websocket::connectTo(
            transport, path, "SPDY/3.1+portforward.k8s.io", context,
            [self](const Result<websocket::Link *> &link) {
                if (link)
                    return self->tryOut(self, new SpdyWire(*link, ForwardWire::Kind::Tunnel, self->context));
                isRefusal(link.error()) ? self->spdy(self) : self->answer(tl::unexpected(link.error()));
            });
    }

    void tryOut(const std::shared_ptr<Dialling> &self, SpdyWire *wire)
    {
        wire->whenAnswers([self, wire](const QString &why) {
            if (why.isEmpty())
                return self->answer(wire);
            wire->deleteLater();
            if (wire->kind() == ForwardWire::Kind::Tunnel)
                return self->spdy(self);
            self->channels(
                self,
                failure(Error::Kind::Protocol, u"%1: agreed to, and ended at once: %2"_s.arg(self->path, why))
                    .value());
        });
    }

    void spdy(const std::shared_ptr<Dialling> &self)
    {
        HttpRequest request;
        request.method = "POST";
        request.path = path;
        request.headers = {"Upgrade: SPDY/3.1", "X-Stream-Protocol-Version: portforward.k8s.io"};
        upgrade(transport, request, context, [self](const Result<Upgraded> &upgraded) {
            if (!upgraded)
                return mayKnowAnother(upgraded.error()) ? self->channels(self, upgraded.error())
                                                        : self->answer(tl::unexpected(upgraded.error()));
            auto *wire = new SpdyWire(upgraded->link, ForwardWire::Kind::Spdy, self->context);
            if (!upgraded->rest.isEmpty() && upgraded->link->onBytes)
                upgraded->link->onBytes(upgraded->rest);
            upgraded->link->setReading(true);
            self->tryOut(self, wire);
        });
    }

    // Without a port nothing can be tried; a server that does not know channels says so with 400 about the
    // port only if it does.
    void channels(const std::shared_ptr<Dialling> &self, const std::optional<Error> &before = {})
    {
        websocket::connectTo(
            transport, path, "v4.channel.k8s.io", context,
            [self, before](const Result<websocket::Link *> &link) {
                const bool isKnown =
                    link || (link.error().httpStatus == 400 && link.error().message.contains(u"\"port\""_s));
                if (link)
                    (*link)->deleteLater();
                isKnown ? self->answer(new ChannelWire(self->transport, self->path, self->context))
                        : self->answer(tl::unexpected(before.value_or(link.error())));
            });
    }
};

} // namespace

QString ForwardWire::name() const
{
    switch (kind()) {
    case Kind::Tunnel: return u"SPDY in a WebSocket"_s;
    case Kind::Spdy: return u"SPDY"_s;
    case Kind::Channels: return u"WebSocket channels (v4)"_s;
    }
    return {};
}

void ForwardWire::dial(Transport &transport, const QString &nameSpace, const QString &pod, Kind first,
                       QObject *context, std::function<void(Result<ForwardWire *>)> answer)
{
    const QString path = types::pods().path(nameSpace, pod) + u"/portforward"_s;
    const auto dialling = std::make_shared<Dialling>(Dialling{transport, path, context, std::move(answer)});
    switch (first) {
    case Kind::Tunnel: return dialling->spdyInWebSocket(dialling);
    case Kind::Spdy: return dialling->spdy(dialling);
    case Kind::Channels: return dialling->channels(dialling);
    }
}

} // namespace kube
