// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_port_forward.h"

#include "app/demo/base64.h"
#include "app/demo/channel_forward.h"
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
using Address = ForwardedConnection::Address;
constexpr std::uint8_t Fin = 1;
constexpr char TunnelProtocol[] = "SPDY/3.1+portforward.k8s.io";

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

// The client's error and data streams of one forwarded connection.
struct Pair
{
    std::uint32_t errorStream = 0, dataStream = 0;
    std::uint16_t port = 0;
    std::shared_ptr<ForwardedConnection> connection;
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
            pair->connection->cut();
        while (m_running > 0) {
            m_idle.expires_after(5ms);
            asio::error_code ignored;
            co_await m_idle.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
    }

private:
    bool isBehind() const
    {
        return std::any_of(m_streams.begin(), m_streams.end(),
                           [](const auto &each) { return each.second->connection->isBehind(); });
    }

    bool take(const kube::spdy::Frame &frame)
    {
        if (!frame.isControl) {
            const auto found = m_streams.find(frame.stream);
            if (found == m_streams.end())
                return true;
            if (frame.stream == found->second->dataStream) {
                ForwardedConnection &connection = *found->second->connection;
                connection.take({frame.payload.constData(), std::size_t(frame.payload.size())});
                if (frame.flags & Fin)
                    connection.finish();
            }
            return true;
        }
        if (frame.type == FrameType::SynStream)
            return open(frame.payload);
        if (frame.type == FrameType::Ping)
            m_link.send(kube::spdy::controlFrame(FrameType::Ping, 0, frame.payload));
        if (frame.type == FrameType::RstStream) {
            if (const auto found = m_streams.find(streamIn(frame.payload)); found != m_streams.end())
                found->second->connection->cut();
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
            pair =
                std::make_shared<Pair>(Pair{0, 0, 0, std::make_shared<ForwardedConnection>(m_loop, m_link)});
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

    static asio::awaitable<void> forward(std::shared_ptr<Forwarding> self, std::shared_ptr<Pair> pair)
    {
        // Named, not temporary: GCC 12 may destroy twice what is made within a co_await.
        ForwardedConnection &connection = *pair->connection;
        const std::optional<Address> address = self->m_dial(pair->port);
        const std::function<void(const QByteArray &)> deliver = [self, pair](const QByteArray &bytes) {
            self->m_link.send(kube::spdy::dataFrame(pair->dataStream, 0, bytes));
        };
        const bool isConnected = co_await connection.connect(address);
        if (isConnected)
            co_await connection.pump(deliver);
        else
            self->m_link.send(kube::spdy::dataFrame(
                pair->errorStream, 0,
                QByteArray::fromStdString(ForwardedConnection::refusal(self->m_pod, pair->port))));
        self->finish(isConnected ? pair->dataStream : pair->errorStream);
        self->finish(isConnected ? pair->errorStream : pair->dataStream);
        co_await connection.close();
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

bool isWebSocket(const edge::RequestHead &head) { return head.headers.hasToken("upgrade", "websocket"); }

bool speaks(const edge::RequestHead &head, std::string_view protocol)
{
    return head.headers.hasToken("sec-websocket-protocol", protocol);
}

edge::ResponseHead webSocketHead(const edge::RequestHead &request, std::string_view protocol)
{
    edge::ResponseHead head;
    head.status = 101;
    head.headers.set("connection", "Upgrade");
    head.headers.set("upgrade", "websocket");
    head.headers.set("sec-websocket-accept", acceptKey(request.headers.value("sec-websocket-key")));
    if (!protocol.empty())
        head.headers.set("sec-websocket-protocol", std::string(protocol));
    return head;
}

struct Accepted
{
    edge::ResponseHead head;
    ForwardLink::Framing framing = ForwardLink::Framing::Bare;
    std::vector<std::uint16_t> ports; // of channels
};

StoreResult<std::vector<std::uint16_t>> portsOf(const Query &query)
{
    std::vector<std::uint16_t> ports;
    for (const std::string &text : query.values("ports")) {
        const QByteArray number = QByteArray::fromStdString(text);
        bool isNumber = false;
        const ushort port = number.toUShort(&isNumber);
        if (!isNumber || port == 0)
            return tl::unexpected(badRequest("unable to parse " + quoted(text) + " as a port"));
        ports.push_back(port);
    }
    if (ports.empty())
        return tl::unexpected(badRequest("query parameter \"port\" is required"));
    return ports;
}

// What the kubelet makes of a WebSocket, to which the API server hands it through: it looks at the ports first.
StoreResult<Accepted> acceptChannels(const Call &call)
{
    auto ports = portsOf(call.query);
    if (!ports)
        return tl::unexpected(ports.error());
    for (const auto &[protocol, framing] :
         {std::pair("v4.channel.k8s.io", ForwardLink::Framing::Binary),
          std::pair("v4.base64.channel.k8s.io", ForwardLink::Framing::Base64)}) {
        if (speaks(call.head, protocol))
            return Accepted{webSocketHead(call.head, protocol), framing, std::move(*ports)};
    }
    if (!call.head.headers.has("sec-websocket-protocol"))
        return Accepted{webSocketHead(call.head, {}), ForwardLink::Framing::Binary, std::move(*ports)};
    return tl::unexpected(
        StoreError{403, "Forbidden", "websocket: the protocols requested are not known", {}});
}

// An error if the client asked for nothing that is spoken here.
StoreResult<Accepted> accept(const Call &call, const ServerAge &age)
{
    if (isWebSocket(call.head)) {
        if (age.tunnelsPortForwards() && speaks(call.head, TunnelProtocol))
            return Accepted{webSocketHead(call.head, TunnelProtocol), ForwardLink::Framing::Binary, {}};
        return acceptChannels(call);
    }
    if (!call.head.headers.hasToken("upgrade", "SPDY/3.1"))
        return tl::unexpected(badRequest("Upgrade request required"));
    if (!call.head.headers.hasToken("x-stream-protocol-version", "portforward.k8s.io"))
        return tl::unexpected(
            StoreError{403,
                       "Forbidden",
                       "unable to upgrade: none of the client's protocols is supported: portforward.k8s.io",
                       {}});
    Accepted accepted;
    accepted.head.status = 101;
    accepted.head.headers.set("connection", "Upgrade");
    accepted.head.headers.set("upgrade", "SPDY/3.1");
    accepted.head.headers.set("x-stream-protocol-version", "portforward.k8s.io");
    return accepted;
}

} // namespace

asio::awaitable<StoreResult<void>> servePortForward(asio::io_context &loop, const Store &store,
                                                    const ApiServerHooks &hooks, const ServerAge &age,
                                                    const Call &call, edge::Responder &responder)
{
    const auto pod = podOf(store, call);
    if (!pod)
        co_return tl::unexpected(pod.error());
    if ((**pod)["spec"]["nodeName"].text().empty())
        co_return tl::unexpected(badRequest("pod " + call.path.name + " does not have a host assigned"));
    auto accepted = accept(call, age);
    if (!accepted)
        co_return tl::unexpected(accepted.error());
    const auto stream = co_await responder.upgrade(std::move(accepted->head));
    if (!stream)
        co_return StoreResult<void>();
    const auto link = std::make_shared<ForwardLink>(loop, **stream, accepted->framing);
    link->start();
    const auto dial = [&hooks, &call](std::uint16_t port) -> std::optional<Address> {
        const auto &find = hooks.forwardAddress ? hooks.forwardAddress : hooks.podAddress;
        return find ? find(call.path.nameSpace, call.path.name, port) : std::nullopt;
    };
    if (accepted->ports.empty()) {
        const auto forwarding = std::make_shared<Forwarding>(loop, *link, dial, call.path.name);
        co_await forwarding->run();
    } else {
        const auto forwarding =
            std::make_shared<ChannelForward>(loop, *link, dial, call.path.name, accepted->ports);
        co_await forwarding->run();
    }
    co_await link->close();
    co_return StoreResult<void>();
}

} // namespace demo
