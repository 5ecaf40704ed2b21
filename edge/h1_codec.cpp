// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/h1_codec.h"

#include "edge/text.h"

#include <algorithm>
#include <array>

namespace edge {

namespace {

constexpr std::size_t LineLimit = 8 * 1024; // of a chunk's size line and of all trailers

tl::unexpected<BadMessage> bad(std::string why, int status = 400)
{
    return tl::unexpected(BadMessage{status, std::move(why)});
}

bool isTokenCharacter(char c)
{
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || marks.find(c) != std::string_view::npos;
}

bool isFieldValue(std::string_view text)
{
    return std::none_of(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    });
}

bool isTarget(std::string_view text)
{
    return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f;
    });
}

// The next line without its CR LF; a bare LF or CR is refused by the field checks, since the line then still holds it.
std::string_view takeLine(std::string_view &rest)
{
    const std::size_t end = std::min(rest.find("\r\n"), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    return line;
}

Parsed<Headers> parseFields(std::string_view rest, std::size_t maxHeaders)
{
    Headers headers;
    while (!rest.empty()) {
        const std::string_view line = takeLine(rest);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos
            || !isToken(line.substr(0, colon))) // a folded line begins with a space: no token
            return bad("a header line without a proper name");
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (!isFieldValue(value))
            return bad("a control character in the header " + std::string(line.substr(0, colon)));
        if (headers.size() == maxHeaders)
            return bad("more than " + std::to_string(maxHeaders) + " header lines", 431);
        headers.add(std::string(line.substr(0, colon)), std::string(value));
    }
    return headers;
}

std::size_t count(const Headers &headers, std::string_view name)
{
    return std::size_t(std::count_if(headers.begin(), headers.end(), [&](const Header &header) {
        return equalIgnoringCase(header.name, name);
    }));
}

Parsed<std::optional<BodyLength>> declaredLength(const Headers &headers)
{
    const std::size_t encodings = count(headers, "transfer-encoding");
    const std::size_t lengths = count(headers, "content-length");
    if (encodings > 0 && lengths > 0)
        return bad("content-length beside transfer-encoding");
    if (encodings > 1
        || (encodings == 1 && !equalIgnoringCase(headers.value("transfer-encoding"), "chunked")))
        return bad("a transfer-encoding other than chunked", 501);
    if (encodings == 1)
        return BodyLength{BodyLength::Kind::Chunked, 0};
    if (lengths == 0)
        return std::optional<BodyLength>();
    const std::string_view text = headers.value("content-length");
    if (lengths > 1 || text.empty() || text.size() > 18
        || text.find_first_not_of("0123456789") != std::string_view::npos)
        return bad("a content-length that is no number");
    std::uint64_t bytes = 0;
    for (const char c : text)
        bytes = bytes * 10 + std::uint64_t(c - '0');
    return BodyLength{bytes == 0 ? BodyLength::Kind::None : BodyLength::Kind::Known, bytes};
}

void writeFields(std::string &out, const Headers &headers)
{
    for (const Header &header : headers)
        out.append(header.name).append(": ").append(header.value).append("\r\n");
    out += "\r\n";
}

} // namespace

bool isToken(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), isTokenCharacter);
}

namespace {

// 0: fine; else the status to refuse with.
int refusedVersion(std::string_view version, bool acceptHttp10)
{
    const bool isVersion = version.size() == 8 && version.substr(0, 5) == "HTTP/" && version[6] == '.'
        && hexDigit(version[5]) >= 0 && hexDigit(version[5]) < 10 && hexDigit(version[7]) >= 0
        && hexDigit(version[7]) < 10;
    if (!isVersion)
        return 400;
    return version == "HTTP/1.1" || (acceptHttp10 && version == "HTTP/1.0") ? 0 : 426;
}

bool isHost(std::string_view host)
{
    return host.find_first_of(" \t/\\?#") == std::string_view::npos
        && std::none_of(host.begin(), host.end(),
                        [](char ch) { return static_cast<unsigned char>(ch) >= 0x7f; });
}

} // namespace

Parsed<RequestHead> parseRequestHead(std::string_view head, std::size_t maxHeaders, bool acceptHttp10)
{
    RequestHead request;
    const std::string_view line = takeLine(head);
    const std::size_t first = line.find(' ');
    const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos) // METHOD TARGET alone was HTTP/0.9
        return bad("no request line",
                   first != std::string_view::npos && isToken(line.substr(0, first))
                           && isTarget(line.substr(first + 1)) && line[first + 1] == '/'
                       ? 426
                       : 400);
    request.method = line.substr(0, first);
    request.target = line.substr(first + 1, second - first - 1);
    if (!isToken(request.method) || !isTarget(request.target))
        return bad("no request line");
    if (const int refused = refusedVersion(line.substr(second + 1), acceptHttp10); refused != 0)
        return bad("not HTTP/1.1", refused);
    request.minorVersion = line.back() - '0';
    auto headers = parseFields(head, maxHeaders);
    if (!headers)
        return tl::unexpected(headers.error());
    request.headers = std::move(*headers);
    const std::size_t hosts = count(request.headers, "host");
    if (hosts == 0)
        return tl::unexpected(BadMessage{400, "no Host header", true});
    if (hosts > 1 || !isHost(request.headers.value("host")))
        return bad("not exactly one sound Host header");
    const bool isConnect = request.method == "CONNECT";
    const bool isPath = request.target.front() == '/';
    if (isConnect ? isPath
                  : !isPath && request.target != "*" && request.target.find("://") == std::string::npos)
        return bad("a request target that does not go with the method");
    return request;
}

