// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_server.h"

#include "app/demo/api_discovery.h"
#include "app/demo/api_openapi.h"
#include "app/demo/api_port_forward.h"
#include "app/demo/api_scale.h"
#include "app/demo/api_server_state.h"
#include "app/demo/api_streams.h"
#include "app/demo/api_tokens.h"
#include "app/demo/crd.h"
#include "app/demo/managed_fields.h"
#include "app/demo/object_meta.h"
#include "app/demo/webhooks.h"
#include "edge/text.h"

#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <set>

namespace demo {

namespace {

constexpr std::size_t BodyLimit = 3 * 1024 * 1024; // kube-apiserver's own

StoreError tooLarge()
{
    return {
        413, "RequestEntityTooLarge", "Request entity too large: limit is " + std::to_string(BodyLimit), {}};
}

Attributes attributesOf(const Call &call, bool isResource)
{
    if (!isResource)
        return {call.verb, {}, {}, {}, {}, {}, std::string(call.head.path())};
    Attributes asked{call.verb,
                     call.path.group,
                     call.path.plural,
                     call.path.subresource,
                     call.path.name,
                     call.path.nameSpace,
                     {}};
    if (asked.resource == "namespaces" && asked.group.empty())
        asked.nameSpace = asked.name;
    return asked;
}

// Of a resource; what a stream answers, nobody chooses.
StoreResult<Representation> wantedOf(const Call &call)
{
    static const std::set<std::string_view> streams{"log", "proxy", "portforward", "exec"};
    const auto wanted = negotiate(call.head, call.query);
    if (streams.contains(call.path.subresource))
        return wanted.value_or(Representation());
    static const std::set<std::string_view> patches{
        "application/json-patch+json", "application/merge-patch+json",
        "application/strategic-merge-patch+json", "application/apply-patch+yaml"};
    const bool isUntyped = call.head.headers.value("content-type").empty();
    if (call.kind->isBuiltIn && call.verb == "patch" && call.path.name.empty())
        return tl::unexpected(wrongMethod());
    if (call.kind->isBuiltIn && call.verb == "patch" && (isUntyped || !patches.contains(mediaTypeOf(call))))
        return tl::unexpected(
            StoreError{415, "UnsupportedMediaType", "415: Unsupported Media Type", Value::object()});
    const bool isList = call.verb == "list" || call.verb == "watch";
    if (const auto good = checkAccept(call.head, isList ? Produced::Lists : Produced::Objects);
        call.kind->isBuiltIn && !good)
        return tl::unexpected(good.error());
    if (!wanted)
        return tl::unexpected(notAcceptable());
    if (call.verb == "watch" && wanted->isYaml)
        return tl::unexpected(
            notAcceptable("application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch"));
    return *wanted;
}

// Before anything was looked at.  Nobody is to guess what it is, as with plain texts.
Answer turnedAway(const Call &call, const StoreError &error)
{
    Answer answer = answerOf(error, negotiate(call.head, call.query).value_or(Representation()));
    answer.headers.set("X-Content-Type-Options", "nosniff");
    return answer;
}

} // namespace

StoreResult<Identity> ApiServer::State::authenticate(const edge::Request &request) const
{
    auto identity = users.identify(request);
    if (identity && !isAnonymous(*identity) && faults.isOn("token-expired") && !isForFaults(request.head))
        return tl::unexpected(unauthorized());
    return identity;
}

StoreResult<Answer> ApiServer::State::answerPath(const Call &call)
{
    const std::string path(call.head.path());
    if (path == "/_sim" || path.starts_with("/_sim/"))
        return answerFault(call);
    for (const char *health : {"/healthz", "/livez", "/readyz"}) {
        static const std::set<std::string_view> checks{"", "/", "/ping", "/log", "/etcd"};
        const std::string check =
            path.starts_with(health) ? path.substr(std::string_view(health).size()) : "none";
        if (!checks.contains(check))
            continue;
        Answer healthy = plainText(200,
                                   call.query.has("verbose") ? "[+]ping ok\n[+]log ok\n[+]etcd ok\n"
                                           + path.substr(1) + " check passed\n"
                                                             : "ok");
        if (check.size() > 1) // one alone is written by itself
            healthy.headers.remove("X-Content-Type-Options");
        return healthy;
    }
    if (auto found = discoveryAnswer(store, call.head, age)) {
        if (call.head.method != "GET")
            return tl::unexpected(wrongMethod());
        return std::move(*found);
    }
    const bool isTooOld = path.starts_with("/openapi/v3") && !age.hasOpenApiV3();
    if (auto found = isTooOld ? std::nullopt : openApiAnswer(store, call.head))
        return std::move(*found);
    if (path.starts_with("/openapi/v3/") && !isTooOld)
        return Answer{404, {}, {}, {}};
    if (isBelowService(store, path))
        return tl::unexpected(notServed());
    return plainText(404, "404 page not found\n");
}

asio::awaitable<StoreResult<Answer>> ApiServer::State::answer(edge::Request &request, Call &call,
                                                              edge::Responder &responder)
{
    call.head = request.head;
    call.isHttp2 = request.connection.isHttp2;
    call.query = Query(request.head.query());
    call.tellsOwners = age.appliesServerSide();
    age.forgetUnknown(call.query);
    const auto inTheWay = co_await trouble(request.head);
    if (inTheWay)
        co_return tl::unexpected(*inTheWay);
    auto identity = authenticate(request);
    if (!identity)
        co_return tl::unexpected(identity.error());
    const auto path = resourcePath(request.head.path());
    if (path) {
        call.path = *path;
        call.verb = verbOf(request.head.method, *path, call.query);
    } else {
        call.verb = edge::lowered(request.head.method);
    }
    const Attributes asked = attributesOf(call, path.has_value());
    auto acting = impersonated(request.head, *identity, access, asked);
    if (!acting)
        co_return turnedAway(call, acting.error());
    call.identity = std::move(*acting);
    if (path && call.verb.empty())
        co_return tl::unexpected(wrongMethod());
    if (!access.allows(call.identity, asked)
        || (path && faults.denies(asked.verb, asked.group, asked.resource)))
        co_return turnedAway(call, access.refusal(call.identity, asked));
    if (!path)
        co_return answerPath(call);
    co_return co_await answerResource(request, call, responder);
}

asio::awaitable<StoreResult<Answer>> ApiServer::State::answerResource(edge::Request &request, Call &call,
                                                                      edge::Responder &responder)
{
    call.kind = store.find(call.path.group, call.path.plural);
    if (call.verb == "patch" && !age.appliesServerSide()
        && mediaTypeOf(call) == "application/apply-patch+yaml")
        co_return tl::unexpected(applyIsUnknown());
    const bool isElsewhere = call.kind && !call.kind->namespaced && !call.path.nameSpace.empty();
    if (!call.kind || call.kind->isHidden || !call.kind->serves(call.path.version) || isElsewhere) {
        if (isBuiltInGroup(store, call.path.group))
            co_return tl::unexpected(notServed());
        co_return plainText(404, "404 page not found\n");
    }
    const auto wanted = wantedOf(call);
    if (!wanted)
        co_return tl::unexpected(wanted.error());
    call.wanted = *wanted;
    if (const ResourceKind::Version *version = call.kind->version(call.path.version);
        version && !version->deprecationWarning.empty())
        call.warnings.push_back(version->deprecationWarning);
    if (std::string old = age.deprecation(call.path.group, call.path.version, call.path.plural); !old.empty())
        call.warnings.push_back(std::move(old));
    auto body = co_await request.readAll(BodyLimit);
    if (!body)
        co_return tl::unexpected(tooLarge());
    call.body = std::move(*body);
    if (const auto trouble = conversionTrouble(store, call))
        co_return tl::unexpected(*trouble);
    if (call.verb == "watch") {
        const std::string watched(call.head.path());
        const WatchFault fault = faults.expires(watched) ? WatchFault::Expires
            : faults.silences(watched, call.isHttp2)     ? WatchFault::FallsSilent
                                                         : WatchFault::None;
        const auto served = co_await watches.serve(store, call, responder, fault);
        if (!served)
            co_return tl::unexpected(served.error());
        co_return Answer();
    }
    if (!call.path.subresource.empty()
        && !(call.path.subresource == "status" && call.kind->hasStatusIn(call.path.version)))
        co_return co_await answerSubresource(call, responder);
    if (hooks.admit) {
        const auto refused = co_await hooks.admit(call);
        if (refused)
            co_return tl::unexpected(*refused);
    }
    co_return answerVerb(call);
}

asio::awaitable<StoreResult<Answer>> ApiServer::State::answerSubresource(Call &call,
                                                                         edge::Responder &responder)
{
    const std::string &name = call.path.subresource;
    const bool isPod = call.kind->isBuiltIn && call.kind->plural == "pods";
    StoreResult<void> served = tl::unexpected(notServed());
    if (!call.kind->isBuiltIn)
        served = tl::unexpected(notFound(*call.kind, call.path.name));
    if (isPod && name == "log") {
        served = co_await serveLog(loop, store, hooks, call, responder);
    } else if (name == "proxy" && call.kind->isBuiltIn && (isPod || call.kind->plural == "services")) {
        served = co_await serveProxy(store, hooks, call, responder);
    } else if (isPod && name == "portforward") {
        served = co_await servePortForward(loop, store, hooks, age, call, responder);
    } else if (isPod && (name == "exec" || name == "attach")) {
        served = tl::unexpected(refuseExec(store, call));
    } else if (name == "finalize" && call.kind->isBuiltIn && call.kind->plural == "namespaces") {
        served = tl::unexpected(wrongMethod());
    } else if (name == "scale" && hasScale(*call.kind, call.path.version)) {
        co_return scaleAnswer(store, writer, call);
    } else if (name == "token" && call.kind->isBuiltIn && call.kind->plural == "serviceaccounts") {
        co_return tokenAnswer(store, users, call);
    }
    if (!served)
        co_return tl::unexpected(served.error());
    co_return Answer();
}

StoreResult<Answer> ApiServer::State::answerReview(Call &call) const
{
    if (call.verb != "create")
        return tl::unexpected(wrongMethod());
    auto object = decodeObject(call);
    if (!object)
        return tl::unexpected(object.error());
    object->child("metadata");
    if (!(*object)["metadata"].isObject())
        object->set("metadata", Value::object());
    const bool isOfToken = call.kind->kind == "TokenReview";
    auto reviewed = isOfToken ? reviewedToken(users, std::move(*object))
                              : access.review(*call.kind, call.identity, std::move(*object));
    if (!reviewed)
        return tl::unexpected(reviewed.error());
    const Value asked = (*reviewed)["spec"]["resourceAttributes"];
    if (call.kind->kind == "SelfSubjectAccessReview" && asked.isObject()
        && faults.denies(asked["verb"].text(), asked["group"].text(), asked["resource"].text()))
        reviewed->set("status", Value::object({{"allowed", false}}));
    if (call.kind->kind == "SelfSubjectRulesReview" && faults.isOn("rbac-denied")) {
        reviewed->child("status").set("resourceRules", Value::array());
        if (!faults.denies({}, {}, {})) // one verb or resource is denied: no rule can say that
            reviewed->child("status").set("incomplete", true);
    }
    if (call.kind->kind.ends_with("AccessReview") || isOfToken) {
        const std::string &named = call.query.value("fieldManager");
        const std::string_view agent = call.head.headers.value("user-agent");
        Value written = *reviewed;
        written.erase("status");
        noteUpdate({}, written, nullptr,
                   {!named.empty() ? named
                        : agent.empty()
                        ? "unknown"
                        : std::string(agent.substr(0, std::min(agent.find('/'), agent.size()))),
                    call.kind->apiVersion(call.path.version),
                    {},
                    true});
        reviewed->set("metadata", written["metadata"]);
    }
    return renderObject(call, *reviewed, 201);
}

StoreResult<Answer> ApiServer::State::answerVerb(Call &call)
{
    if (call.kind->isReview)
        return answerReview(call);
    const bool isCreate = call.verb == "create";
    if (!call.path.subresource.empty() && (isCreate || call.verb == "delete"))
        return tl::unexpected(methodNotAllowed(call));
    if (call.kind->namespaced && call.path.nameSpace.empty() && (isCreate || !call.path.name.empty()))
        return tl::unexpected(call.kind->isBuiltIn && call.path.name.empty() ? wrongMethod() : notServed());
    if (call.path.name == "." || call.path.name == "..")
        return tl::unexpected(badRequest("Name parameter invalid: " + quoted(call.path.name)
                                         + ": may not be '" + call.path.name + "'"));
    if (call.verb == "get")
        return readOne(store, call);
    if (call.verb == "list")
        return readList(store, call);
    if (isCreate && call.kind->isBuiltIn && !call.path.name.empty())
        return tl::unexpected(wrongMethod());
    if (isCreate) // of a custom resource below its name, too
        return writer.create(call);
    if (call.verb == "delete")
        return writer.remove(call);
    if (call.verb == "deletecollection")
        return writer.removeCollection(call);
    if (call.path.name.empty())
        return tl::unexpected(call.kind->isBuiltIn ? wrongMethod() : badRequest("name must be provided"));
    return call.verb == "update" ? writer.update(call) : writer.patch(call);
}

ApiServer::ApiServer(asio::io_context &loop, Store &store, ApiServerHooks hooks)
    : m_state(std::make_shared<State>(loop, store, std::move(hooks)))
{
    addSystemRoles(store);
    m_state->house->start();
}

ApiServer::~ApiServer() { stop(); }

void ApiServer::addToken(std::string token, Identity identity)
{
    m_state->users.addToken(std::move(token), std::move(identity));
}

void ApiServer::removeToken(const std::string &token) { m_state->users.removeToken(token); }

void ApiServer::addCertificateUser(std::string commonName, Identity identity)
{
    m_state->users.addCertificateUser(std::move(commonName), std::move(identity));
}

void ApiServer::setClusterCa(std::string pem)
{
    if (m_state->age.publishesRootCa())
        m_state->house->setClusterCa(std::move(pem));
}

void ApiServer::setAge(ServerAge age)
{
    makeOlder(m_state->store, age);
    m_state->age = std::move(age);
}

StoreResult<void> ApiServer::setFault(const std::string &name, bool isOn)
{
    return m_state->setFault(name, isOn, Query(name == "api-foreign-ca" ? "seconds=0" : ""));
}

void ApiServer::stop()
{
    m_state->watches.stop();
    m_state->house->stop();
    m_state->foreignUntil.cancel();
}

asio::awaitable<void> ApiServer::handle(edge::Request &request, edge::Responder &responder)
{
    const std::shared_ptr<State> state = m_state;
    const auto fault =
        isForFaults(request.head) ? std::nullopt : state->faults.wireFault(state->hooks.cutConnections);
    if (!fault) {
        co_await state->serve(request, responder);
        co_return;
    }
    BrokenWire broken(responder, *fault);
    co_await state->serve(request, broken);
}

asio::awaitable<void> ApiServer::State::serve(edge::Request &request, edge::Responder &responder)
{
    Call call;
    StoreResult<Answer> answer = co_await this->answer(request, call, responder);
    if (responder.started())
        co_return;
    const bool isUnknown =
        (!answer && answer.error().code == 401) || (call.isHttp2 && isAnonymous(call.identity));
    if (isUnknown || faults.closesConnection()) // streams are cheap to ask for: strangers get few of them
        responder.closeAfter();
    if (!answer) { // hoisted: GCC 12 destroys temporaries of a conditional inside a co_await twice
        const auto wanted = negotiate(request.head, Query(request.head.query()));
        answer = answerOf(answer.error(), wanted.value_or(Representation()));
    }
    co_await sendAnswer(request.head, std::move(*answer), call.warnings, flow, responder);
}

} // namespace demo
