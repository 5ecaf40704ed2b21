// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/corpus/queries.h"

#include "edge/cors.h"
#include "edge/header_rules.h"
#include "edge/listener_rules.h"
#include "edge/request_target.h"
#include "edge/route_table.h"
#include "edge/text.h"
#include "tests/corpus/forms.h"

#include <algorithm>
#include <cmath>

using edge::Value;

namespace {

struct Asked // one request as the route table sees it
{
    edge::RequestHead head;
    edge::RouteQuery query;
    int refused = 0; // the edge's own answer before any route is looked for
};

const edge::Listener *listenerAt(const edge::Config &config, int port)
{
    const auto found =
        std::find_if(config.listeners.begin(), config.listeners.end(),
                     [&](const edge::Listener &listener) { return listener.port == port && !listener.udp; });
    return found == config.listeners.end() ? nullptr : &*found;
}

void prepare(Asked &asked, const Value &request, const edge::Config &config)
{
    asked.head.method = request["method"].text();
    asked.head.target = request["path"].text();
    asked.head.headers.add("host", request["authority"].text());
    for (const auto &[name, value] : request["headers"].members())
        asked.head.headers.set(name, value.text());
    asked.query.port = std::uint16_t(request["port"].toInteger());
    asked.query.tls = request["tls"].toBool();
    asked.query.serverName = request["sni"].text();
    asked.query.head = &asked.head;
    const edge::Listener *listener = listenerAt(config, asked.query.port);
    if (!listener)
        return;
    // Whom to believe about x-forwarded-proto (facts emissary-routing.md §1.11).
    const bool own = listener->http.useRemoteAddress && listener->http.trustedHops == 0;
    if (own || asked.head.headers.value("x-forwarded-proto").empty())
        asked.head.headers.set("x-forwarded-proto", asked.query.tls ? "https" : "http");
    asked.refused = edge::refusedByListener(asked.head, listener->http);
    if (asked.refused == 0)
        asked.refused =
            edge::normaliseTarget(asked.head, asked.query.tls, listener->http.isNewestEnvoy).status;
    if (asked.refused == 0)
        edge::applyListenerRules(asked.head, *listener);
}

bool isAddress(const std::string &host)
{
    return host.find(':') != std::string::npos || host.find_first_not_of("0123456789.") == std::string::npos;
}

// The service that a request must reach: the first label of its name, or an address as a whole.
Value backendOf(const edge::Decision &decision)
{
    if (!decision.route || !decision.cluster)
        return {};
    const auto &endpoints = decision.cluster->endpoints;
    const std::string &host = endpoints.empty() ? decision.cluster->host : endpoints.front().host;
    return isAddress(host) ? host : host.substr(0, host.find('.'));
}

// {name: VALUE, or [VALUE …] where there are several}
Value headersForm(const edge::Headers &headers)
{
    Value form = Value::object();
    for (const edge::Header &header : headers) {
        const std::string name = edge::lowered(header.name);
        const Value before = form[name];
        if (before.isNull())
            form.set(name, header.value);
        else if (before.isArray())
            form.child(name).push(header.value);
        else
            form.set(name, Value::array({before, header.value}));
    }
    return form;
}

bool suppressesEnvoyHeaders(const edge::Config &config)
{
    return std::any_of(
        config.httpFilters.begin(), config.httpFilters.end(),
        [](const edge::HttpFilter &filter) { return filter.config["suppress_envoy_headers"].toBool(); });
}

Value upstreamHeaders(const edge::Decision &decision, const edge::RequestHead &head,
                      const edge::Config &config)
{
    edge::Headers headers = head.headers;
    edge::HeaderFacts facts;
    facts.request = &head;
    facts.cluster = decision.cluster;
    edge::applyHeaderRules(headers, decision.route->requestHeadersToAdd,
                           decision.route->requestHeadersToRemove, facts);
    if (edge::rewriteOf(decision, head.target) && !suppressesEnvoyHeaders(config))
        headers.set("x-envoy-original-path", head.target);
    headers.remove("host"); // told by itself
    return headersForm(headers);
}

// What CORS and the route's rules add to the upstream's answer, in order.
Value addedHeaders(const edge::Decision &decision, const edge::RequestHead &head)
{
    const edge::Route &route = *decision.route;
    edge::Headers headers;
    if (route.cors && edge::corsApplies(*route.cors, head))
        edge::addCorsHeaders(*route.cors, head.headers.value("origin"), headers);
    edge::HeaderFacts facts;
    facts.request = &head;
    facts.cluster = decision.cluster;
    edge::applyHeaderRules(headers, route.responseHeadersToAdd, {}, facts);
    Value form = Value::array();
    for (const edge::Header &header : headers)
        form.push(Value::array({edge::lowered(header.name), header.value}));
    return form;
}

Value forwardForm(const edge::Decision &decision, const edge::RequestHead &head, const edge::Config &config)
{
    const edge::Route &route = *decision.route;
    Value form =
        Value::object({{"cluster", route.cluster}, {"path", edge::rewrittenTarget(decision, head.target)}});
    form.set("upstream_tls", decision.cluster && decision.cluster->tls);
    if (decision.cluster && decision.cluster->discovery == edge::Cluster::Discovery::Endpoints) {
        form.set("eds", decision.cluster->edsName);
    } else if (decision.cluster) {
        auto endpoints = decision.cluster->endpoints;
        if (endpoints.empty())
            endpoints.push_back({decision.cluster->host, decision.cluster->port});
        for (const edge::UpstreamAddress &endpoint : endpoints)
            form.child("endpoints").push(endpoint.host + " " + std::to_string(endpoint.port));
    }
    std::string host(head.headers.value("host"));
    if (!route.hostRewrite.empty())
        host = route.hostRewrite;
    else if (route.autoHostRewrite && decision.cluster)
        host = decision.cluster->host;
    form.set("host", host);
    const Value whole = edge::Value::object({{"route", routeForm(route, config)["route"]}});
    for (const char *field : {"timeout", "retry_policy", "mirror", "hash_policy"})
        form.set(field, whole["route"][field]);
    form.set("request_headers", upstreamHeaders(decision, head, config));
    form.set("response_headers_add", addedHeaders(decision, head));
    form.set("response_headers_remove", Value::strings(route.responseHeadersToRemove));
    return form;
}

Value expectedForward(const Value &routed)
{
    Value form = Value::object();
    for (const char *field :
         {"cluster", "path", "upstream_tls", "eds", "host", "timeout", "retry_policy", "hash_policy",
          "request_headers", "response_headers_add", "response_headers_remove"})
        form.set(field, routed[field]);
    for (const Value &endpoint : routed["endpoints"].items())
        form.child("endpoints")
            .push(endpoint.items().size() == 2 ? endpoint.items()[0].text() + " " + endpoint.items()[1].text()
                                               : edge::toJson(endpoint));
    for (const Value &mirror : routed["shadow"].items())
        form.set("mirror",
                 Value::object({{"cluster", mirror["cluster"]},
                                {"share", mirror.at({"runtime_fraction", "default_value", "numerator"})}}));
    return form;
}

Value hostForm(const edge::Decision &decision)
{
    Value domains = Value::array();
    if (decision.virtualHost) {
        for (const std::string &domain : decision.virtualHost->domains)
            domains.push(domain);
    }
    return domains;
}

int routeIndex(const edge::Decision &decision) // the place of the serving route in its virtual host
{
    const auto &items = decision.virtualHost->routes.items();
    return int(std::find_if(items.begin(), items.end(),
                            [&](const auto &item) { return item.get() == decision.route; })
               - items.begin());
}

Value ourAnswer(const edge::RouteTable &table, const Value &request)
{
    Asked asked;
    prepare(asked, request, table.config());
    const edge::Decision decision = table.match(asked.query);
    Value form = Value::object();
    using Outcome = edge::Decision::Outcome;
    const bool needsCertificate = decision.chain && decision.chain->tls && !request["client_cert"].toBool()
        && table.config().tlsContexts.count(decision.chain->tlsContext)
        && table.config().tlsContexts.at(decision.chain->tlsContext).certRequired;
    if (decision.outcome == Outcome::NoListener || decision.outcome == Outcome::NoChain || needsCertificate) {
        form.set("refused", true);
        return form;
    }
    form.set("listener", decision.listener ? decision.listener->name : "");
    form.set("chain", decision.chain ? decision.chain->name : "");
    if (asked.refused != 0) {
        form.set("status", asked.refused);
        return form;
    }
    form.set("vhost", hostForm(decision));
    if (decision.route) {
        form.set("route_index", routeIndex(decision));
        form.set("probability", int(std::lround(100 * table.explain(asked.query).share)));
    }
    if (decision.route && decision.route->cors && edge::isPreflight(asked.head)
        && edge::corsApplies(*decision.route->cors, asked.head)) {
        form.set("status", 200);
        return form;
    }
    const auto upgrades = [&] {
        return std::find(decision.route->upgrades.begin(), decision.route->upgrades.end(), "websocket")
            != decision.route->upgrades.end();
    };
    if (decision.outcome == Outcome::Forward && request["ws"].toBool() && !upgrades()) {
        form.set("status", 403);
        return form;
    }
    if (decision.outcome == Outcome::NoRoute) {
        form.set("status", 404);
    } else if (decision.outcome == Outcome::Redirect) {
        form.set("status", decision.route->redirect->status);
        form.set("location", edge::redirectLocation(decision, asked.head, asked.query.tls));
    } else {
        form.set("routed", forwardForm(decision, asked.head, table.config()));
    }
    return form;
}

// What stands behind an edge in these tests does as it is told in a header, and answers a WebSocket's request.
int echoStatus(const Value &request, const Value &headers)
{
    constexpr int Switched = 101, Fine = 200;
    const std::string &wanted = headers["kat-req-http-requested-status"].text();
    return request["ws"].toBool() ? Switched : wanted.empty() ? Fine : std::atoi(wanted.c_str());
}

Value ourQuery(const edge::RouteTable &table, const Value &request)
{
    Value form = ourAnswer(table, request);
    if (form["refused"].toBool())
        return form;
    Asked asked;
    prepare(asked, request, table.config());
    const edge::Decision decision = table.match(asked.query);
    const bool isRouted = form["routed"].isObject();
    form.set("expected_status",
             isRouted ? Value(echoStatus(request, form["routed"]["request_headers"])) : form["status"]);
    if (isRouted)
        form.set("backend", backendOf(decision));
    return form;
}

Value expectedAnswer(const Value &query)
{
    const Value &route = query["route"];
    Value form = Value::object();
    if (!route["error"].isNull()) {
        form.set("refused", true);
        return form;
    }
    for (const char *field :
         {"listener", "chain", "vhost", "route_index", "probability", "status", "location"})
        form.set(field, route[field]);
    for (const char *field : {"expected_status", "backend"})
        form.set(field, query[field]);
    if (route["routed"].isObject())
        form.set("routed", expectedForward(route["routed"]));
    return form;
}

// What the answers do not tell is not compared: chains have no names in 1.x, the edge's own port and a service that knows
// nothing but WebSockets none as a backend.
Value toldAlike(Value ours, const Value &expected)
{
    constexpr int Switched = 101, NotFound = 404;
    for (const char *field : {"listener", "chain"}) {
        if (expected[field].isNull())
            ours.erase(field);
    }
    const auto status = expected["expected_status"].toInteger();
    const bool isWebSockets = expected["routed"].isObject() && (status == Switched || status == NotFound);
    if (expected["backend"].isNull() && (isWebSockets || ours["backend"].text() == "127.0.0.1"))
        ours.erase("backend");
    if (expected["backend"].isNull() && isWebSockets)
        ours.set("expected_status", expected["expected_status"]);
    return ours;
}

// Who gets which share of 100 draws, and what that answers.
Value ourShares(const edge::RouteTable &table, const Value &request)
{
    Asked asked;
    prepare(asked, request, table.config());
    std::map<int, std::pair<int, edge::Decision>> shares;
    int none = 0;
    Value form = Value::object();
    for (asked.query.random = 0; asked.query.random < 100; ++asked.query.random) {
        const edge::Decision decision = table.match(asked.query);
        form.set("vhost", hostForm(decision));
        if (!decision.route) {
            ++none;
            continue;
        }
        auto &share = shares[routeIndex(decision)];
        ++share.first;
        share.second = decision;
    }
    form.set("unrouted_percent", none);
    for (const auto &[index, share] : shares) {
        const auto &[percent, decision] = share;
        Value one = Value::object({{"route_index", index}, {"percent", percent}});
        if (decision.route->redirect) {
            one.set("status", decision.route->redirect->status);
            one.set("location", edge::redirectLocation(decision, asked.head, asked.query.tls));
        } else {
            one.set("status", echoStatus(request, upstreamHeaders(decision, asked.head, table.config())));
            one.set("path", edge::rewrittenTarget(decision, asked.head.target));
            one.set("backend", backendOf(decision));
        }
        form.child("shares").push(std::move(one));
    }
    return form;
}

Value expectedShares(const Value &query)
{
    Value form = Value::object({{"unrouted_percent", query["unrouted_percent"]}, {"vhost", query["vhost"]}});
    form.set("shares", query["shares"]);
    return form;
}

// {NAME: [VALUE …]} of each header that the serving route's rules name, once they have been applied to before.
Value ruledHeaders(const edge::Headers &before, const std::vector<edge::HeaderToAdd> &add,
                   const std::vector<std::string> &remove, const edge::HeaderFacts &facts)
{
    edge::Headers after = before;
    edge::applyHeaderRules(after, add, remove, facts);
    Value form = Value::object();
    std::vector<std::string> names = remove;
    for (const edge::HeaderToAdd &header : add)
        names.push_back(header.name);
    for (const std::string &name : names) {
        if (name == "server" || name == "date") // which the edge writes itself, whatever a rule says
            continue;
        Value values = Value::array();
        for (const edge::Header &header : after) {
            if (edge::equalIgnoringCase(header.name, name))
                values.push(header.value);
        }
        form.set(edge::lowered(name), std::move(values));
    }
    return form;
}

// What a real Envoy is compared with beside the corpus' own answers: headers on both ways.  answered: of the upstream.
void addHeaders(Value &answer, const edge::RouteTable &table, const Value &request)
{
    Asked asked;
    prepare(asked, request, table.config());
    const edge::Decision decision = table.match(asked.query);
    if (!decision.route || !answer["routed"].isObject())
        return;
    const edge::Route &route = *decision.route;
    const edge::Headers answered{{"content-type", "application/json"}, {"x-kind", "up"}};
    edge::HeaderFacts facts;
    facts.request = &asked.head;
    facts.cluster = decision.cluster;
    answer.set(
        "request_headers",
        ruledHeaders(asked.head.headers, route.requestHeadersToAdd, route.requestHeadersToRemove, facts));
    answer.set("response_headers",
               ruledHeaders(answered, route.responseHeadersToAdd, route.responseHeadersToRemove, facts));
}

} // namespace

