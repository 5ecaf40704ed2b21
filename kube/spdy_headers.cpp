// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/spdy.h"

#include <zlib.h>

#include <optional>

using namespace Qt::StringLiterals;

namespace kube::spdy {
namespace {

constexpr quint32 maxHeaderBytes = 256 * 1024;

void appendNumber(QByteArray &out, quint32 value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        out.append(char(value >> shift & 0xff));
}

// The dictionary of the protocol (SPDY/3, section 2.6.10.1): words with their lengths, then a tail without.
QByteArray dictionary()
{
    const QByteArray words = "options head post put delete trace accept accept-charset accept-encoding "
                             "accept-language accept-ranges age allow "
                             "authorization cache-control connection content-base content-encoding "
                             "content-language content-length "
                             "content-location content-md5 content-range content-type date etag expect "
                             "expires from host if-match "
                             "if-modified-since if-none-match if-range if-unmodified-since last-modified "
                             "location max-forwards pragma "
                             "proxy-authenticate proxy-authorization range referer retry-after server te "
                             "trailer transfer-encoding upgrade "
                             "user-agent vary via warning www-authenticate method get status 200_OK version "
                             "HTTP/1.1 url public set-cookie "
                             "keep-alive origin";
    QByteArray out;
    for (QByteArray word : words.split(' ')) {
        word.replace('_', ' ');
        appendNumber(out, quint32(word.size()));
        out += word;
    }
    return out
        + "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
          "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 "
          "Unauthorized403 Forbidden"
          "404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
          "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
          "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/"
          "plain,text/javascript,"
          "publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";
}

const QByteArray &sharedDictionary()
{
    static const QByteArray bytes = dictionary();
    return bytes;
}

const Bytef *bytesOf(const QByteArray &bytes) { return reinterpret_cast<const Bytef *>(bytes.constData()); }

Result<Headers> parseBlock(const QByteArray &plain)
{
    qsizetype at = 0;
    const auto number = [&]() -> std::optional<quint32> {
        if (at + 4 > plain.size())
            return std::nullopt;
        quint32 value = 0;
        for (int i = 0; i < 4; ++i)
            value = value << 8 | quint8(plain[at++]);
        return value;
    };
    const auto text = [&]() -> std::optional<QByteArray> {
        const std::optional<quint32> size = number();
        if (!size || *size > quint64(plain.size() - at))
            return std::nullopt;
        at += *size;
        return plain.mid(at - *size, *size);
    };
    Headers headers;
    const std::optional<quint32> count = number();
    for (quint32 i = 0; count && i < *count; ++i) {
        const std::optional<QByteArray> name = text();
        const std::optional<QByteArray> value = name ? text() : std::nullopt;
        if (!value)
            return failure(Error::Kind::Protocol, u"SPDY: a header block is cut off"_s);
        headers.append({name->toLower(), *value});
    }
    return headers;
}

} // namespace

HeaderPacker::HeaderPacker()
    : m_stream(std::make_unique<z_stream>())
{
    deflateInit(m_stream.get(), Z_BEST_COMPRESSION);
    deflateSetDictionary(m_stream.get(), bytesOf(sharedDictionary()), uInt(sharedDictionary().size()));
}

HeaderPacker::~HeaderPacker() { deflateEnd(m_stream.get()); }

QByteArray HeaderPacker::pack(const Headers &headers)
{
    QByteArray plain;
    appendNumber(plain, quint32(headers.size()));
    for (const auto &[name, value] : headers) {
        appendNumber(plain, quint32(name.size()));
        plain += name.toLower();
        appendNumber(plain, quint32(value.size()));
        plain += value;
    }
    QByteArray out(qsizetype(deflateBound(m_stream.get(), uLong(plain.size()))) + 64, Qt::Uninitialized);
    m_stream->next_in = const_cast<Bytef *>(bytesOf(plain)); // zlib only reads it
    m_stream->avail_in = uInt(plain.size());
    m_stream->next_out = reinterpret_cast<Bytef *>(out.data());
    m_stream->avail_out = uInt(out.size());
    deflate(m_stream.get(), Z_SYNC_FLUSH);
    out.truncate(out.size() - qsizetype(m_stream->avail_out));
    return out;
}

HeaderUnpacker::HeaderUnpacker()
    : m_stream(std::make_unique<z_stream>())
{
    inflateInit(m_stream.get());
}

HeaderUnpacker::~HeaderUnpacker() { inflateEnd(m_stream.get()); }

Result<Headers> HeaderUnpacker::unpack(const QByteArray &block)
{
    QByteArray plain(qsizetype(maxHeaderBytes), Qt::Uninitialized);
    m_stream->next_in = const_cast<Bytef *>(bytesOf(block));
    m_stream->avail_in = uInt(block.size());
    m_stream->next_out = reinterpret_cast<Bytef *>(plain.data());
    m_stream->avail_out = maxHeaderBytes;
    int code = inflate(m_stream.get(), Z_SYNC_FLUSH);
    if (code == Z_NEED_DICT
        && inflateSetDictionary(m_stream.get(), bytesOf(sharedDictionary()), uInt(sharedDictionary().size()))
            == Z_OK)
        code = inflate(m_stream.get(), Z_SYNC_FLUSH);
    if ((code != Z_OK && code != Z_BUF_ERROR) || m_stream->avail_in > 0)
        return failure(Error::Kind::Protocol, u"SPDY: a header block cannot be unpacked"_s);
    plain.truncate(qsizetype(maxHeaderBytes - m_stream->avail_out));
    return parseBlock(plain);
}

} // namespace kube::spdy
