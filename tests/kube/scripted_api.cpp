// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/kube/scripted_api.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace {

QByteArray asJson(QByteArray text) { return text.replace('\'', '"'); }

QByteArray reasonOf(int code)
{
    switch (code) {
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "NotFound";
    case 410: return "Expired";
    case 429: return "TooManyRequests";
    default: return "InternalError";
    }
}

} // namespace

QByteArray podJson(const QString &name, int version)
{
    return asJson("{'kind':'Pod','apiVersion':'v1','metadata':{'name':'" + name.toUtf8()
                  + "','namespace':'shop','uid':'uid-" + name.toUtf8() + "','resourceVersion':'"
                  + QByteArray::number(version) + "','managedFields':[{'manager':'x'}]}}");
}

QByteArray statusJson(int code, const QByteArray &reason, const QByteArray &message)
{
    return asJson("{'kind':'Status','apiVersion':'v1','metadata':{},'status':'Failure','message':'" + message
                  + "','reason':'" + reason + "','code':" + QByteArray::number(code) + "}");
}

ScriptedApi::ScriptedApi(const std::optional<QSslConfiguration> &tls)
    : server([this](const ServerRequest &request, const ServerReply &reply) { handle(request, reply); }, tls)
{
}

void ScriptedApi::handle(const ServerRequest &request, const ServerReply &reply)
{
    if ((before && before(request, reply)) || discovered(request, reply))
        return;
    if (request.query("watch").isEmpty())
        list(request, reply);
    else
        watch(request, reply);
}

bool ScriptedApi::discovered(const ServerRequest &request, const ServerReply &reply)
{
    const QByteArray path = request.path();
    if (path == "/api")
        reply.answer(200, "{\"kind\":\"APIVersions\",\"versions\":[\"v1\"]}");
    else if (path == "/apis")
        reply.answer(200, "{\"kind\":\"APIGroupList\",\"groups\":[]}");
    else if (path == "/api/v1")
        reply.answer(
            200,
            asJson("{'kind':'APIResourceList','groupVersion':'v1','resources':[{'name':'pods',"
                   "'singularName':'pod','namespaced':true,'kind':'Pod','verbs':['get','list','watch']}]}"));
    else
        return false;
    return true;
}

void ScriptedApi::list(const ServerRequest &request, const ServerReply &reply)
{
    lists.append(request.target);
    const QByteArray token = request.query("continue");
    if (failLists > 0) {
        --failLists;
        return reply.answer(listFault, statusJson(listFault, reasonOf(listFault), "the list failed"),
                            faultHeaders);
    }
    if (!token.isEmpty() && failPages > 0) {
        --failPages;
        return reply.answer(410, statusJson(410, "Expired", "the continue parameter is too old"));
    }
    const QStringList names = versions.keys();
    const int from = token.toInt();
    const int limit = request.query("limit").toInt();
    const int size = limit == 0 ? int(names.size()) : (pageSize > 0 ? pageSize : limit);
    QByteArrayList items;
    for (const QString &name : names.mid(from, size))
        items.append(podJson(name, versions[name]));
    const QByteArray next =
        from + size < names.size() ? ",'continue':'" + QByteArray::number(from + size) + "'" : QByteArray();
    reply.answer(200,
                 asJson("{'kind':'PodList','apiVersion':'v1','metadata':{'resourceVersion':'"
                        + QByteArray::number(m_version) + "'" + next + "},'items':[")
                     + items.join(',') + "]}");
}

void ScriptedApi::watch(const ServerRequest &request, const ServerReply &reply)
{
    const bool wantsAll = request.query("sendInitialEvents") == "true";
    if (wantsAll && !streamsLists)
        return reply.answer(
            422,
            statusJson(
                422, "Invalid",
                "ListOptions.meta.k8s.io \\\"\\\" is invalid: sendInitialEvents: Forbidden: "
                "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled"));
    watches.append(request.target);
    if (wantsAll && failWatches == 0)
        return stream(reply);
    const int from = request.query("resourceVersion").toInt();
    if (failWatches > 0) {
        --failWatches;
        return reply.answer(watchFault, statusJson(watchFault, reasonOf(watchFault), "the watch failed"),
                            faultHeaders);
    }
    if (!slowHeads)
        reply.startStream();
    if (from < m_oldest) {
        reply.line("{\"type\":\"ERROR\",\"object\":" + statusJson(410, "Expired", "too old resource version")
                   + "}");
        return reply.endStream();
    }
    for (const auto &[version, line] : m_log) {
        if (version > from)
            reply.line(line);
    }
    m_watches.append({reply, !slowHeads});
}

void ScriptedApi::stream(const ServerReply &reply)
{
    reply.startStream();
    for (auto it = versions.cbegin(); it != versions.cend(); ++it)
        reply.line("{\"type\":\"ADDED\",\"object\":" + podJson(it.key(), it.value()) + "}");
    reply.line(
        asJson("{'type':'BOOKMARK','object':{'kind':'Pod','apiVersion':'v1','metadata':{'resourceVersion':'"
               + QByteArray::number(m_version)
               + "','creationTimestamp':null,'annotations':{'k8s.io/initial-events-end':'true'}}}}"));
    m_watches.append({reply, true});
}

void ScriptedApi::sendToWatches(const QByteArray &line)
{
    for (Watch &open : m_watches) {
        if (!std::exchange(open.isStarted, true))
            open.reply.startStream();
        open.reply.chunk(laysOut ? QJsonDocument::fromJson(line).toJson().trimmed()
                                 : QByteArray(line + '\n' + afterEachLine));
    }
}

void ScriptedApi::record(const char *type, const QString &name)
{
    const QByteArray line =
        "{\"type\":\"" + QByteArray(type) + "\",\"object\":" + podJson(name, m_version) + "}";
    m_log.append({m_version, line});
    sendToWatches(line);
}

void ScriptedApi::put(const QString &name)
{
    const bool isNew = !versions.contains(name);
    versions.insert(name, ++m_version);
    record(isNew ? "ADDED" : "MODIFIED", name);
}

void ScriptedApi::drop(const QString &name)
{
    if (versions.remove(name) > 0) {
        ++m_version;
        record("DELETED", name);
    }
}

void ScriptedApi::compact()
{
    m_log.clear();
    m_oldest = ++m_version;
}

void ScriptedApi::bookmark()
{
    ++m_version; // other kinds move on
    sendToWatches(
        asJson("{'type':'BOOKMARK','object':{'kind':'Pod','apiVersion':'v1','metadata':{'resourceVersion':'"
               + QByteArray::number(m_version) + "','creationTimestamp':null}}}"));
}

void ScriptedApi::endWatches()
{
    for (const Watch &open : std::exchange(m_watches, {}))
        open.reply.endStream();
}

void ScriptedApi::silenceWatches() { m_watches.clear(); }

void ScriptedApi::cutWatches()
{
    for (const Watch &open : std::exchange(m_watches, {}))
        open.reply.cut();
}
