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
        asked.refused = edge::normaliseTarget(asked.head, asked.query.tls).status;
    if (asked.refused == 0)
        edge::applyListenerRules(asked.head, *listener);
}

Value forwardForm(const edge::Decision &decision, const edge::RequestHead &head)
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
    edge::Config config;
    const Value whole = edge::Value::object({{"route", routeForm(route, config)["route"]}});
    for (const char *field : {"timeout", "retry_policy", "mirror", "hash_policy"})
        form.set(field, whole["route"][field]);
    return form;
}

Value expectedForward(const Value &routed)
{
    Value form = Value::object();
    for (const char *field :
         {"cluster", "path", "upstream_tls", "eds", "host", "timeout", "retry_policy", "hash_policy"})
        form.set(field, routed[field]);
    for (const Value &endpoint : routed["endpoints"].items())
        form.child("endpoints").push(endpoint.items()[0].text() + " " + endpoint.items()[1].text());
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
    if (asked.refused != 0) {
        form.set("status", asked.refused);
        return form;
    }
    form.set("vhost", hostForm(decision));
    if (decision.route)
        form.set("route_index", routeIndex(decision));
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
        form.set("routed", forwardForm(decision, asked.head));
    }
    return form;
}

Value expectedAnswer(const Value &route)
{
    Value form = Value::object();
    if (!route["error"].isNull()) {
        form.set("refused", true);
        return form;
    }
    for (const char *field : {"vhost", "route_index", "status", "location"})
        form.set(field, route[field]);
    if (route["routed"].isObject())
        form.set("routed", expectedForward(route["routed"]));
    return form;
}

// Who gets which share of 100 draws.
Value ourShares(const edge::RouteTable &table, const Value &request)
{
    Asked asked;
    prepare(asked, request, table.config());
    std::map<int, int> shares;
    int none = 0;
    for (asked.query.random = 0; asked.query.random < 100; ++asked.query.random) {
        const edge::Decision decision = table.match(asked.query);
        if (decision.route)
            ++shares[routeIndex(decision)];
        else
            ++none;
    }
    Value form = Value::object({{"unrouted_percent", none}});
    for (const auto &[index, percent] : shares)
        form.child("shares").push(Value::object({{"route_index", index}, {"percent", percent}}));
    return form;
}

Value expectedShares(const Value &query)
{
    Value form = Value::object({{"unrouted_percent", query["unrouted_percent"]}});
    for (const Value &share : query["shares"].items())
        form.child("shares").push(
            Value::object({{"route_index", share["route_index"]}, {"percent", share["percent"]}}));
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
    for (const Value &query : corpusCase["queries"].items())
        compareValues(expectedAnswer(query["route"]), ourAnswer(**table, query["request"]),
                      "queries[" + std::to_string(number++) + "]", differences);
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
