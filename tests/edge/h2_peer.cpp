// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/edge/h2_peer.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>

namespace edge_test {

namespace {

std::string_view textOf(const std::uint8_t *bytes, std::size_t size)
{
    return {reinterpret_cast<const char *>(bytes), size};
}

std::vector<nghttp2_nv> listOf(const H2Fields &fields)
{
    std::vector<nghttp2_nv> list;
    for (const auto &[name, value] : fields)
        list.push_back({reinterpret_cast<std::uint8_t *>(const_cast<char *>(name.data())),
                        reinterpret_cast<std::uint8_t *>(const_cast<char *>(value.data())), name.size(),
                        value.size(), NGHTTP2_NV_FLAG_NONE});
    return list;
}

struct Body
{
    std::string data;
    bool isLast = false;
    H2Fields trailers;
};

const char *nameOf(std::uint8_t type)
{
    static constexpr const char *names[] = {"DATA",          "HEADERS",      "PRIORITY", "RST_STREAM",
                                            "SETTINGS",      "PUSH_PROMISE", "PING",     "GOAWAY",
                                            "WINDOW_UPDATE", "CONTINUATION"};
    return type < std::size(names) ? names[type] : "?";
}

} // namespace

struct H2Peer::State
{
    explicit State(H2Peer &peer)
        : q(peer)
    {
    }

    H2Peer &q;
    nghttp2_session *session = nullptr;
    std::map<std::int32_t, Body> bodies;

    static State &of(void *self) { return *static_cast<State *>(self); }

    static int onHeader(nghttp2_session *, const nghttp2_frame *frame, const std::uint8_t *name,
                        std::size_t nameSize, const std::uint8_t *value, std::size_t valueSize, std::uint8_t,
                        void *self)
    {
        H2Answer &answer = of(self).q.answers[frame->hd.stream_id];
        const std::string key(textOf(name, nameSize)), text(textOf(value, valueSize));
        if (key == ":status" && text.front() == '1')
            answer.interim.push_back(std::stoi(text));
        else if (key == ":status")
            answer.status = std::stoi(text);
        else if (answer.status != 0 && frame->headers.cat == NGHTTP2_HCAT_HEADERS && answer.interim.empty())
            answer.trailers.add(key, text);
        else
            answer.headers.add(key, text);
        return 0;
    }

    static int onFrame(nghttp2_session *, const nghttp2_frame *frame, void *self)
    {
        H2Peer &q = of(self).q;
        const std::uint8_t type = frame->hd.type;
        q.heard.push_back(nameOf(type)
                          + (frame->hd.stream_id == 0 ? "" : " " + std::to_string(frame->hd.stream_id)));
        if ((type == NGHTTP2_DATA || type == NGHTTP2_HEADERS) && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
            q.answers[frame->hd.stream_id].isWhole = true;
        if (type == NGHTTP2_GOAWAY)
            q.goAways.push_back({frame->goaway.last_stream_id, frame->goaway.error_code});
        if (type == NGHTTP2_PING && (frame->hd.flags & NGHTTP2_FLAG_ACK))
            ++q.pongs;
        for (std::size_t i = 0; type == NGHTTP2_SETTINGS && i < frame->settings.niv; ++i)
            q.settings[frame->settings.iv[i].settings_id] = frame->settings.iv[i].value;
        return 0;
    }

    static int onData(nghttp2_session *, std::uint8_t, std::int32_t stream, const std::uint8_t *bytes,
                      std::size_t size, void *self)
    {
        of(self).q.answers[stream].body += textOf(bytes, size);
        return 0;
    }

    static int onClosed(nghttp2_session *, std::int32_t stream, std::uint32_t reason, void *self)
    {
        of(self).q.answers[stream].closed = reason;
        return 0;
    }

    static ssize_t onBody(nghttp2_session *session, std::int32_t stream, std::uint8_t *into, std::size_t room,
                          std::uint32_t *flags, nghttp2_data_source *source, void *)
    {
        Body &body = of(source->ptr).bodies[stream];
        if (body.data.empty() && !body.isLast)
            return NGHTTP2_ERR_DEFERRED;
        const std::size_t size = std::min(room, body.data.size());
        std::copy_n(body.data.data(), size, into);
        body.data.erase(0, size);
        if (body.data.empty() && body.isLast) {
            *flags |= NGHTTP2_DATA_FLAG_EOF;
            const auto list = listOf(body.trailers);
            if (!list.empty()) {
                *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
                nghttp2_submit_trailer(session, stream, list.data(), list.size());
            }
        }
        return ssize_t(size);
    }
};

H2Peer::H2Peer(Windows windows, std::uint32_t streamWindow)
    : m_state(std::make_unique<State>(*this))
{
    nghttp2_session_callbacks *callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, State::onHeader);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, State::onFrame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, State::onData);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, State::onClosed);
    nghttp2_option *option = nullptr;
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_window_update(option, windows == Windows::ByHand);
    nghttp2_session_client_new2(&m_state->session, callbacks, m_state.get(), option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry window{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, streamWindow};
    nghttp2_submit_settings(m_state->session, NGHTTP2_FLAG_NONE, &window, 1);
}

