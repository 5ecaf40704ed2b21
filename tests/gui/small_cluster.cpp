// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/small_cluster.h"

#include <QTimer>

using namespace Qt::StringLiterals;

namespace {

struct Kind
{
    const char *apiVersion, *plural, *kind;
    bool namespaced;
};
const Kind kinds[] = {{"v1", "namespaces", "Namespace", false},
                      {"v1", "services", "Service", true},
                      {"v1", "pods", "Pod", true},
                      {"v1", "configmaps", "ConfigMap", true},
                      {"v1", "secrets", "Secret", true},
                      {"apps/v1", "deployments", "Deployment", true},
                      {"security.istio.io/v1beta1", "peerauthentications", "PeerAuthentication", true},
                      {"getambassador.io/v2", "mappings", "Mapping", true},
                      {"getambassador.io/v2", "hosts", "Host", true},
                      {"getambassador.io/v2", "tlscontexts", "TLSContext", true},
                      {"getambassador.io/v2", "modules", "Module", true}};

QByteArray bytes(const edge::Value &value) { return QByteArray::fromStdString(edge::toJson(value)); }

QByteArray text(const edge::Value &value) { return QByteArray::fromStdString(value.text()); }

QByteArray status(int code, const QByteArray &reason, const QByteArray &message)
{
    return R"({"kind":"Status","apiVersion":"v1","status":"Failure","reason":")" + reason + R"(","message":")"
        + message + R"(","code":)" + QByteArray::number(code) + "}";
}

QByteArray keyOf(const edge::Value &object)
{
    const QByteArray nameSpace = text(object.at({"metadata", "namespace"}));
    return nameSpace.isEmpty() ? text(object.at({"metadata", "name"}))
                               : nameSpace + '/' + text(object.at({"metadata", "name"}));
}

QByteArray goneEvent()
{
    return R"({"type":"ERROR","object":)" + status(410, "Expired", "too old resource version: 1 (2)") + "}";
}

const Kind *kindNamed(const QByteArray &kind)
{
    for (const Kind &each : kinds) {
        if (kind == each.kind)
            return &each;
    }
    return nullptr;
}

} // namespace

SmallCluster::SmallCluster()
    : m_identity(loopbackServer(m_authority))
    , m_server([this](const ServerRequest &request, const ServerReply &reply) { handle(request, reply); },
               serverTls(m_identity.certificate, m_identity.key))
{
}

QByteArray SmallCluster::kubeconfigWith(const QByteArray &server, const QByteArray &userToken,
                                        const QByteArray &ca) const
{
    return "apiVersion: v1\nkind: Config\ncurrent-context: test\ncontexts: [{name: test, context: {cluster: "
           "test, user: jane}}]\nclusters: [{name: test, "
           "cluster: {server: '"
        + server + "', certificate-authority-data: " + ca.toBase64()
        + "}}]\nusers: [{name: jane, user: {token: " + userToken + "}}]\n";
}

QByteArray SmallCluster::kubeconfig(const QByteArray &moreUser) const
{
    return kubeconfigWith(m_server.url().toString().toUtf8(), moreUser.isEmpty() ? token : moreUser,
                          m_authority.certificate());
}

void SmallCluster::put(const QByteArray &yaml)
{
    const auto documents = edge::parseYaml(yaml.toStdString());
    Q_ASSERT(documents);
    for (const edge::Value &object : *documents) {
        const Kind *kind = kindNamed(text(object["kind"]));
        Q_ASSERT(kind);
        store(kind->plural, keyOf(object), object);
    }
}

void SmallCluster::expire()
{
    for (const Watch &watch : std::exchange(m_watches, {})) {
        watch.reply.line(goneEvent());
        watch.reply.endStream();
        ++expired;
    }
}

void SmallCluster::drop(const QByteArray &plural, const QByteArray &key)
{
    if (!m_objects[plural].contains(key))
        return;
    edge::Value object = m_objects[plural].take(key);
    object.child("metadata").set("resourceVersion", std::to_string(++m_version));
    tell("DELETED", plural, object);
}