Parsed<ResponseHead> parseResponseHead(std::string_view head, std::size_t maxHeaders)
{
    ResponseHead response;
    const std::string_view line = takeLine(head);
    if (!isFieldValue(line) || line.size() < 12 || line.substr(0, 7) != "HTTP/1." || line[8] != ' '
        || (line.size() > 12 && line[12] != ' '))
        return bad("no status line", 502);
    response.status = 0;
    response.minorVersion = line[7] == '0' && line[5] == '1' ? 0 : 1;
    for (const char c : line.substr(9, 3)) {
        if (c < '0' || c > '9')
            return bad("no status line", 502);
        response.status = response.status * 10 + (c - '0');
    }
    if (response.status < 100)
        return bad("no status line", 502);
    response.reason = line.size() > 13 ? std::string(line.substr(13)) : std::string();
    auto headers = parseFields(head, maxHeaders);
    if (!headers)
        return bad(headers.error().why, 502);
    response.headers = std::move(*headers);
    return response;
}

std::string formatRequestHead(const RequestHead &head)
{
    std::string out;
    out.reserve(512);
    out.append(head.method).append(" ").append(head.target).append(" HTTP/1.1\r\n");
    writeFields(out, head.headers);
    return out;
}

std::string formatResponseHead(const ResponseHead &head)
{
    std::string out;
    out.reserve(512);
    out.append("HTTP/1.1 ")
        .append(std::to_string(head.status))
        .append(" ")
        .append(head.reason.empty() ? reasonPhrase(head.status) : std::string_view(head.reason))
        .append("\r\n");
    writeFields(out, head.headers);
    return out;
}

Parsed<BodyLength> bodyLength(const RequestHead &head)
{
    const auto declared = declaredLength(head.headers);
    if (!declared)
        return tl::unexpected(declared.error());
    return declared->value_or(BodyLength{});
}

Parsed<BodyLength> bodyLength(const ResponseHead &head, std::string_view requestMethod)
{
    if (requestMethod == "HEAD" || head.status < 200 || head.status == 304)
        return BodyLength{};
    const auto declared = declaredLength(head.headers);
    if (head.status == 204) {
        if (!declared || declared->value_or(BodyLength{}).kind != BodyLength::Kind::None)
            return bad("a body where the status allows none", 502);
        return BodyLength{};
    }
    if (!declared)
        return bad(declared.error().why, 502);
    return declared->value_or(BodyLength{BodyLength::Kind::UntilClose, 0});
}

Parsed<ChunkDecoder::State> ChunkDecoder::step(char c)
{
    switch (m_state) {
    case State::Size:
        if (const int digit = hexDigit(c); digit >= 0) {
            if (++m_digits > 15)
                return bad("a chunk size that is too long");
            m_left = m_left * 16 + std::uint64_t(digit);
            return State::Size;
        }
        if (m_digits == 0 || (c != '\r' && c != ';'))
            return bad("a chunk size that is no number");
        return c == ';' ? State::Extension : State::SizeLineFeed;
    case State::Extension:
        if (++m_lineBytes > LineLimit || c == '\n')
            return bad("a chunk extension that is too long or broken");
        return c == '\r' ? State::SizeLineFeed : State::Extension;
    case State::SizeLineFeed:
        if (c != '\n')
            return bad("a chunk size without its line end");
        m_lineBytes = 0;
        m_digits = 0;
        return m_left > 0 ? State::Data : State::TrailerStart;
    case State::DataReturn:
        return c == '\r' ? Parsed<State>(State::DataLineFeed) : bad("a chunk longer than its size");
    case State::DataLineFeed:
        return c == '\n' ? Parsed<State>(State::Size) : bad("a chunk longer than its size");
    case State::TrailerStart: m_colon = false; return c == '\r' ? State::EndLineFeed : State::Trailer;
    case State::Trailer:
        m_colon = m_colon || c == ':';
        if (++m_lineBytes > LineLimit || c == '\n' || (c == '\r' && !m_colon))
            return bad("trailers that are too long or broken");
        return c == '\r' ? State::TrailerLineFeed : State::Trailer;
    case State::TrailerLineFeed:
        return c == '\n' ? Parsed<State>(State::TrailerStart) : bad("a trailer without its line end");
    case State::EndLineFeed:
        return c == '\n' ? Parsed<State>(State::Done) : bad("no end after the last chunk");
    case State::Data:
    case State::Done: break;
    }
    return m_state;
}

Parsed<std::size_t> ChunkDecoder::decode(std::string_view bytes, std::string &out)
{
    std::size_t used = 0;
    while (used < bytes.size() && !done()) {
        if (m_state == State::Data) {
            const std::size_t size = std::size_t(std::min<std::uint64_t>(m_left, bytes.size() - used));
            out.append(bytes.substr(used, size));
            used += size;
            m_left -= size;
            if (m_left == 0)
                m_state = State::DataReturn;
            continue;
        }
        const auto next = step(bytes[used]);
        if (!next)
            return tl::unexpected(next.error());
        m_state = *next;
        ++used;
    }
    return used;
}

std::string chunk(std::string_view data)
{
    if (data.empty())
        return {};
    static constexpr char digits[] = "0123456789abcdef";
    std::string size;
    for (std::size_t left = data.size(); left > 0; left /= 16)
        size.insert(size.begin(), digits[left % 16]);
    return size.append("\r\n").append(data).append("\r\n");
}

bool keepsAlive(const RequestHead &head)
{
    return head.minorVersion == 1 && !head.headers.hasToken("connection", "close");
}

} // namespace edge
