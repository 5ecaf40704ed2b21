// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/zipkin_program.h"

#include "app/demo/api_request.h"

#include <charconv>
#include <cstdlib>
#include <set>

namespace demo {

namespace {

constexpr std::uint16_t Port = 9411;
constexpr std::size_t BodyLimit = 5 << 20;
constexpr std::size_t DefaultLimit = 10;

std::optional<std::uint16_t> realZipkin()
{
    const char *const address = std::getenv("SALLYPORT_ZIPKIN");
    const std::string_view text = address ? address : "";
    constexpr std::string_view prefix = "http://127.0.0.1:";
    std::uint16_t port = 0;
    if (!text.starts_with(prefix)
        || std::from_chars(text.data() + prefix.size(), text.data() + text.size(), port).ec != std::errc())
        return {};
    return port;
}

const std::string &serviceOf(const Value &span) { return span.at({"localEndpoint", "serviceName"}).text(); }

Value listOf(const std::set<std::string> &texts)
{
    Value list = Value::array();
    for (const std::string &text : texts)
        list.push(text);
    return list;
}

} // namespace

ZipkinProgram::ZipkinProgram(const ContainerContext &context)
    : m_log(context.log)
    , m_server(context.world.loop, *this)
{
}

edge::Result<void> ZipkinProgram::start()
{
    if (const auto real = realZipkin()) {
        m_ports = {{Port, *real, nullptr}};
        m_log("serving the Zipkin that SALLYPORT_ZIPKIN names");
        return {};
    }
    const auto bound = m_server.listen({"127.0.0.1", 0, Port});
    if (!bound)
        return tl::unexpected(bound.error());
    m_ports = {{Port, *bound, nullptr}};
    m_log("serving HTTP on port " + std::to_string(Port));
    return {};
}

bool ZipkinProgram::take(const std::string &json)
{
    auto spans = edge::parseJson(json);
    if (!spans || !spans->isArray())
        return false;
    for (const Value &span : spans->items()) {
        if (!span["traceId"].isString() || !span["id"].isString())
            return false;
    }
    for (const Value &span : spans->items())
        m_spans.push_back(span);
    while (m_spans.size() > MaxSpans)
        m_spans.pop_front();
    return true;
}

Value ZipkinProgram::services() const
{
    std::set<std::string> names;
    for (const Value &span : m_spans)
        names.insert(serviceOf(span));
    return listOf(names);
}

Value ZipkinProgram::spanNames(const std::string &service) const
{
    std::set<std::string> names;
    for (const Value &span : m_spans) {
        if (serviceOf(span) == service)
            names.insert(span["name"].text());
    }
    return listOf(names);
}

Value ZipkinProgram::trace(const std::string &id) const
{
    Value spans = Value::array();
    for (const Value &span : m_spans) {
        if (span["traceId"].text() == id)
            spans.push(span);
    }
    return spans;
}

Value ZipkinProgram::traces(const std::string &service, std::size_t limit) const
{
    Value all = Value::array();
    std::set<std::string> seen;
    for (auto span = m_spans.rbegin(); span != m_spans.rend() && seen.size() < limit; ++span) {
        const bool isWanted = service.empty() || serviceOf(*span) == service;
        if (isWanted && seen.insert((*span)["traceId"].text()).second)
            all.push(trace((*span)["traceId"].text()));
    }
    return all;
}

asio::awaitable<void> ZipkinProgram::handle(edge::Request &request, edge::Responder &responder)
{
    const std::string path(request.head.path());
    const std::size_t mark = request.head.target.find('?');
    const Query query(mark == std::string::npos ? std::string() : request.head.target.substr(mark + 1));
    if (request.head.method == "POST" && path == "/api/v2/spans") {
        const auto body = co_await request.readAll(BodyLimit);
        const bool isTaken = body && take(*body);
        (void)co_await responder.send(isTaken ? 202 : 400, "text/plain",
                                      isTaken ? "" : "not a list of spans\n");
        co_return;
    }
    Value answer;
    int status = 200;
    if (path == "/health")
        answer = Value::object({{"status", "UP"}});
    else if (path == "/api/v2/services")
        answer = services();
    else if (path == "/api/v2/spans")
        answer = spanNames(query.value("serviceName"));
    else if (path == "/api/v2/traces")
        answer = traces(query.value("serviceName"),
                        query.has("limit") ? std::size_t(std::max(1, std::atoi(query.value("limit").c_str())))
                                           : DefaultLimit);
    else if (path.starts_with("/api/v2/trace/"))
        answer = trace(path.substr(std::string_view("/api/v2/trace/").size()));
    if (answer.isNull() || (answer.isArray() && answer.items().empty() && path.starts_with("/api/v2/trace/")))
        status = 404;
    const std::string text = edge::toJson(answer);
    (void)co_await responder.send(status, "application/json", text);
}

} // namespace demo
