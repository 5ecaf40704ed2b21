// SPDX-License-Identifier: GPL-3.0-or-later
// port-forward: ports of this machine that lead to pods, for as long as the command runs.
#include "app/cli/cluster_task.h"
#include "app/cli/kind_names.h"
#include "app/cli/pod_selector.h"
#include "app/cli/whereabouts.h"
#include "kube/port_forward.h"

#include <QUrl>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

struct Forward
{
    quint16 local = 0;   // 0: any that is free
    QString remote;      // number or name
    bool isSame = false; // here as there, whose number is not known yet
};

// "8080:80", "8080:http", ":80" (any free port here), "80" or "http" (the same port here); as kubectl takes them.
std::optional<Forward> forwardOf(const QString &text)
{
    const auto port = [](const QString &word) {
        bool isNumber = false;
        const uint number = word.toUInt(&isNumber);
        return isNumber && number > 0 && number < 65536 ? std::optional(quint16(number)) : std::nullopt;
    };
    const bool isNumeric = !text.isEmpty() && text[0].isDigit();
    if (!text.contains(u':')) {
        if (text.isEmpty() || (isNumeric && !port(text)))
            return {};
        return Forward{port(text).value_or(0), text, !isNumeric};
    }
    const QString local = text.section(u':', 0, 0), remote = text.section(u':', 1);
    if (remote.isEmpty() || remote.contains(u':') || (!local.isEmpty() && local != u"0" && !port(local))
        || (remote[0].isDigit() && !port(remote)))
        return {};
    return Forward{port(local).value_or(0), remote, false};
}

// "svc/web", "deploy/web", "pod/web-1", "web-1"
bool isTarget(const QString &text)
{
    return !text.isEmpty() && text.count(u'/') <= 1 && !text.startsWith(u'/') && !text.endsWith(u'/');
}

class ForwardTask : public ClusterTask
{
public:
    ForwardTask(const Output &output, kube::Client &client, kube::ForwardTarget target, QString shown,
                QList<Forward> ports, QStringList hosts)
        : m_output(output)
        , m_client(client)
        , m_target(std::move(target))
        , m_shown(std::move(shown))
        , m_ports(std::move(ports))
        , m_hosts(std::move(hosts))
    {
    }

    void start() override
    {
        for (const Forward &port : m_ports) {
            m_target.port = port.remote;
            auto *forward = new kube::PortForward(m_client, m_target, this);
            if (m_forwards.isEmpty()) // all lead to the same pod
                forward->tellOfItsEnd();
            forward->allowHosts(m_hosts);
            if (const auto listening = forward->listen(port.local); !listening)
                return end(m_output.fail(listening.error().message));
            connect(forward, &kube::PortForward::stateChanged, this, [this, forward] { tell(*forward); });
            connect(forward, &kube::PortForward::gone, this, [this](const QString &why) {
                if (!hasEnded())
                    end(m_output.fail(u"lost connection to pod %1: %2"_s.arg(m_target.name, why)));
            });
            m_forwards.append(forward);
        }
        for (kube::PortForward *forward : std::as_const(m_forwards))
            forward->connectNow();
    }

private:
    // As kubectl does: what nobody will come through is said at the start, not to the first who tries.
    void settle(const kube::PortForward &forward)
    {
        const kube::PortForward::State state = forward.state();
        if (state.wire.isEmpty() && !state.lastError.isEmpty())
            return end(m_output.fail(state.lastError));
        const bool allStand =
            std::all_of(m_forwards.cbegin(), m_forwards.cend(),
                        [](const kube::PortForward *each) { return !each->state().wire.isEmpty(); });
        if (!allStand || std::exchange(m_isAnnounced, true))
            return;
        for (qsizetype i = 0; i < m_ports.size(); ++i)
            announce(m_forwards[i]->state().localPort, m_ports[i].remote);
    }

    void announce(quint16 local, const QString &remote)
    {
        const QString address = u"127.0.0.1:%1"_s.arg(local);
        if (m_output.format() == Format::Table)
            m_output.line(u"forwarding %1 -> %2:%3"_s.arg(address, m_shown, remote));
        else
            m_output.streamed(
                "PortForward",
                edge::Value::object(
                    {{"local", value(address)}, {"target", value(m_shown)}, {"port", value(remote)}}));
    }

    // Which pod serves, and why a connection was cut; not every connection that comes and goes.
    void tell(const kube::PortForward &forward)
    {
        if (hasEnded())
            return;
        if (!m_isAnnounced)
            settle(forward);
        if (!m_isAnnounced)
            return;
        const kube::PortForward::State state = forward.state();
        if (!state.pod.isEmpty())
            m_pods.insert(state.localPort, state.pod);
        const QString last = m_pods.value(state.localPort); // it may be gone by now
        const QString pod =
            last.isEmpty() || state.lastError.contains(last) ? QString() : u", pod %1"_s.arg(last);
        const QString said = !state.lastError.isEmpty()
            ? u"note: port %1%2: %3"_s.arg(QString::number(state.localPort), pod, state.lastError)
            : state.pod.isEmpty() ? QString()
                                  : u"note: port %1 leads to pod %2 over %3"_s.arg(
                                      QString::number(state.localPort), state.pod, state.wire);
        QString &before = m_said[state.localPort];
        if (!said.isEmpty() && std::exchange(before, said) != said)
            m_output.note(printable(said));
    }