const edge::Value *SmallCluster::find(const QByteArray &plural, const QByteArray &key) const
{
    const auto objects = m_objects.constFind(plural);
    if (objects == m_objects.constEnd())
        return nullptr;
    const auto object = objects->constFind(key);
    return object == objects->constEnd() ? nullptr : &*object;
}

void SmallCluster::store(const QByteArray &plural, const QByteArray &key, edge::Value object)
{
    const bool isNew = !m_objects[plural].contains(key);
    edge::Value &metadata = object.child("metadata");
    metadata.set("resourceVersion", std::to_string(++m_version));
    if (metadata["uid"].isNull())
        metadata.set("uid",
                     isNew ? edge::Value("uid-" + std::to_string(m_version))
                           : m_objects[plural][key].at({"metadata", "uid"}));
    if (metadata["creationTimestamp"].isNull())
        metadata.set("creationTimestamp", "2026-08-01T10:00:00Z");
    m_objects[plural][key] = object;
    tell(isNew ? "ADDED" : "MODIFIED", plural, object);
}

void SmallCluster::tell(const char *type, const QByteArray &plural, const edge::Value &object)
{
    const QByteArray line = QByteArray(R"({"type":")") + type + R"(","object":)" + bytes(object) + "}";
    m_log.append({m_version, {plural, line}});
    if (holdsNews) {
        m_held.append({plural, line});
        return;
    }
    for (const Watch &watch : std::as_const(m_watches)) {
        if (watch.plural == plural)
            watch.reply.line(line);
    }
}

void SmallCluster::letGo()
{
    holdsNews = false;
    for (const auto &[plural, line] : std::exchange(m_held, {})) {
        for (const Watch &watch : std::as_const(m_watches)) {
            if (watch.plural == plural)
                watch.reply.line(line);
        }
    }
}

SmallCluster::Target SmallCluster::targetOf(const QByteArray &path)
{
    QList<QByteArray> parts = path.mid(1).split('/');
    Target target;
    const bool isCore = parts.takeFirst() == "api";
    target.apiVersion = parts.takeFirst();
    if (!isCore && !parts.isEmpty())
        target.apiVersion += '/' + parts.takeFirst();
    if (parts.size() > 2 && parts[0] == "namespaces") {
        target.nameSpace = parts[1];
        parts.remove(0, 2);
    }
    target.plural = parts.value(0);
    target.name = parts.value(1);
    return target;
}

void SmallCluster::handle(const ServerRequest &request, const ServerReply &reply)
{
    if (request.headers.value("authorization") != "Bearer " + token)
        return reply.answer(401, status(401, "Unauthorized", "Unauthorized"));
    const QByteArray path = request.path();
    if (path == "/version")
        return reply.answer(200, R"({"major":"1","minor":"20","gitVersion":"v1.20.4"})");
    if (discover(path, reply) || reviewed(request, reply))
        return;
    if (!path.startsWith("/api")) // the demo cluster's own interface, say
        return reply.answer(404, status(404, "NotFound", "the server could not find the requested resource"));
    if (proxied && path.contains("/proxy/"))
        return proxied(request, reply);
    const Target target = targetOf(path);
    const bool isAllowedHere = !allowedNamespace.isEmpty() && target.nameSpace == allowedNamespace;
    if (target.plural == forbiddenPlural && request.method == "GET" && !isAllowedHere) {
        ++forbidden;
        return reply.answer(
            403, status(403, "Forbidden", target.plural + " is forbidden: User jane cannot list resource"));
    }
    if (path.endsWith("/portforward")) // its pods have no admin ports
        return reply.answer(404, status(404, "NotFound", "pods " + target.name + " not found"));
    if (request.method != "GET")
        return write(target, request, reply);
    if (request.query("watch") == "true" || request.query("watch") == "1")
        return watch(target, request, reply);
    if (target.name.isEmpty())
        return list(target, request, reply);
    const edge::Value *object =
        find(target.plural, target.nameSpace.isEmpty() ? target.name : target.nameSpace + '/' + target.name);
    return object
        ? reply.answer(200, bytes(*object))
        : reply.answer(404, status(404, "NotFound", target.plural + " " + target.name + " not found"));
}

// What `forbiddenPlural` and `readOnly` refuse, asked beforehand.
bool SmallCluster::reviewed(const ServerRequest &request, const ServerReply &reply) const
{
    if (!reviews && request.path().contains("/selfsubject")) {
        reply.answer(403,
                     status(403, "Forbidden", "reviews are forbidden: User jane cannot create resource"));
        return true;
    }
    if (request.path().endsWith("/selfsubjectrulesreviews")) {
        const QByteArray verbs = listsOnly ? R"("list","watch")"
            : readOnly                     ? R"("get","list","watch")"
                                           : R"("*")";
        QByteArray rules = R"({"apiGroups":["*"],"resources":["*"],"verbs":[)" + verbs + "]}";
        QByteArray isIncomplete = "false";
        if (!forbiddenPlural.isEmpty()) { // no rule can leave one out
            rules.clear();
            isIncomplete = "true";
        }
        reply.answer(201,
                     R"({"status":{"incomplete":)" + isIncomplete + R"(,"resourceRules":[)" + rules + "]}}");
        return true;
    }
    if (!request.path().endsWith("/selfsubjectaccessreviews"))
        return false;
    const auto body = edge::parseJson(request.body.toStdString());
    const edge::Value asked = body ? body->at({"spec", "resourceAttributes"}) : edge::Value();
    const std::string verb = asked["verb"].text();
    const bool isRead = verb == "get" || verb == "list" || verb == "watch";
    const bool isAllowed = isRead
        ? text(asked["resource"]) != forbiddenPlural && (!listsOnly || verb != "get")
        : !readOnly && !listsOnly;
    reply.answer(201, isAllowed ? R"({"status":{"allowed":true}})" : R"({"status":{"allowed":false}})");
    return true;
}

bool SmallCluster::discover(const QByteArray &path, const ServerReply &reply) const
{
    if (path == "/api") {
        reply.answer(200, R"({"kind":"APIVersions","versions":["v1"]})");
        return true;
    }
    if (path == "/apis") {
        QByteArrayList groups; // one version of each
        for (const Kind &each : kinds) {
            const QByteArray apiVersion(each.apiVersion);
            const QByteArray group = R"({"name":")" + apiVersion.split('/').first()
                + R"(","versions":[{"groupVersion":")" + apiVersion + R"("}]})";
            if (apiVersion.contains('/') && !groups.contains(group))
                groups.append(group);
        }
        reply.answer(200, R"({"kind":"APIGroupList","groups":[)" + groups.join(',') + "]}");
        return true;
    }
    QByteArrayList resources;
    for (const Kind &each : kinds) {
        const QByteArray apiVersion(each.apiVersion);
        if (path == (apiVersion.contains('/') ? "/apis/" : "/api/") + apiVersion)
            resources.append(QByteArray(R"({"name":")") + each.plural + R"(","kind":")" + each.kind
                             + R"(","namespaced":)" + (each.namespaced ? "true" : "false")
                             + R"(,"verbs":["get","list","watch","create","patch","delete"]})");
    }
    if (resources.isEmpty())
        return false;
    const QByteArray groupVersion = path.mid(path.indexOf('/', 1) + 1);
    reply.answer(200,
                 R"({"kind":"APIResourceList","groupVersion":")" + groupVersion + R"(","resources":[)"
                     + resources.join(',') + "]}");
    return true;
}

