// SPDX-License-Identifier: GPL-3.0-or-later
// C1: DestinationRules by which clients in the mesh speak to what becomes STRICT as it would refuse.
#include "models/analysis/client_rules.h"
#include "models/analysis/preflight_scene.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Level = PreflightLevel;

// One row for what one field of a rule does to the Services that become STRICT.
struct RuleEffect
{
    ClientTls tls = ClientTls::Unset;
    QStringList services;
    QStringList callers; // that were seen to speak clear text to them, and go by the rule
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
            addCallers(effect, *server, rule.clients);
    }

    void addCallers(RuleEffect &effect, const PreflightScene::PodPort &server, const QStringList &clients)
    {
        if (!m_scene.input().telemetry)
            return;
        for (const StrictTelemetry::Plaintext &one : m_scene.input().telemetry->plaintext) {
            if (one.nameSpace + u'/' + one.workload == workloadKey(*server.pod)
                && clients.contains(one.sourceNamespace))
                append(effect.callers, one.sourceNamespace + u'/' + one.sourceWorkload);
        }
    }

    const PreflightScene &m_scene;
    const ClientRules m_rules;
    QHash<QPair<const DestinationRule *, QString>, RuleEffect> m_effects; // by path of the field
    QHash<const DestinationRule *, QStringList> m_paths;
};

PreflightRow rowOf(const DestinationRule &rule, const QString &path, const RuleEffect &effect)
{
    const bool whole = path == "spec.trafficPolicy.tls.mode"_L1;
    const QStringList &services = effect.services;
    QStringList evidence = services.size() > 1 ? services : QStringList();
    for (const QString &caller : effect.callers)
        evidence.append(u"clear text from %1 is counted"_s.arg(caller));
    return {.check = u"C1"_s,
            .level = effect.callers.isEmpty() ? Level::Likely : Level::Blocker,
            .subject = {u"DestinationRule"_s, rule.nameSpace, rule.name},
            .path = path,
            .value = clientTlsName(effect.tls),
            .message = services.size() == 1
                ? u"clients in the mesh would send %1 to Service %2, which becomes STRICT"_s.arg(
                    clientTlsName(effect.tls), services.first())
                : u"clients in the mesh would send %1 to %2 Services that become STRICT"_s
                      .arg(clientTlsName(effect.tls))
                      .arg(services.size()),
            .evidence = evidence,
            .remedy = u"set it to ISTIO_MUTUAL or remove tls"_s,
            .patch = whole ? QByteArray(R"({"spec":{"trafficPolicy":{"tls":null}}})") : QByteArray(),
            .verify = u"V3: no new 503 with UC or UF of its clients"_s};
}

} // namespace

void checkClientRules(PreflightScene &scene)
{
    const RuleEffects effects(scene);
    for (const DestinationRule &rule : scene.snapshot().destinationRules) {
        for (const QString &path : effects.pathsOf(rule))
            scene.add(rowOf(rule, path, *effects.of(rule, path)));
    }
}

} // namespace models