void runQueries(const Value &corpusCase, const edge::Config &config, std::vector<Difference> &differences)
{
    const auto table = edge::RouteTable::build(config);
    if (!table) {
        differences.push_back({"queries", table.error().message});
        return;
    }
    std::size_t number = 0;
    for (const Value &query : corpusCase["queries"].items()) {
        const Value expected = expectedAnswer(query);
        compareValues(expected, toldAlike(ourQuery(**table, query["request"]), expected),
                      "queries[" + std::to_string(number++) + "]", differences);
    }
    number = 0;
    for (const Value &query : corpusCase["weighted_queries"].items())
        compareValues(expectedShares(query), ourShares(**table, query["request"]),
                      "weighted_queries[" + std::to_string(number++) + "]", differences);
}

Value answeredQueries(const Value &corpusCase, const edge::Config &config)
{
    Value list = Value::array();
    const auto table = edge::RouteTable::build(config);
    if (!table)
        return list;
    for (const char *field : {"queries", "weighted_queries"}) {
        for (const Value &query : corpusCase[field].items()) {
            Value answer = ourAnswer(**table, query["request"]);
            addHeaders(answer, **table, query["request"]);
            const bool weighted = std::string_view(field) == "weighted_queries";
            list.push(Value::object(
                {{"request", query["request"]}, {"answer", std::move(answer)}, {"weighted", weighted}}));
        }
    }
    return list;
}
