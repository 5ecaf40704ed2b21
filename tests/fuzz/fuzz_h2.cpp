// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as what an HTTP/2 client sends behind its preface; the first byte says where the pieces are cut, the second what the server
// does.  Read alone: the same requests come out as of one piece, but that of a body which breaks a rule more or less may have been told.
// Answered: each stream is told, ended and closed at most once, and what was lent to it is not looked at behind its end.
#include "edge/h2_session.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>

namespace {

using edge::H2StreamId;

constexpr std::string_view Preface("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);

struct Heard
{
    std::string head, body;
    bool isWhole = false;
};
using AllHeard = std::map<H2StreamId, Heard>;

void demand(bool isSo)
{
    if (!isSo)
        std::abort();
}

std::string textOf(const edge::RequestHead &head)
{
    std::string text = head.method + " " + head.target;
    for (const edge::Header &header : head.headers)
        text += "\n" + header.name + ": " + header.value;
    return text;
}

std::chrono::steady_clock::time_point now()
{
    return std::chrono::steady_clock::time_point(std::chrono::hours(1));
}

// A DATA frame is held against content-length and the windows by the piece: of one that breaks them the first pieces are told.
bool isSame(const Heard &one, const Heard &other)
{
    return one.head == other.head && one.isWhole == other.isWhole
        && (one.isWhole ? one.body == other.body
                        : one.body.starts_with(other.body) || other.body.starts_with(one.body));
}

bool isSame(const AllHeard &one, const AllHeard &other)
{
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](const auto &left, const auto &right) {
                          return left.first == right.first && isSame(left.second, right.second);
                      });
}

AllHeard read(std::string_view bytes, std::size_t piece)
{
    AllHeard heard;
    edge::H2Callbacks callbacks;
    callbacks.request = [&](H2StreamId id, const edge::RequestHead &head, bool isWhole) {
        heard[id] = {textOf(head), {}, isWhole};
    };
    callbacks.data = [&](H2StreamId id, std::string_view data) { heard.at(id).body += data; };
    callbacks.ended = [&](H2StreamId id, const edge::Headers &) { heard.at(id).isWhole = true; };
    callbacks.drained = [](H2StreamId) {};
    callbacks.closed = [](H2StreamId, std::uint32_t) {};
    edge::H2Session session({.headerBytes = 2000, .headerLines = 20}, std::move(callbacks));
    (void)session.receive(Preface, now());
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        if (!session.receive(bytes.substr(at, piece), now()))
            break;
    }
    return heard;
}

class Answering
{
public:
    Answering(std::string_view bytes, std::size_t piece, unsigned manner)
        : m_manner(manner)
        , m_session({.streams = 5, .headerBytes = 500, .headerLines = 9, .streamWindow = 70'000, .resets = 8},
                    callbacks())
    {
        std::string output;
        (void)m_session.receive(Preface, now());
        for (std::size_t at = 0; at < bytes.size() && !m_session.isOver(); at += piece) {
            (void)m_session.receive(bytes.substr(at, piece), now());
            output.clear();
            if (m_manner % 3 != 0)
                m_session.collect(output, 4096);
            if (at / piece == m_manner)
                m_session.goAway();
        }
        m_session.endGoAway();
        for (int i = 0; i < 100 && !m_session.isOver(); ++i)
            m_session.collect(output, SIZE_MAX);
    }

private:
    void answer(H2StreamId id)
    {
        edge::ResponseHead head;
        head.status = 200;
        head.headers = {{"Content-Type", "text/plain"}, {"Connection", "close"}};
        const bool isShort = (unsigned(id) ^ m_manner) % 7 == 1;
        m_session.respond(id, head, isShort);
        if (isShort)
            return;
        m_lent[id] = std::make_unique<std::string>(1 + m_manner * 300,
                                                   'x'); // freed at its end: ASan sees who reads on
        m_session.send(id, *m_lent[id]);
        if ((unsigned(id) ^ m_manner) % 5 == 2) {
            m_session.reset(id, edge::H2Reason::Cancel);
            m_lent.erase(id);
        }
    }

    edge::H2Callbacks callbacks()
    {
        edge::H2Callbacks all;
        all.request = [this](H2StreamId id, const edge::RequestHead &, bool isWhole) {
            demand(m_open.insert(id).second && !m_closed.contains(id));
            if (isWhole)
                m_whole.insert(id);
            answer(id);
        };
        all.data = [this](H2StreamId id, std::string_view data) {
            demand(m_open.contains(id) && !m_whole.contains(id));
            if (m_manner % 2 == 0)
                m_session.credit(id, data.size());
        };
        all.ended = [this](H2StreamId id, const edge::Headers &) {
            demand(m_open.contains(id) && m_whole.insert(id).second);
        };
        all.drained = [this](H2StreamId id) {
            demand(m_open.contains(id) && m_session.unsent(id) == 0);
            m_lent.erase(id);
            m_session.finish(id, {{"Grpc-Status", "0"}});
        };
        all.closed = [this](H2StreamId id, std::uint32_t) {
            demand(m_open.erase(id) == 1 && m_closed.insert(id).second);
            m_lent.erase(id);
        };
        return all;
    }

    unsigned m_manner;
    std::set<H2StreamId> m_open, m_whole, m_closed;
    std::map<H2StreamId, std::unique_ptr<std::string>> m_lent;
    edge::H2Session m_session;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    if (size < 2)
        return 0;
    const std::size_t piece = 1 + data[0];
    const std::string_view bytes(reinterpret_cast<const char *>(data) + 2, size - 2);
    demand(isSame(read(bytes, bytes.size() + 1), read(bytes, piece)));
    const Answering answering(bytes, piece, data[1]);
    return 0;
}