void SmallCluster::list(const Target &target, const ServerRequest &request, const ServerReply &reply)
{
    if (expires && request.query("resourceVersion").toInt() > 0) {
        ++expired;
        return reply.answer(410, status(410, "Expired", "too old resource version"));
    }
    QByteArrayList items;
    for (const edge::Value &object : m_objects.value(target.plural)) {
        if (target.nameSpace.isEmpty() || text(object.at({"metadata", "namespace"})) == target.nameSpace)
            items.append(bytes(object));
    }
    reply.answer(200,
                 R"({"kind":"List","apiVersion":")" + target.apiVersion
                     + R"(","metadata":{"resourceVersion":")" + QByteArray::number(m_version)
                     + R"("},"items":[)" + items.join(',') + "]}",
                 listHeaders);
}

void SmallCluster::watch(const Target &target, const ServerRequest &request, const ServerReply &reply)
{
    if (request.query("sendInitialEvents") == "true")
        return reply.answer(
            422,
            status(422, "Invalid",
                   "ListOptions.meta.k8s.io is invalid: sendInitialEvents: Forbidden: sendInitialEvents is "
                   "forbidden for watch unless the WatchList feature gate is enabled"));
    reply.startStream();
    if (expires) {
        ++expired;
        reply.line(goneEvent());
        return reply.endStream();
    }
    for (const auto &[version, event] : std::as_const(m_log)) {
        if (version > request.query("resourceVersion").toInt() && event.first == target.plural)
            reply.line(event.second);
    }
    const int number = ++m_watchesBegun;
    m_watches.append({target.plural, reply, number});
    if (const int seconds = request.query("timeoutSeconds").toInt(); seconds > 0)
        QTimer::singleShot(std::chrono::seconds(seconds), &m_timers, [this, number] {
            m_watches.removeIf([number](const Watch &one) {
                if (one.number == number)
                    one.reply.endStream();
                return one.number == number;
            });
        });
}

