// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_port_forward.h"

#include "app/demo/base64.h"
#include "app/demo/forward_link.h"
#include "app/demo/object_meta.h"
#include "kube/spdy.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <openssl/evp.h>

namespace demo {

namespace {

using namespace std::chrono_literals;
using kube::spdy::FrameType;
using Address = std::pair<std::string, std::uint16_t>;
constexpr std::uint8_t Fin = 1;
constexpr std::size_t PieceBytes = 16 * 1024;
constexpr std::size_t PairLimit =
    1 << 20; // bytes that an application may be behind before the client's are left unread
constexpr auto DialTime = 10s;

QByteArray number(std::uint32_t value)
{
    QByteArray bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes.append(char(value >> shift & 0xff));
    return bytes;
}

std::uint32_t streamIn(const QByteArray &payload)
{
    std::uint32_t value = 0;
    for (int i = 0; i < 4 && i < payload.size(); ++i)
        value = value << 8 | static_cast<unsigned char>(payload[i]);
    return value & 0x7fffffff;
}

// One forwarded connection: the client's error and data streams and the application's socket.
struct Pair
{
    explicit Pair(asio::io_context &loop)
        : wake(loop)
    {
    }
    std::uint32_t errorStream = 0, dataStream = 0;
    std::uint16_t port = 0;
    std::string toApplication;
    bool clientDone = false, isOver = false;
    asio::steady_timer wake;
    std::function<void()> cut; // ends the application's connection
};

class Forwarding : public std::enable_shared_from_this<Forwarding>
{
public:
    using Dial = std::function<std::optional<Address>(std::uint16_t port)>;
    Forwarding(asio::io_context &loop, ForwardLink &link, Dial dial, std::string pod)
        : m_loop(loop)
        , m_link(link)
        , m_dial(std::move(dial))
        , m_pod(std::move(pod))
        , m_idle(loop)
    {
    }

