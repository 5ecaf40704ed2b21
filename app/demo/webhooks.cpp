// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/webhooks.h"

#include "app/demo/object_meta.h"
#include "app/demo/peer_authentication.h"
#include "edge/client.h"

#include <algorithm>

namespace demo {

namespace {

constexpr std::int64_t DefaultTimeout = 10; // seconds, of a webhook that names none

struct Target
{
    std::string url; // as errors name it
    std::string service, nameSpace;
    std::uint16_t port = 443;
};

bool names(const Value &list, const std::string &wanted)
{
    const auto &items = list.items();
    return std::any_of(items.begin(), items.end(),
                       [&wanted](const Value &item) { return item.text() == "*" || item.text() == wanted; });
}

bool concerns(const Value &webhook, const AdmissionRequest &request, const Store &store)
{
    const auto &rules = webhook["rules"].items();
    const bool matches = std::any_of(rules.begin(), rules.end(), [&request](const Value &rule) {
        return names(rule["apiGroups"], request.group) && names(rule["apiVersions"], request.version)
            && names(rule["operations"], request.operation) && names(rule["resources"], request.plural);
    });
    const LabelMap wanted = labelMap(webhook.at({"namespaceSelector", "matchLabels"}));
    if (!matches || wanted.empty() || request.nameSpace.empty())
        return matches;
    const ObjectPtr home = store.get(*store.find("", "namespaces"), {}, request.nameSpace);
    LabelMap labels = home ? labelMap(home->at({"metadata", "labels"})) : LabelMap();
    labels.emplace("kubernetes.io/metadata.name", request.nameSpace);
    return isSubset(wanted, labels);
}

Target targetOf(const Value &webhook)
{
    const Value &service = webhook.at({"clientConfig", "service"});
    Target target{{},
                  service["name"].text(),
                  service["namespace"].text(),
                  std::uint16_t(service["port"].toInteger(443))};
    target.url = "https://" + target.service + "." + target.nameSpace + ".svc:" + std::to_string(target.port)
        + service["path"].text()
        + "?timeout=" + std::to_string(webhook["timeoutSeconds"].toInteger(DefaultTimeout)) + "s";
    return target;
}

StoreError failedCalling(const Value &webhook, const Target &target, const std::string &why)
{
    const std::string text = "failed calling webhook " + demo::quoted(webhook["name"].text())
        + ": failed to call webhook: Post " + demo::quoted(target.url) + ": " + why;
    StoreError error{500, "InternalError", "Internal error occurred: " + text, {}};
    error.details = Value::object({{"causes", Value::array({Value::object({{"message", text}})})}});
    return error;
}

std::string review(const AdmissionRequest &request)
{
    Value asked =
        Value::object({{"uid", newUid()}, {"operation", request.operation}, {"name", request.name}});
    asked.set("namespace", request.nameSpace);
    asked.set(
        "kind",
        Value::object({{"group", request.group}, {"version", request.version}, {"kind", request.kind}}));
    asked.set("resource",
              Value::object(
                  {{"group", request.group}, {"version", request.version}, {"resource", request.plural}}));
    asked.set("object", edge::parseJson(request.body).value_or(Value()));
    return edge::toJson(Value::object(
        {{"apiVersion", "admission.k8s.io/v1"}, {"kind", "AdmissionReview"}, {"request", std::move(asked)}}));
}

// Go's words for what became of the connection; a sidecar that refuses a certificate sends an alert.
std::string inGosWords(const edge::Error &error)
{
    if (error.message.find("alert certificate required") != std::string::npos)
        return "remote error: tls: certificate required";
    if (error.kind == edge::Error::Kind::Timeout)
        return "context deadline exceeded";
    return error.kind == edge::Error::Kind::Closed ? "EOF" : error.message;
}

std::optional<StoreError> denial(const Value &webhook, const std::string &body)
{
    const Value response = edge::parseJson(body).value_or(Value())["response"];
    if (response["allowed"].toBool())
        return {};
    const Value &status = response["status"];
    return StoreError{int(status["code"].toInteger(400)),
                      status["reason"].text(),
                      "admission webhook " + demo::quoted(webhook["name"].text())
                          + " denied the request: " + status["message"].text(),
                      {}};
}

std::optional<edge::ClientRequest> requestTo(World &world, const Target &target,
                                             const AdmissionRequest &asked)
{
    const auto port =
        world.directory.dial(target.service + "." + target.nameSpace, target.nameSpace, target.port);
    if (!port)
        return {};
    edge::TlsSettings settings; // as without a caBundle of its own: the demo's webhooks are not verified
    edge::ClientRequest request;
    request.port = *port;
    request.tls = edge::TlsCredentials::make(edge::TlsCredentials::Side::Client, settings).value_or(nullptr);
    request.serverName = target.service + "." + target.nameSpace + ".svc";
    request.head.method = "POST";
    request.head.target = target.url.substr(target.url.find('/', std::string_view("https://").size()));
    request.head.headers = {{"host", request.serverName}, {"content-type", "application/json"}};
    request.body = review(asked);
    return request;
}

std::string clusterIp(const Store &store, const Target &target)
{
    const ObjectPtr service = store.get(*store.find("", "services"), target.nameSpace, target.service);
    return service ? service->at({"spec", "clusterIP"}).text() : std::string();
}

// What an answer, or none, means for the request; nullopt: allowed.
std::optional<StoreError> troubleOf(const Store &store, const Value &webhook, const Target &target,
                                    const edge::Result<edge::Reply> &reply)
{
    if (reply && reply->head.status == 200)
        return denial(webhook, reply->body);
    if (reply)
        return failedCalling(webhook, target, "an answer of status " + std::to_string(reply->head.status));
    if (reply.error().kind == edge::Error::Kind::Connect)
        return failedCalling(webhook, target,
                             "dial tcp " + clusterIp(store, target) + ":" + std::to_string(target.port)
                                 + ": connect: connection refused");
    return failedCalling(webhook, target, inGosWords(reply.error()));
}

// Copies: the configurations may change while an answer is awaited.
std::vector<Value> webhooksFor(const Store &store, const AdmissionRequest &request)
{
    std::vector<Value> asked;
    const ResourceKind &kind = *store.find("admissionregistration.k8s.io", "validatingwebhookconfigurations");
    for (const ObjectPtr &configuration : store.list(kind)) {
        for (const Value &webhook : configuration->at({"webhooks"}).items()) {
            if (webhook.at({"clientConfig", "service"}).isObject() && concerns(webhook, request, store))
                asked.push_back(webhook);
        }
    }
    return asked;
}

} // namespace

std::optional<AdmissionRequest> admissionRequest(const Call &call)
{
    static const std::map<std::string_view, const char *> operations{
        {"create", "CREATE"}, {"update", "UPDATE"}, {"patch", "UPDATE"}, {"delete", "DELETE"}};
    const auto operation = operations.find(call.verb);
    if (operation == operations.end() || call.kind->isReview
        || call.kind->group == "admissionregistration.k8s.io")
        return {}; // the last: so that a broken webhook can be taken away
    return AdmissionRequest{call.kind->group,    call.path.version, call.kind->plural, call.kind->kind,
                            call.path.nameSpace, call.path.name,    operation->second, call.body};
}

asio::awaitable<std::optional<StoreError>> askWebhooks(World &world, AdmissionRequest request)
{
    const std::vector<Value> webhooks = webhooksFor(world.store, request);
    for (const Value &webhook : webhooks) {
        const Target target = targetOf(webhook);
        const bool mayFail = webhook["failurePolicy"].text() == "Ignore";
        auto call = requestTo(world, target, request);
        std::optional<StoreError> trouble;
        if (call) {
            call->timeout = std::chrono::seconds(webhook["timeoutSeconds"].toInteger(DefaultTimeout));
            const auto reply = co_await edge::fetch(std::move(*call));
            trouble = troubleOf(world.store, webhook, target, reply);
        } else {
            trouble =
                failedCalling(webhook, target, "service " + demo::quoted(target.service) + " not found");
        }
        if (trouble && !(mayFail && trouble->reason == "InternalError"))
            co_return trouble;
    }
    co_return std::nullopt;
}

std::optional<StoreError> conversionTrouble(const Store &store, const Call &call)
{
    if (!call.kind || call.kind->isBuiltIn)
        return {};
    const ObjectPtr definition = store.get(*store.find("apiextensions.k8s.io", "customresourcedefinitions"),
                                           {}, call.kind->plural + "." + call.kind->group);
    if (!definition || definition->at({"spec", "conversion", "strategy"}).text() != "Webhook")
        return {};
    for (const Value &version : definition->at({"spec", "versions"}).items()) {
        if (version["name"].text() == call.path.version && version["storage"].toBool())
            return {};
    }
    Value webhook = definition->at({"spec", "conversion", "webhook"});
    webhook.set("timeoutSeconds", 30); // the API server's own, for conversions
    const Target target = targetOf(webhook);
    const ObjectPtr endpoints = store.get(*store.find("", "endpoints"), target.nameSpace, target.service);
    const Value subsets = endpoints ? (*endpoints)["subsets"] : Value();
    if (std::any_of(subsets.items().begin(), subsets.items().end(),
                    [](const Value &subset) { return !subset["addresses"].items().empty(); }))
        return {};
    const std::string why = "conversion webhook for " + call.kind->apiVersion(call.path.version)
        + ", Kind=" + call.kind->kind + " failed: Post " + demo::quoted(target.url) + ": service "
        + demo::quoted(target.service) + " not found";
    if (call.verb != "list" && call.verb != "watch")
        return StoreError{500, "", why, {}};
    StoreError error{429, "TooManyRequests", "storage is (re)initializing: " + why, {}};
    error.details = Value::object({{"retryAfterSeconds", 5}});
    return error;
}

} // namespace demo
