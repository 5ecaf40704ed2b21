// SPDX-License-Identifier: GPL-3.0-or-later
// C1: DestinationRules by which clients in the mesh speak to what becomes STRICT as it would refuse.
#include "models/analysis/client_rules.h"
#include "models/analysis/preflight_scene.h"
#include "models/resources/counted.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Level = PreflightLevel;

const QLatin1String WholeRule("spec.trafficPolicy.tls.mode");

// Of one client that goes by the rule, what was counted.
struct SeenCaller
{
    QString name; // namespace/workload
    bool inClearText = false;
    const StrictTelemetry::Call *sent = nullptr;   // by its own proxy
    const StrictTelemetry::Call *mutual = nullptr; // by the server's, as mutual TLS
};

// One row for what one field of a rule does to the Services that become STRICT.
struct RuleEffect
{
    ClientTls tls = ClientTls::Unset;
    QStringList services;
    QList<SeenCaller> callers;
};

void append(QStringList &list, const QString &text)
{
    if (!list.contains(text))
        list.append(text);
}

class RuleEffects
{
public:
    explicit RuleEffects(const PreflightScene &scene)
        : m_scene(scene)
        , m_rules(scene.snapshot())
    {
        for (const Service &service : scene.snapshot().services)
            addService(service);
        for (const ServiceEntry &entry : scene.snapshot().serviceEntries)
            addEntry(entry);
    }
    const RuleEffect *of(const DestinationRule &rule, const QString &path) const
    {
        const auto found = m_effects.constFind({&rule, path});
        return found == m_effects.constEnd() ? nullptr : &*found;
    }
    QStringList pathsOf(const DestinationRule &rule) const { return m_paths.value(&rule); }

private:
    void addService(const Service &service)
    {
        const QString host = serviceHost(service.nameSpace, service.name);
        for (const ServicePort &port : service.ports) {
            const QList<ClientRule> refused = m_rules.refused(service.nameSpace, host, port);
            for (const ClientRule &rule : refused)
                add(rule, m_scene.strictPodsOf(service, port), service.nameSpace + u'/' + service.name);
        }
    }

    // Pods that a ServiceEntry gives another name.
    void addEntry(const ServiceEntry &entry)
    {
        if (!entry.isMeshInternal || entry.selector.isEmpty())
            return;
        const auto contents =
            m_scene.snapshot().contentsOf(entry.nameSpace); // nobody else holds an empty one
        for (const ServicePort &port : entry.ports) {
            const int target = port.targetPort.isEmpty() ? port.port : port.targetPort.toInt();
            QList<const PreflightScene::PodPort *> servers;
            for (const auto &pod : contents->pods) {
                const auto *strict = entry.selects(*pod) ? m_scene.strictPortOf(*pod, target) : nullptr;
                if (strict)
                    servers.append(strict);
            }
            for (const QString &host : entry.hosts) {
                for (ClientRule rule : m_rules.refused(entry.nameSpace, host, port)) {
                    rule.clients.removeIf([&entry](const QString &client) {
                        return !isExportedTo(entry.exportTo, entry.nameSpace, client);
                    });
                    add(rule, servers, u"%1 (ServiceEntry %2/%3)"_s.arg(host, entry.nameSpace, entry.name));
                }
            }
        }
    }

    void add(const ClientRule &rule, QList<const PreflightScene::PodPort *> servers, const QString &name)
    {
        servers.removeIf([&rule](const auto *one) { return !containsAll(one->pod->labels, rule.servers); });
        if (servers.isEmpty() || rule.clients.isEmpty())
            return;
        RuleEffect &effect = m_effects[{rule.rule, rule.path}];
        append(m_paths[rule.rule], rule.path);
        effect.tls = rule.tls;
        append(effect.services, name);
        for (const auto *server : std::as_const(servers))
            addCallers(effect, rule, workloadKey(*server->pod), name);
    }

    void addCallers(RuleEffect &effect, const ClientRule &rule, const QString &server, const QString &service)
    {
        if (!m_scene.input().telemetry)
            return;
        for (const StrictTelemetry::Plaintext &one : m_scene.input().telemetry->plaintext) {
            if (one.nameSpace + u'/' + one.workload == server
                && rule.isFor(one.sourceNamespace, one.sourceWorkload))
                callerOf(effect, one).inClearText = true;
        }
        for (const StrictTelemetry::Call &one : m_scene.input().telemetry->calls) {
            const bool isToIt = one.nameSpace + u'/' + one.workload == server
                || (!one.byServer && one.nameSpace + u'/' + one.service == service);
            if (!isToIt || !rule.isFor(one.sourceNamespace, one.sourceWorkload))
                continue;
            SeenCaller &caller = callerOf(effect, one);
            if (!one.byServer)
                caller.sent = &one;
            else if (one.isMutual)
                caller.mutual = &one;
            else
                caller.inClearText = true;
        }
    }