    const Output &m_output;
    kube::Client &m_client;
    kube::ForwardTarget m_target;
    QString m_shown;
    QList<Forward> m_ports;
    QStringList m_hosts;
    QList<kube::PortForward *> m_forwards; // children
    QHash<quint16, QString> m_said, m_pods;
    bool m_isAnnounced = false;
};

// The port's number where the target says it, and that there is such a port.
kube::Result<int> portNumber(const kube::Object &object, bool isService, const QString &port)
{
    if (!isService)
        return kube::containerPort(object, port);
    if (const auto found = kube::targetPort(object, port); !found)
        return tl::unexpected(found.error());
    return kube::servicePort(object, port);
}

class TargetFinder
{
public:
    TargetFinder(Session &session, kube::Client &client, QList<Forward> &ports)
        : m_session(session)
        , m_client(client)
        , m_ports(ports)
    {
    }

    // What can be known before anybody connects; the ports get the numbers of this machine that their names mean.
    kube::Result<kube::ForwardTarget> find(const QString &text)
    {
        const QString kind = text.contains(u'/') ? text.section(u'/', 0, 0) : u"pod"_s;
        kube::ForwardTarget target;
        target.name = text.section(u'/', -1);
        target.nameSpace = m_session.nameSpaceOfOne(m_client);
        const auto resource = resourceNamed(m_session, m_client, kind);
        if (!resource)
            return tl::unexpected(resource.error());
        const auto object =
            m_client.get(resource->type, target.nameSpace, target.name, m_session.stop()).result();
        if (!object)
            return tl::unexpected(withWhereabouts(
                m_session, m_client, {resource->type, target.nameSpace, target.name}, object.error()));
        const bool isCore = resource->type.group.isEmpty();
        if (isCore && resource->type.plural == "services"_L1)
            target.kind = kube::ForwardTarget::Kind::Service;
        else if (!isCore || resource->type.plural != "pods"_L1)
            return ofWorkload(target, kind, *object);
        return withPorts(target, *object);
    }

private:
    kube::Result<kube::ForwardTarget> ofWorkload(kube::ForwardTarget target, const QString &kind,
                                                 const kube::Object &owner)
    {
        target.kind = kube::ForwardTarget::Kind::Workload;
        target.name = kind + u'/' + owner.name;
        target.selector = podSelector(owner);
        if (target.selector.isEmpty())
            return kube::failure(
                kube::Error::Kind::NotFound,
                u"%1 selects no pods, so there is none to forward to; name a pod"_s.arg(target.name));
        kube::ListOptions options;
        options.labelSelector = target.selector;
        const auto pods =
            m_client.list(kube::types::pods(), target.nameSpace, options, m_session.stop()).result();
        if (!pods)
            return tl::unexpected(pods.error());
        if (pods->items.isEmpty())
            return kube::failure(
                kube::Error::Kind::NotFound,
                u"%1 has no pod in %2, so there is none to forward to"_s.arg(target.name, target.nameSpace));
        return withPorts(target, pods->items.first());
    }

    kube::Result<kube::ForwardTarget> withPorts(const kube::ForwardTarget &target, const kube::Object &object)
    {
        for (Forward &port : m_ports) {
            const auto number =
                portNumber(object, target.kind == kube::ForwardTarget::Kind::Service, port.remote);
            if (!number)
                return tl::unexpected(number.error());
            if (port.isSame)
                port.local = quint16(*number);
        }
        return target;
    }

    Session &m_session;
    kube::Client &m_client;
    QList<Forward> &m_ports;
};

QString shownTarget(const kube::ForwardTarget &target)
{
    switch (target.kind) {
    case kube::ForwardTarget::Kind::Service: return u"svc/"_s + target.name;
    case kube::ForwardTarget::Kind::Workload: return target.name;
    case kube::ForwardTarget::Kind::Pod: break;
    }
    return u"pod/"_s + target.name;
}

} // namespace

int runPortForward(Invocation &invocation)
{
    const QString wanted = invocation.arguments.value(0);
    if (!isTarget(wanted) || invocation.arguments.size() < 2)
        return wrongUsage(
            invocation,
            u"port-forward needs svc/NAME, pod/NAME or a workload such as deploy/NAME, and ports such as 8080:80, :80 or 8080:http"_s);
    QList<Forward> ports;
    for (const QString &text : invocation.arguments.mid(1)) {
        const auto port = forwardOf(text);
        if (!port)
            return wrongUsage(
                invocation,
                u"port-forward: '%1' is no [LOCAL:]REMOTE, such as 8080:80, :80 or 8080:http"_s.arg(text));
        ports.append(*port);
    }
    QStringList hosts;
    for (const QString &name : invocation.parser.values(u"host"_s)) {
        const QString host = name == "*"_L1 ? name : QUrl(u"http://"_s + name).host();
        if (host.isEmpty() || name.contains(u'/'))
            return wrongUsage(
                invocation,
                u"port-forward: --host '%1' is no name of a host, such as shop.example.com, nor * for all"_s
                    .arg(name));
        hosts.append(host);
    }
    const auto client = invocation.session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
    const auto target = TargetFinder(invocation.session, **client, ports).find(wanted);
    if (!target)
        return invocation.output.fail(target.error().message);
    return runOnCluster(invocation, **client, [&] {
        return std::make_unique<ForwardTask>(invocation.output, **client, *target, shownTarget(*target),
                                             ports, hosts);
    });
}

} // namespace app::cli
