// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/builtin_prometheus.h"

#include "app/demo/history.h"
#include "app/demo/object_meta.h"

#include <array>
#include <charconv>
#include <cmath>

namespace demo {

namespace {

constexpr std::uint16_t Port = 9090;
constexpr std::size_t BodyLimit = 1 << 20;
constexpr char Version[] = "sallyport-demo-built-in-responder";

std::string inQuotes(const std::string &text) { return edge::toJson(Value(text)); }

std::string numberText(double value)
{
    if (std::isnan(value) || std::isinf(value))
        return std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
    std::array<char, 400> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return error == std::errc() ? std::string(buffer.data(), end) : "0";
}

std::string secondsText(std::int64_t msecs)
{
    std::string fraction = std::to_string(1000 + msecs % 1000).substr(1);
    return std::to_string(msecs / 1000) + "." + fraction;
}

std::string labelsText(const SeriesLabels &labels)
{
    std::string out = "{";
    for (const auto &[name, value] : labels)
        out += (out.size() > 1 ? "," : "") + inQuotes(name) + ":" + inQuotes(value);
    return out + "}";
}

std::string pointText(const Sample &sample)
{
    return "[" + secondsText(sample.time) + ",\"" + numberText(sample.value) + "\"]";
}

std::string success(const std::string &data) { return "{\"status\":\"success\",\"data\":" + data + "}"; }

std::string resultText(const promql::Result &result, std::int64_t time)
{
    using Type = promql::Result::Type;
    if (result.type == Type::Scalar)
        return R"({"resultType":"scalar","result":)" + pointText({time, result.scalar}) + "}";
    if (result.type == Type::Text)
        return R"({"resultType":"string","result":[)" + secondsText(time) + "," + inQuotes(result.text)
            + "]}";
    const bool isMatrix = result.type == Type::Matrix;
    std::string out =
        std::string(R"({"resultType":")") + (isMatrix ? "matrix" : "vector") + R"(","result":[)";
    bool isFirst = true;
    for (const promql::Element &element : result.elements) {
        out += (std::exchange(isFirst, false) ? "" : ",") + std::string("{\"metric\":")
            + labelsText(element.labels) + (isMatrix ? ",\"values\":[" : ",\"value\":");
        for (const Sample &sample : element.samples)
            out += (&sample == &element.samples.front() ? "" : ",") + pointText(sample);
        out += isMatrix ? "]}" : "}";
    }
    return out + "]}";
}

// Seconds since 1970, or RFC 3339 as far as seconds.
std::optional<std::int64_t> timeIn(const Query &query, const char *name)
{
    const std::string &text = query.value(name);
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error == std::errc() && end == text.data() + text.size())
        return std::int64_t(seconds * 1000);
    return {};
}

std::optional<std::int64_t> stepIn(const Query &query)
{
    if (const auto plain = timeIn(query, "step"))
        return plain;
    const auto parsed = promql::parse("up[" + query.value("step") + "]"); // 15s, as the language writes it
    return parsed ? std::optional(parsed->range) : std::nullopt;
}

std::string wrong(const std::string &why)
{
    return R"({"status":"error","errorType":"bad_data","error":)" + inQuotes(why) + "}";
}

} // namespace

BuiltinPrometheus::BuiltinPrometheus(const ContainerContext &context)
    : m_context(context)
    , m_server(context.world.loop, *this)
{
}

edge::Result<void> BuiltinPrometheus::start()
{
    World &world = m_context.world;
    const ObjectPtr configMap =
        world.store.get(*world.store.find("", "configmaps"), m_context.pod.nameSpace, "prometheus");
    if (!configMap || !configMap->at({"data", "prometheus.yml"}).isString())
        return edge::failure(edge::Error::Kind::Config, "ConfigMap prometheus has no prometheus.yml");
    const auto documents =
        edge::parseYaml(configMap->at({"data", "prometheus.yml"}).text(), "prometheus.yml");
    if (!documents) {
        m_context.log("error loading config from prometheus.yml: " + documents.error().message);
        return tl::unexpected(documents.error());
    }
    const Value configuration = documents->empty() ? Value::object() : documents->front();
    m_configuration = edge::toYaml(configuration); // as it was understood, without comments
    if (!world.samples) {                          // they outlive the pod, as the program's database does
        world.samples = std::make_shared<SeriesStore>();
        world.samples->load(seededHistory(world.options, std::chrono::system_clock::now()));
    }
    const auto bound = m_server.listen({"127.0.0.1", 0, Port});
    if (!bound)
        return tl::unexpected(bound.error());
    m_ports = {{Port, *bound, nullptr}};
    m_context.log("no prometheus program was found: the demo's built-in responder serves on port 9090");
    m_scraper = std::make_unique<Scraper>(world, configuration, *world.samples);
    m_scraper->start();
    return {};
}

void BuiltinPrometheus::stop()
{
    m_scraper.reset();
    m_server.stop();
}

BuiltinPrometheus::Answer BuiltinPrometheus::ask(const Query &query) const
{
    const auto expression = promql::parse(query.value("query"));
    if (!expression)
        return {400, "application/json", wrong("invalid parameter \"query\": " + expression.error().message)};
    const std::int64_t time = timeIn(query, "time").value_or(nowMsecs());
    const auto result = promql::evaluate(*expression, *m_context.world.samples, time);
    if (!result)
        return {422, "application/json", wrong(result.error().message)};
    return {200, "application/json", success(resultText(*result, time))};
}

BuiltinPrometheus::Answer BuiltinPrometheus::askRange(const Query &query) const
{
    const auto expression = promql::parse(query.value("query"));
    const auto from = timeIn(query, "start"), to = timeIn(query, "end"), step = stepIn(query);
    if (!expression)
        return {400, "application/json", wrong("invalid parameter \"query\": " + expression.error().message)};
    if (!from || !to || !step)
        return {400, "application/json", wrong("start, end and step must be times in seconds")};
    const auto result = promql::evaluateRange(*expression, *m_context.world.samples, *from, *to, *step);
    if (!result)
        return {400, "application/json", wrong(result.error().message)};
    return {200, "application/json", success(resultText(*result, *to))};
}

// /api/v1/series, /labels, /label/NAME/values, each narrowed by match[].
BuiltinPrometheus::Answer BuiltinPrometheus::names(const std::string &path, const Query &query) const
{
    std::vector<const Series *> series;
    for (const std::string &match : query.values("match[]")) {
        const auto selector = promql::parse(match);
        if (!selector || selector->kind != promql::Expression::Kind::Selector)
            return {400, "application/json", wrong("invalid parameter \"match[]\": " + match)};
        const auto more = m_context.world.samples->select(selector->matchers);
        series.insert(series.end(), more.begin(), more.end());
    }
    if (!query.has("match[]"))
        series = m_context.world.samples->select({});
    std::set<std::string> found; // as JSON
    constexpr std::string_view Label = "/api/v1/label/";
    const std::string label =
        path.starts_with(Label) ? path.substr(Label.size(), path.rfind('/') - Label.size()) : "";
    for (const Series *each : series) {
        if (path == "/api/v1/series")
            found.insert(labelsText(each->labels));
        for (const auto &[name, value] : each->labels) {
            if (path == "/api/v1/labels")
                found.insert(inQuotes(name));
            else if (name == label)
                found.insert(inQuotes(value));
        }
    }
    std::string list;
    for (const std::string &each : found)
        list += (list.empty() ? "" : ",") + each;
    return {200, "application/json", success("[" + list + "]")};
}

BuiltinPrometheus::Answer BuiltinPrometheus::targets() const
{
    std::string list;
    for (const auto &target : m_scraper->targets()) {
        list += (list.empty() ? "" : ",") + std::string("{\"discoveredLabels\":")
            + labelsText(target->discovered) + ",\"labels\":" + labelsText(target->labels)
            + ",\"scrapePool\":" + inQuotes(target->job["job_name"].text())
            + ",\"scrapeUrl\":" + inQuotes(target->url) + ",\"globalUrl\":" + inQuotes(target->url)
            + ",\"lastError\":" + inQuotes(target->error) + ",\"lastScrape\":"
            + inQuotes(timeText(target->last / 1000)) + ",\"lastScrapeDuration\":0,\"health\":"
            + inQuotes(target->last == 0  ? "unknown"
                           : target->isUp ? "up"
                                          : "down")
            + "}";
    }
    return {200, "application/json", success("{\"activeTargets\":[" + list + "],\"droppedTargets\":[]}")};
}

BuiltinPrometheus::Answer BuiltinPrometheus::answer(const std::string &path, const Query &query)
{
    if (path == "/-/ready" || path == "/-/healthy")
        return {200, "text/plain", "Prometheus Server is " + path.substr(3, 5) + ".\n"};
    if (path == "/metrics")
        return {200, "text/plain",
                "# TYPE prometheus_tsdb_head_series gauge\nprometheus_tsdb_head_series "
                    + std::to_string(m_context.world.samples->size()) + "\n"};
    if (path == "/api/v1/query")
        return ask(query);
    if (path == "/api/v1/query_range")
        return askRange(query);
    if (path == "/api/v1/targets")
        return targets();
    if (path == "/api/v1/series" || path == "/api/v1/labels" || path.starts_with("/api/v1/label/"))
        return names(path, query);
    if (path == "/api/v1/status/config")
        return {200, "application/json", success("{\"yaml\":" + inQuotes(m_configuration) + "}")};
    if (path == "/api/v1/status/buildinfo")
        return {
            200, "application/json",
            success(
                std::string("{\"version\":\"") + Version
                + R"(","revision":"no prometheus program was found","branch":"","buildUser":"","buildDate":"","goVersion":""})")};
    if (path == "/api/v1/rules" || path == "/api/v1/alerts")
        return {200, "application/json",
                success(path == "/api/v1/rules" ? "{\"groups\":[]}" : "{\"alerts\":[]}")};
    return {404, "text/plain", "404 page not found\n"};
}

asio::awaitable<void> BuiltinPrometheus::handle(edge::Request &request, edge::Responder &responder)
{
    const std::string path(request.head.path());
    const std::size_t mark = request.head.target.find('?');
    std::string parameters = mark == std::string::npos ? "" : request.head.target.substr(mark + 1);
    if (request.head.method == "POST") {
        const auto body = co_await request.readAll(BodyLimit);
        parameters += body && !body->empty() ? "&" + *body : "";
    }
    const Answer done = answer(path, Query(parameters));
    (void)co_await responder.send(done.status, done.contentType, done.body);
}

} // namespace demo