    template<class Counted>
    static SeenCaller &callerOf(RuleEffect &effect, const Counted &one)
    {
        const QString name = one.sourceNamespace + u'/' + one.sourceWorkload;
        const auto known = std::find_if(effect.callers.begin(), effect.callers.end(),
                                        [&name](const SeenCaller &caller) { return caller.name == name; });
        if (known != effect.callers.end())
            return *known;
        effect.callers.append({.name = name});
        return effect.callers.last();
    }

    const PreflightScene &m_scene;
    const ClientRules m_rules;
    QHash<QPair<const DestinationRule *, QString>, RuleEffect> m_effects; // by path of the field
    QHash<const DestinationRule *, QStringList> m_paths;
};

// Every call of the client's goes by this field: the rule says nothing else of some ports or pods.
bool isOfAllCalls(const DestinationRule &rule, const QString &path)
{
    return path == WholeRule && rule.portTls.isEmpty()
        && std::all_of(rule.subsets.begin(), rule.subsets.end(), [](const DestinationRule::Subset &subset) {
               return subset.tls == ClientTls::Unset && subset.portTls.isEmpty();
           });
}

// Whether STRICT would refuse what was seen of it.  What comes by mutual TLS may be what the rule is not about, and no label of
// a counter says which port was called; by a certificate of its own (MUTUAL) it shows that the server takes that one.
bool isRefused(const SeenCaller &caller, const RuleEffect &effect, bool isOfAll)
{
    return caller.inClearText || !caller.mutual || (isOfAll && effect.tls != ClientTls::Mutual);
}

QString countedText(const StrictTelemetry::Call &call)
{
    return counted(wholeCount(call.requests), u"request or connection"_s, u"requests or connections"_s)
        + (call.lastSeen.isValid() ? u", last seen %1"_s.arg(call.lastSeen.toString(Qt::ISODate))
                                   : QString());
}

QStringList evidenceOf(const QList<SeenCaller> &callers)
{
    QStringList lines, queries;
    for (const SeenCaller &caller : callers) {
        if (caller.inClearText)
            lines.append(u"clear text from %1 is counted"_s.arg(caller.name));
        if (caller.sent)
            lines.append(u"calls from %1 are counted by its own proxy: %2"_s.arg(caller.name,
                                                                                 countedText(*caller.sent)));
        if (caller.mutual)
            lines.append(
                u"mutual TLS from %1 is counted: %2"_s.arg(caller.name, countedText(*caller.mutual)));
        for (const StrictTelemetry::Call *call : {caller.sent, caller.mutual}) {
            if (call && !call->query.isEmpty())
                append(queries, call->query);
        }
    }
    return lines + queries;
}

// Without tls clients do it by themselves; where the mesh has no such thing, a rule of many hosts may be right for others.
QByteArray patchOf(const DestinationRule &rule, const QString &path, bool isAutomatic)
{
    if (path != WholeRule)
        return {};
    if (isAutomatic)
        return R"({"spec":{"trafficPolicy":{"tls":null}}})";
    return rule.fullHost().startsWith(u'*') ? QByteArray()
                                            : R"({"spec":{"trafficPolicy":{"tls":{"mode":"ISTIO_MUTUAL"}}}})";
}

PreflightRow rowOf(const DestinationRule &rule, const QString &path, const RuleEffect &effect,
                   bool isAutomatic)
{
    const QStringList &services = effect.services;
    const bool isOfAll = isOfAllCalls(rule, path);
    const bool isSeen =
        std::any_of(effect.callers.begin(), effect.callers.end(),
                    [&](const SeenCaller &caller) { return isRefused(caller, effect, isOfAll); });
    const ClientTls written = path == WholeRule ? rule.tls : effect.tls; // what a port gets may be another
    return {.check = u"C1"_s,
            .level = isSeen ? Level::Blocker : Level::Likely,
            .subject = {u"DestinationRule"_s, rule.nameSpace, rule.name},
            .path = path,
            .value = clientTlsName(written),
            .message = services.size() == 1
                ? u"clients in the mesh would send %1 to Service %2, which becomes STRICT"_s.arg(
                    clientTlsName(effect.tls), services.first())
                : u"clients in the mesh would send %1 to %2 Services that become STRICT"_s
                      .arg(clientTlsName(effect.tls))
                      .arg(services.size()),
            .evidence = (services.size() > 1 ? services : QStringList()) + evidenceOf(effect.callers),
            .remedy = isAutomatic ? u"set it to ISTIO_MUTUAL or remove tls"_s : u"set it to ISTIO_MUTUAL"_s,
            .patch = patchOf(rule, path, isAutomatic),
            .verify = u"V3: no new 503 with UC or UF of its clients"_s};
}

} // namespace

void checkClientRules(PreflightScene &scene)
{
    const RuleEffects effects(scene);
    const bool isAutomatic = scene.snapshot().mesh.autoMtls && !scene.snapshot().isOldMesh();
    for (const DestinationRule &rule : scene.snapshot().destinationRules) {
        for (const QString &path : effects.pathsOf(rule))
            scene.add(rowOf(rule, path, *effects.of(rule, path), isAutomatic));
    }
}

} // namespace models
