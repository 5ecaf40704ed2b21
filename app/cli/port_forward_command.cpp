// SPDX-License-Identifier: GPL-3.0-or-later
// port-forward: ports of this machine that lead to pods, for as long as the command runs.
#include "app/cli/cluster_task.h"
#include "kube/port_forward.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

struct Forward
{
    quint16 local = 0; // 0: any that is free
    QString remote;    // number or name
};

// "8080:80", "8080:http", ":80" (any free port here), "80" (the same port here), "http"; as kubectl takes them.
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
        return Forward{port(text).value_or(0), text};
    }
    const QString local = text.section(u':', 0, 0), remote = text.section(u':', 1);
    if (remote.isEmpty() || remote.contains(u':') || (!local.isEmpty() && local != u"0" && !port(local))
        || (remote[0].isDigit() && !port(remote)))
        return {};
    return Forward{port(local).value_or(0), remote};
}

// "svc/web", "pod/web-1", "web-1"
std::optional<kube::ForwardTarget> targetOf(const QString &text)
{
    const QString kind = text.contains(u'/') ? text.section(u'/', 0, 0) : u"pod"_s;
    kube::ForwardTarget target;
    target.name = text.contains(u'/') ? text.section(u'/', 1) : text;
    const bool isService = QStringList{u"svc"_s, u"service"_s, u"services"_s}.contains(kind);
    const bool isPod = QStringList{u"po"_s, u"pod"_s, u"pods"_s}.contains(kind);
    target.kind = isService ? kube::ForwardTarget::Kind::Service : kube::ForwardTarget::Kind::Pod;
    return (isService || isPod) && !target.name.isEmpty() && !target.name.contains(u'/')
        ? std::optional(target)
        : std::nullopt;
}

class ForwardTask : public ClusterTask
{
public:
    ForwardTask(const Output &output, kube::Client &client, kube::ForwardTarget target, QString shown,
                QList<Forward> ports)
        : m_output(output)
        , m_client(client)
        , m_target(std::move(target))
        , m_shown(std::move(shown))
        , m_ports(std::move(ports))
    {
    }

    void start() override
    {
        for (const Forward &port : m_ports) {
            m_target.port = port.remote;
            auto *forward = new kube::PortForward(m_client, m_target, this);
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
        const QString said = !state.lastError.isEmpty() ? u"note: "_s + state.lastError
            : state.pod.isEmpty()                       ? QString()
                                                        : u"note: port %1 leads to pod %2 over %3"_s.arg(
                                                            QString::number(state.localPort), state.pod, state.wire);
        QString &last = m_said[state.localPort];
        if (!said.isEmpty() && std::exchange(last, said) != said)
            m_output.note(printable(said));
    }

    const Output &m_output;
    kube::Client &m_client;
    kube::ForwardTarget m_target;
    QString m_shown;
    QList<Forward> m_ports;
    QList<kube::PortForward *> m_forwards; // children
    QHash<quint16, QString> m_said;
    bool m_isAnnounced = false;
};

// What can be known before anybody connects.
kube::Result<void> checkTarget(Session &session, kube::Client &client, const kube::ForwardTarget &target,
                               const QList<Forward> &ports)
{
    const bool isService = target.kind == kube::ForwardTarget::Kind::Service;
    const kube::ResourceType type = isService ? kube::types::services() : kube::types::pods();
    const auto object = client.get(type, target.nameSpace, target.name, session.stop()).result();
    if (!object)
        return tl::unexpected(object.error());
    for (const Forward &port : ports) {
        if (const auto found = kube::targetPort(*object, port.remote); isService && !found)
            return tl::unexpected(found.error());
        if (const auto found = kube::containerPort(*object, port.remote); !isService && !found)
            return tl::unexpected(found.error());
    }
    return {};
}

} // namespace

int runPortForward(Invocation &invocation)
{
    auto target = targetOf(invocation.arguments.value(0));
    if (!target || invocation.arguments.size() < 2)
        return wrongUsage(
            invocation,
            u"port-forward needs svc/NAME or pod/NAME, and ports such as 8080:80, :80 or 8080:http"_s);
    QList<Forward> ports;
    for (const QString &text : invocation.arguments.mid(1)) {
        const auto port = forwardOf(text);
        if (!port)
            return wrongUsage(
                invocation,
                u"port-forward: '%1' is no [LOCAL:]REMOTE, such as 8080:80, :80 or 8080:http"_s.arg(text));
        ports.append(*port);
    }
    const auto client = invocation.session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
    target->nameSpace = invocation.session.nameSpaceOfOne(**client);
    if (const auto checked = checkTarget(invocation.session, **client, *target, ports); !checked)
        return invocation.output.fail(checked.error().message);
    const bool isService = target->kind == kube::ForwardTarget::Kind::Service;
    const QString shown = (isService ? u"svc/"_s : u"pod/"_s) + target->name;
    return runOnCluster(invocation, **client, [&] {
        return std::make_unique<ForwardTask>(invocation.output, **client, *target, shown, ports);
    });
}

} // namespace app::cli