void SmallCluster::write(const Target &target, const ServerRequest &request, const ServerReply &reply)
{
    const bool isDry = request.query("dryRun") == "All";
    if (readOnly)
        return reply.answer(403,
                            status(403, "Forbidden",
                                   target.plural + " is forbidden: User \\\"jane\\\" cannot "
                                       + request.method.toLower() + " resource"));
    if (target.plural == refusedPlural && !isDry)
        return reply.answer(422, status(422, "Invalid", "the webhook says no to " + target.name));
    if (target.plural == putOffPlural && (!isDry || putsOffDryRuns))
        return reply.answer(429, status(429, "TooManyRequests", "too many requests"),
                            "Retry-After: 3600\r\n");
    ++(isDry ? dryRuns : writes);
    const auto body = edge::parseJson(request.body.toStdString());
    if (!body && request.method != "DELETE") // a port-forward, say
        return reply.answer(404, status(404, "NotFound", "this small server has no such subresource"));
    if (request.method == "POST") {
        const QByteArray key = (target.nameSpace.isEmpty() ? QByteArray() : target.nameSpace + '/')
            + text(body->at({"metadata", "name"}));
        if (find(target.plural, key))
            return reply.answer(409, status(409, "AlreadyExists", target.plural + " already exists"));
        if (!isDry)
            store(target.plural, key, *body);
        return reply.answer(201, bytes(isDry ? *body : m_objects[target.plural][key]));
    }
    const QByteArray key = (target.nameSpace.isEmpty() ? QByteArray() : target.nameSpace + '/') + target.name;
    const edge::Value *now = find(target.plural, key);
    if (!now)
        return reply.answer(404, status(404, "NotFound", target.plural + " " + target.name + " not found"));
    if (request.method == "DELETE") {
        const edge::Value gone = *now;
        if (!isDry)
            drop(target.plural, key);
        return reply.answer(200, bytes(gone));
    }
    if (!request.headers.value("content-type").startsWith("application/merge-patch+json"))
        return reply.answer(
            415, status(415, "UnsupportedMediaType", "this small server knows merge patches only"));
    const edge::Value &version = body->at({"metadata", "resourceVersion"});
    if (!version.isNull() && version != now->at({"metadata", "resourceVersion"}))
        return reply.answer(
            409,
            status(409, "Conflict", "the object has been modified; please apply your changes to the latest"));
    const edge::Value then = edge::mergePatch(*now, *body);
    if (!isDry)
        store(target.plural, key, then);
    reply.answer(200, bytes(isDry ? then : m_objects[target.plural][key]));
}
