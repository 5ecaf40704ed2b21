// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/grafana_program.h"

#include "app/demo/api_request.h"
#include "app/demo/kubeconfig_writer.h"
#include "edge/client.h"

#include <QFile>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace demo {

namespace {

constexpr std::uint16_t Port = 3000;
constexpr std::size_t BodyLimit = 5 << 20;
constexpr std::size_t UidDigits = 9;

Value message(const std::string &text) { return Value::object({{"message", text}}); }

Value catalogue4698()
{
    QFile file(u":/demo/grafana-4698.json"_s);
    (void)file.open(QIODevice::ReadOnly);
    return edge::parseJson(file.readAll().toStdString()).value_or(Value());
}

// "${DS_PROMETHEUS}" and its like, as an import's inputs name them.
std::string withInputs(std::string text, const Value &inputs)
{
    for (const Value &input : inputs.items()) {
        const std::string word = "${" + input["name"].text() + "}";
        for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at))
            text.replace(at, word.size(), input["value"].text());
    }
    return text;
}

bool contains(std::string text, std::string part) // whatever the case
{
    const auto lower = [](std::string &each) {
        std::transform(each.begin(), each.end(), each.begin(),
                       [](unsigned char c) { return char(std::tolower(c)); });
    };
    lower(text);
    lower(part);
    return text.find(part) != std::string::npos;
}

std::string percentEncoded(std::string_view text)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            out += c;
        else
            out.append({'%', digits[static_cast<unsigned char>(c) >> 4], digits[c & 15]});
    }
    return out;
}

// One frame a series: its labels, and the value now.
Value framesOf(const Value &result)
{
    Value frames = Value::array();
    for (const Value &series : result.items()) {
        const auto &pair = series["value"].items();
        if (pair.size() != 2)
            continue;
        Value fields = Value::array();
        fields.push(Value::object({{"name", "Time"}, {"type", "time"}}));
        fields.push(Value::object({{"name", "Value"}, {"type", "number"}, {"labels", series["metric"]}}));
        Value values = Value::array();
        values.push(Value::array({std::int64_t(pair[0].toDouble() * 1000)}));
        values.push(Value::array({Value::number(pair[1].text())}));
        frames.push(Value::object({{"schema", Value::object({{"fields", std::move(fields)}})},
                                   {"data", Value::object({{"values", std::move(values)}})}}));
    }
    return frames;
}

} // namespace

GrafanaProgram::GrafanaProgram(const ContainerContext &context)
    : m_context(context)
    , m_server(context.world.loop, *this)
{
}

edge::Result<void> GrafanaProgram::start()
{
    const auto bound = m_server.listen({"127.0.0.1", 0, Port});
    if (!bound)
        return tl::unexpected(bound.error());
    m_ports = {{Port, *bound, nullptr}};
    m_context.log("serving HTTP on port " + std::to_string(Port));
    return {};
}

// As the kubelet brings a ConfigMap's files and Grafana's file provider reads them, without the minute that both take.
std::map<std::string, Value> GrafanaProgram::shown() const
{
    std::map<std::string, Value> all = m_dashboards;
    const Store &store = m_context.world.store;
    const ObjectPtr map =
        store.get(*store.find("", "configmaps"), m_context.pod.nameSpace, "istio-grafana-dashboards");
    if (!map)
        return all;
    for (const auto &[file, content] : (*map)["data"].members()) {
        auto dashboard = edge::parseJson(content.text());
        if (dashboard && !(*dashboard)["uid"].text().empty())
            all.insert_or_assign((*dashboard)["uid"].text(), std::move(*dashboard));
    }
    return all;
}

GrafanaProgram::Answer GrafanaProgram::search(const std::string &words) const
{
    Value found = Value::array();
    for (const auto &[uid, dashboard] : shown()) {
        const std::string &title = dashboard["title"].text();
        if (contains(title, words))
            found.push(Value::object({{"id", dashboard["id"]},
                                      {"uid", uid},
                                      {"title", title},
                                      {"type", "dash-db"},
                                      {"url", "/d/" + uid}}));
    }
    return {200, std::move(found)};
}

GrafanaProgram::Answer GrafanaProgram::dashboard(const std::string &uid) const
{
    const auto all = shown();
    const auto found = all.find(uid);
    if (found == all.end())
        return {404, message("Dashboard not found")};
    return {200,
            Value::object({{"meta",
                            Value::object({{"url", "/d/" + uid},
                                           {"version", found->second["version"]},
                                           {"canSave", true},
                                           {"canEdit", true}})},
                           {"dashboard", found->second}})};
}