    asio::awaitable<void> run()
    {
        const auto self = shared_from_this();
        for (bool alive = true; alive;) {
            const std::string piece = co_await m_link.read();
            if (piece.empty())
                break;
            const auto frames = m_reader.feed(QByteArray::fromStdString(piece));
            alive = frames.has_value();
            for (qsizetype i = 0; alive && i < frames->size(); ++i)
                alive = take(frames->at(i));
            while (alive && isBehind()) { // no flow control in Kubernetes' SPDY: who is slow is not read
                m_idle.expires_after(5ms);
                asio::error_code ignored;
                co_await m_idle.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            }
        }
        for (const auto &[stream, pair] : m_streams)
            end(*pair);
        while (m_running > 0) {
            m_idle.expires_after(5ms);
            asio::error_code ignored;
            co_await m_idle.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
    }

private:
    bool isBehind() const
    {
        return std::any_of(m_streams.begin(), m_streams.end(), [](const auto &each) {
            return !each.second->isOver && each.second->toApplication.size() > PairLimit;
        });
    }

    static void end(Pair &pair)
    {
        pair.isOver = true;
        pair.wake.cancel();
        if (pair.cut)
            pair.cut();
    }

    bool take(const kube::spdy::Frame &frame)
    {
        if (!frame.isControl) {
            const auto found = m_streams.find(frame.stream);
            if (found == m_streams.end())
                return true;
            if (frame.stream == found->second->dataStream) {
                found->second->toApplication.append(frame.payload.constData(),
                                                    std::size_t(frame.payload.size()));
                found->second->clientDone = found->second->clientDone || (frame.flags & Fin);
                found->second->wake.cancel();
            }
            return true;
        }
        if (frame.type == FrameType::SynStream)
            return open(frame.payload);
        if (frame.type == FrameType::Ping)
            m_link.send(kube::spdy::controlFrame(FrameType::Ping, 0, frame.payload));
        if (frame.type == FrameType::RstStream) {
            if (const auto found = m_streams.find(streamIn(frame.payload)); found != m_streams.end())
                end(*found->second);
        }
        return frame.type != FrameType::GoAway;
    }

    bool open(const QByteArray &payload)
    {
        const auto headers =
            m_unpacker.unpack(payload.mid(10)); // stream, associated stream, priority and slot
        if (!headers)
            return false;
        std::map<QByteArray, QByteArray> values;
        for (const auto &[name, value] : *headers)
            values[name.toLower()] = value;
        const std::uint32_t stream = streamIn(payload);
        m_link.send(kube::spdy::controlFrame(FrameType::SynReply, 0, number(stream) + m_packer.pack({})));
        std::shared_ptr<Pair> &pair = m_pairs[values["requestid"].toStdString()];
        if (!pair)
            pair = std::make_shared<Pair>(m_loop);
        pair->port = std::uint16_t(values["port"].toUInt());
        (values["streamtype"] == "error" ? pair->errorStream : pair->dataStream) = stream;
        m_streams[stream] = pair;
        if (pair->errorStream != 0 && pair->dataStream != 0) {
            ++m_running;
            asio::co_spawn(m_loop, forward(shared_from_this(), pair), asio::detached);
            m_pairs.erase(values["requestid"].toStdString());
        }
        return true;
    }

    void finish(std::uint32_t stream) { m_link.send(kube::spdy::dataFrame(stream, Fin, {})); }

    void refuse(Pair &pair, const std::string &why)
    {
        const std::string text =
            "error forwarding port " + std::to_string(pair.port) + " to pod " + m_pod + ": " + why;
        m_link.send(kube::spdy::dataFrame(pair.errorStream, 0, QByteArray::fromStdString(text)));
        finish(pair.errorStream);
        finish(pair.dataStream);
        pair.isOver = true;
    }

    static asio::awaitable<void> forward(std::shared_ptr<Forwarding> self, std::shared_ptr<Pair> pair)
    {
        const auto address = self->m_dial(pair->port);
        const std::string nobody = "failed to connect to localhost:" + std::to_string(pair->port)
            + ": dial tcp4 127.0.0.1:" + std::to_string(pair->port) + ": connect: connection refused";
        edge::Result<edge::Stream> connected = edge::failure(edge::Error::Kind::Connect, nobody);
        if (address)
            connected = co_await edge::Stream::connect(address->first, address->second, edge::in(DialTime));
        if (!connected) {
            self->refuse(*pair, nobody);
            --self->m_running;
            co_return;
        }
        const auto application = std::make_shared<edge::Stream>(std::move(*connected));
        pair->cut = application->closer();
        ++self->m_running;
        asio::co_spawn(self->m_loop, feed(self, pair, application), asio::detached);
        std::string buffer(PieceBytes, '\0');
        while (!pair->isOver) {
            const auto size = co_await application->read(buffer.data(), buffer.size(), edge::in(24h));
            if (!size || *size == 0)
                break;
            self->m_link.send(
                kube::spdy::dataFrame(pair->dataStream, 0, QByteArray(buffer.data(), qsizetype(*size))));
            co_await self->m_link.drained();
        }
        self->finish(pair->dataStream);
        self->finish(pair->errorStream);
        end(*pair);
        --self->m_running;
    }

    // What the client sends, in order; its end is passed on as the end of our sending.
    static asio::awaitable<void> feed(std::shared_ptr<Forwarding> self, std::shared_ptr<Pair> pair,
                                      std::shared_ptr<edge::Stream> application)
    {
        while (!pair->isOver) {
            const std::string bytes = std::exchange(pair->toApplication, {});
            if (!bytes.empty()) {
                const auto sent = co_await application->write(bytes, edge::in(60s));
                if (!sent)
                    break;
                continue;
            }
            if (pair->clientDone)
                break;
            pair->wake.expires_after(60s);
            asio::error_code ignored;
            co_await pair->wake.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        asio::error_code ignored;
        if (!pair->isOver)
            application->socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        --self->m_running;
    }

    asio::io_context &m_loop;
    ForwardLink &m_link;
    Dial m_dial;
    std::string m_pod;
    asio::steady_timer m_idle;
    kube::spdy::FrameReader m_reader;
    kube::spdy::HeaderUnpacker m_unpacker;
    kube::spdy::HeaderPacker m_packer;
    std::map<std::string, std::shared_ptr<Pair>> m_pairs; // whose second stream is still to come
    std::map<std::uint32_t, std::shared_ptr<Pair>> m_streams;
    int m_running = 0;
};

std::string acceptKey(std::string_view key) // RFC 6455, 4.2.2
{
    const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), hash, &size, EVP_sha1(), nullptr);
    return base64({reinterpret_cast<const char *>(hash), size});
}

// The head of the 101; an error if the client asked for nothing that is spoken here.
StoreResult<edge::ResponseHead> upgradeHead(const edge::RequestHead &request)
{
    edge::ResponseHead head;
    head.status = 101;
    head.headers.set("connection", "Upgrade");
    if (request.headers.hasToken("upgrade", "websocket")) {
        if (!request.headers.hasToken("sec-websocket-protocol", "SPDY/3.1+portforward.k8s.io"))
            return tl::unexpected(
                StoreError{403,
                           "Forbidden",
                           "unable to upgrade: the server speaks SPDY/3.1+portforward.k8s.io only",
                           {}});
        head.headers.set("upgrade", "websocket");
        head.headers.set("sec-websocket-accept", acceptKey(request.headers.value("sec-websocket-key")));
        head.headers.set("sec-websocket-protocol", "SPDY/3.1+portforward.k8s.io");
        return head;
    }
    if (!request.headers.hasToken("upgrade", "SPDY/3.1"))
        return tl::unexpected(badRequest("Upgrade request required"));
    if (!request.headers.hasToken("x-stream-protocol-version", "portforward.k8s.io"))
        return tl::unexpected(
            StoreError{403,
                       "Forbidden",
                       "unable to upgrade: none of the client's protocols is supported: portforward.k8s.io",
                       {}});
    head.headers.set("upgrade", "SPDY/3.1");
    head.headers.set("x-stream-protocol-version", "portforward.k8s.io");
    return head;
}

} // namespace

asio::awaitable<StoreResult<void>> servePortForward(asio::io_context &loop, const Store &store,
                                                    const ApiServerHooks &hooks, const Call &call,
                                                    edge::Responder &responder)
{
    const auto pod = podOf(store, call);
    if (!pod)
        co_return tl::unexpected(pod.error());
    if ((**pod)["spec"]["nodeName"].text().empty())
        co_return tl::unexpected(badRequest("pod " + call.path.name + " does not have a host assigned"));
    auto head = upgradeHead(call.head);
    if (!head)
        co_return tl::unexpected(head.error());
    const bool isWebSocket = head->headers.has("sec-websocket-accept");
    const auto stream = co_await responder.upgrade(std::move(*head));
    if (!stream)
        co_return StoreResult<void>();
    const auto link = std::make_shared<ForwardLink>(loop, **stream, isWebSocket);
    link->start();
    const auto dial = [&hooks, &call](std::uint16_t port) -> std::optional<Address> {
        const auto &find = hooks.forwardAddress ? hooks.forwardAddress : hooks.podAddress;
        return find ? find(call.path.nameSpace, call.path.name, port) : std::nullopt;
    };
    const auto forwarding = std::make_shared<Forwarding>(loop, *link, dial, call.path.name);
    co_await forwarding->run();
    co_await link->close();
    co_return StoreResult<void>();
}

} // namespace demo