H2Peer::~H2Peer() { nghttp2_session_del(m_state->session); }

H2Fields getOf(const std::string &path)
{
    return {{":method", "GET"}, {":scheme", "https"}, {":authority", "a.test"}, {":path", path}};
}

std::int32_t H2Peer::request(const H2Fields &fields, bool isWhole)
{
    const auto list = listOf(fields);
    nghttp2_data_provider provider{{}, State::onBody};
    provider.source.ptr = m_state.get();
    return nghttp2_submit_request(m_state->session, nullptr, list.data(), list.size(),
                                  isWhole ? nullptr : &provider, nullptr);
}

void H2Peer::send(std::int32_t stream, std::string data, bool isLast)
{
    Body &body = m_state->bodies[stream];
    body.data += data;
    body.isLast = isLast;
    nghttp2_session_resume_data(m_state->session, stream);
}

void H2Peer::end(std::int32_t stream, const H2Fields &trailers)
{
    m_state->bodies[stream].trailers = trailers;
    send(stream, {}, true);
}

void H2Peer::reset(std::int32_t stream)
{
    nghttp2_submit_rst_stream(m_state->session, NGHTTP2_FLAG_NONE, stream, NGHTTP2_CANCEL);
}

void H2Peer::credit(std::int32_t stream, std::size_t bytes)
{
    nghttp2_session_consume(m_state->session, stream, bytes);
}

void H2Peer::ping() { nghttp2_submit_ping(m_state->session, NGHTTP2_FLAG_NONE, nullptr); }

bool H2Peer::isOver() const
{
    return !nghttp2_session_want_read(m_state->session) && !nghttp2_session_want_write(m_state->session);
}

std::string H2Peer::toSend()
{
    std::string bytes;
    for (;;) {
        const std::uint8_t *piece = nullptr;
        const ssize_t size = nghttp2_session_mem_send(m_state->session, &piece);
        if (size <= 0)
            return bytes;
        bytes += textOf(piece, std::size_t(size));
    }
}

void H2Peer::hear(std::string_view bytes)
{
    nghttp2_session_mem_recv(m_state->session, reinterpret_cast<const std::uint8_t *>(bytes.data()),
                             bytes.size());
}

std::string h2Frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, std::string_view payload)
{
    std::string bytes;
    const auto size = std::uint32_t(payload.size());
    for (const std::uint32_t byte : {size >> 16, size >> 8, size, std::uint32_t(type), std::uint32_t(flags),
                                     stream >> 24, stream >> 16, stream >> 8, stream})
        bytes += char(byte & 0xff);
    return bytes.append(payload);
}

std::string h2Preface() { return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + h2Frame(4, 0, 0, {}); }

} // namespace edge_test