GrafanaProgram::Answer GrafanaProgram::save(const Value &request)
{
    Value dashboard = request["dashboard"];
    if (!dashboard["title"].isString() || dashboard["title"].text().empty())
        return {400, message("Dashboard title cannot be empty")};
    std::string uid = dashboard["uid"].text();
    if (uid.empty())
        uid = randomToken().substr(0, UidDigits);
    const auto known = m_dashboards.find(uid);
    const std::int64_t version = known == m_dashboards.end() ? 0 : known->second["version"].toInteger();
    if (version > 0 && !request["overwrite"].toBool() && dashboard["version"].toInteger() != version)
        return {412,
                Value::object({{"status", "version-mismatch"},
                               {"message", "The dashboard has been changed by someone else"}})};
    dashboard.set("uid", uid);
    dashboard.set("id", version > 0 ? known->second["id"] : Value(++m_lastId));
    dashboard.set("version", version + 1);
    m_dashboards[uid] = dashboard;
    return {200,
            Value::object({{"id", dashboard["id"]},
                           {"uid", uid},
                           {"url", "/d/" + uid},
                           {"status", "success"},
                           {"version", version + 1}})};
}

GrafanaProgram::Answer GrafanaProgram::import(Value request)
{
    const auto dashboard = edge::parseJson(withInputs(edge::toJson(request["dashboard"]), request["inputs"]));
    if (!dashboard)
        return {400, message("bad request data")};
    request.set("dashboard", *dashboard);
    return save(request);
}

GrafanaProgram::Answer GrafanaProgram::remove(const std::string &uid)
{
    if (m_dashboards.erase(uid) == 0)
        return {404, message("Dashboard not found")};
    return {200, message("Dashboard deleted")};
}

GrafanaProgram::Answer GrafanaProgram::read(const std::string &path, const std::string &query) const
{
    const std::string byUid = "/api/dashboards/uid/";
    if (path == "/api/health")
        return {
            200,
            Value::object({{"database", "ok"}, {"version", imageTag(m_context.container["image"].text())}})};
    if (path == "/api/search")
        return search(Query(query).value("query"));
    if (path == "/api/datasources")
        return {200,
                Value::array({Value::object({{"id", 1},
                                             {"uid", "prometheus"},
                                             {"name", "Prometheus"},
                                             {"type", "prometheus"},
                                             {"url", "http://prometheus:9090"},
                                             {"isDefault", true}})})};
    if (path == "/api/gnet/dashboards/4698")
        return {200,
                Value::object({{"id", 4698}, {"name", "Ambassador Edge Stack"}, {"json", catalogue4698()}})};
    if (path.starts_with(byUid))
        return dashboard(path.substr(byUid.size()));
    return {404, message("Not found")};
}

std::optional<std::uint16_t> GrafanaProgram::prometheusPort() const
{
    return m_context.world.directory.dial("prometheus", m_context.pod.nameSpace, 9090);
}

asio::awaitable<GrafanaProgram::Answer> GrafanaProgram::ask(Value request)
{
    Value results = Value::object();
    const auto port = prometheusPort();
    for (const Value &query : request["queries"].items()) {
        edge::ClientRequest question;
        question.port = port.value_or(1);
        question.head.target = "/api/v1/query?query=" + percentEncoded(query["expr"].text());
        question.head.headers.set("host", "prometheus:9090");
        const auto reply = co_await edge::fetch(std::move(question));
        const auto body =
            reply ? edge::parseJson(reply->body) : edge::Result<Value>(tl::unexpected(reply.error()));
        const bool isGood = body && (*body)["status"].text() == "success";
        Value result = isGood
            ? Value::object({{"frames", framesOf(body->at({"data", "result"}))}, {"status", 200}})
            : Value::object(
                {{"error", body ? (*body)["error"].text() : body.error().message}, {"status", 400}});
        results.set(query["refId"].text(), std::move(result));
    }
    co_return Answer{200, Value::object({{"results", std::move(results)}})};
}

asio::awaitable<void> GrafanaProgram::handle(edge::Request &request, edge::Responder &responder)
{
    const std::string path(request.head.path());
    const std::string method = request.head.method;
    const std::size_t mark = request.head.target.find('?');
    const std::string query = mark == std::string::npos ? "" : request.head.target.substr(mark + 1);
    const std::string byUid = "/api/dashboards/uid/";
    Answer answer{405, message("method not allowed")};
    if (method == "GET") {
        answer = read(path, query);
    } else if (method == "DELETE" && path.starts_with(byUid)) {
        answer = remove(path.substr(byUid.size()));
    } else if (method == "POST") {
        const auto body = co_await request.readAll(BodyLimit);
        auto json = body ? edge::parseJson(*body) : edge::Result<Value>(tl::unexpected(body.error()));
        if (!json)
            answer = {400, message("bad request data")};
        else if (path == "/api/dashboards/db")
            answer = save(*json);
        else if (path == "/api/dashboards/import")
            answer = import(*json);
        else if (path != "/api/ds/query")
            answer = {404, message("Not found")};
        else
            answer = co_await ask(std::move(*json));
    }
    const std::string text = edge::toJson(answer.body);
    (void)co_await responder.send(answer.status, "application/json", text);
}

} // namespace demo
