// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/port_forward.h"

#include "kube/answer.h"
#include "kube/forward_tunnel.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

QJsonObject jsonOf(const Object &object) { return QJsonDocument::fromJson(object.json).object(); }

bool isReady(const QJsonObject &pod)
{
    if (pod[u"status"][u"phase"].toString() != u"Running"
        || pod[u"metadata"].toObject().contains(u"deletionTimestamp"_s))
        return false;
    for (const QJsonValue &condition : pod[u"status"][u"conditions"].toArray()) {
        if (condition[u"type"].toString() == u"Ready")
            return condition[u"status"].toString() == u"True";
    }
    return false;
}

QString portText(int number, const QString &name) // "80 (http)"
{
    return name.isEmpty() ? QString::number(number) : u"%1 (%2)"_s.arg(QString::number(number), name);
}

QString selectorOf(const QJsonObject &labels)
{
    QStringList parts;
    for (auto it = labels.begin(); it != labels.end(); ++it)
        parts.append(it.key() + u'=' + it.value().toString());
    return parts.join(u',');
}

} // namespace

Result<int> containerPort(const Object &pod, const QString &portOrName)
{
    bool isNumber = false;
    const int number = portOrName.toInt(&isNumber);
    if (isNumber && number > 0 && number < 65536)
        return number;
    QStringList known;
    const QJsonObject spec = jsonOf(pod)[u"spec"].toObject();
    QJsonArray containers = spec[u"containers"].toArray();
    for (const QJsonValue &each : spec[u"initContainers"].toArray()) {
        if (each[u"restartPolicy"].toString() == u"Always") // a sidecar in Kubernetes' own form
            containers.append(each);
    }
    for (const QJsonValue &container : std::as_const(containers)) {
        for (const QJsonValue &port : container[u"ports"].toArray()) {
            if (port[u"name"].toString() == portOrName)
                return port[u"containerPort"].toInt();
            known.append(port[u"name"].toString(QString::number(port[u"containerPort"].toInt())));
        }
    }
    return failure(
        Error::Kind::NotFound,
        u"pod %1 has no port “%2”; there are: %3"_s.arg(pod.key(), portOrName, known.join(u", "_s)));
}

namespace {

Result<QJsonValue> portOf(const Object &service, const QString &portOrName)
{
    QStringList known;
    for (const QJsonValue &port : jsonOf(service)[u"spec"][u"ports"].toArray()) {
        if (QString::number(port[u"port"].toInt()) == portOrName || port[u"name"].toString() == portOrName)
            return port;
        known.append(portText(port[u"port"].toInt(), port[u"name"].toString()));
    }
    return failure(
        Error::Kind::NotFound,
        u"service %1 has no port %2; there are: %3"_s.arg(service.name, portOrName, known.join(u", "_s)));
}

} // namespace

Result<int> servicePort(const Object &service, const QString &portOrName)
{
    return portOf(service, portOrName).map([](const QJsonValue &port) { return port[u"port"].toInt(); });
}

Result<QString> targetPort(const Object &service, const QString &portOrName)
{
    const auto port = portOf(service, portOrName);
    if (!port)
        return tl::unexpected(port.error());
    const QJsonValue target = (*port)[u"targetPort"];
    const bool isHeadless =
        jsonOf(service)[u"spec"][u"clusterIP"].toString() == u"None"; // its clients reach the pods themselves
    if (target.isString() && !isHeadless)
        return target.toString();
    const int own = (*port)[u"port"].toInt();
    return QString::number(isHeadless ? own : target.toInt(own));
}

// Hands on what it accepts as it is: a QTcpSocket would end both directions at once.
class PortForward::Listener : public QTcpServer
{
public:
    explicit Listener(std::function<void(qintptr)> accept)
        : m_accept(std::move(accept))
    {
    }

protected:
    void incomingConnection(qintptr descriptor) override { m_accept(descriptor); }

private:
    std::function<void(qintptr)> m_accept;
};

PortForward::PortForward(Client &client, ForwardTarget target, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_target(std::move(target))
    , m_server(std::make_unique<Listener>([this](qintptr descriptor) { accept(descriptor); }))
    , m_server6(std::make_unique<Listener>([this](qintptr descriptor) { accept(descriptor); }))
    , m_wires(client.transport(), m_target.nameSpace)
    , m_look(new QTimer(this))
{
    m_look->setInterval(std::chrono::seconds(30));
    connect(m_look, &QTimer::timeout, this, &PortForward::lookAfterPod);
    connect(&m_wires, &ForwardWires::changed, this, [this] {
        if (m_wires.areUp()) {
            m_lastError.clear();
            watchPod();
        }
        if (std::exchange(m_wasUp, m_wires.areUp()) && !m_wires.areUp()) {
            m_lastError = m_wires.lastLoss();
            lookAfterPod();
        }
        serve(ForwardWires::Sharing::OnlyIfFull);
        Q_EMIT stateChanged();
    });
    connect(&m_wires, &ForwardWires::failed, this, &PortForward::dialFailed);
}

PortForward::~PortForward()
{
    m_wires.disconnect(this);
    qDeleteAll(std::exchange(m_tunnels, {})); // they use the wires
}

Result<quint16> PortForward::listen(quint16 localPort)
{
    if (!m_server->listen(QHostAddress::LocalHost, localPort))
        return failure(Error::Kind::Config,
                       u"port %1 of this machine cannot be used: %2; choose another one"_s.arg(
                           QString::number(localPort), m_server->errorString()));
    m_server6->listen(QHostAddress::LocalHostIPv6, m_server->serverPort()); // a machine may have no IPv6
    return m_server->serverPort();
}

PortForward::State PortForward::state() const
{
    const ForwardWire *wire = m_wires.first();
    return {m_server->serverPort(), wire ? m_place.pod : QString(), wire ? wire->name() : QString(),
            int(m_tunnels.size()), m_lastError};
}

void PortForward::accept(qintptr descriptor)
{
    m_tunnels.append(new Tunnel(descriptor, *this));
    m_waiting.append(m_tunnels.last());
    if (mayChooseAnother() && m_wires.areUp() && !m_isResolving
        && m_resolved.elapsed() >= m_freshFor.count()) {
        m_isResolving = true;
        resolve();
    }
    serve(ForwardWires::Sharing::OnlyIfFull);
    Q_EMIT stateChanged();
}

void PortForward::serve(ForwardWires::Sharing sharing)
{
    m_waiting.removeAll(nullptr);
    while (!m_waiting.isEmpty() && !m_isResolving) {
        ForwardWire *wire = m_wires.take(sharing);
        if (!wire)
            break;
        m_waiting.takeFirst()->connectTo(*wire, m_place.port);
    }
    if (m_waiting.isEmpty() || m_isResolving)
        return;
    if (m_wires.areUp())
        return m_wires.dial(m_place.pod, m_waiting.size());
    if (!m_wires.areUnderWay()) {
        m_isResolving = true;
        resolve();
    }
}

void PortForward::connectNow()
{
    if (!m_wires.areUp() && !m_wires.areUnderWay() && !std::exchange(m_isResolving, true))
        resolve();
}

void PortForward::resolve()
{
    if (m_target.kind == ForwardTarget::Kind::Service) {
        whenAnswered(m_client.get(types::services(), m_target.nameSpace, m_target.name), this,
                     [this](const Result<Object> &service) {
                         service ? resolveService(*service) : fail(service.error());
                     });
        return;
    }
    if (m_target.kind == ForwardTarget::Kind::Workload)
        return resolveOneOf(m_target.selector, m_target.port);
    resolvePod();
}

void PortForward::resolvePod()
{
    whenAnswered(m_client.get(types::pods(), m_target.nameSpace, m_target.name), this,
                 [this](const Result<Object> &pod) {
                     const QPointer<PortForward> alive(this);
                     if (!pod && pod.error().kind == Error::Kind::NotFound)
                         end(pod.error().message);
                     if (!alive)
                         return;
                     if (!pod)
                         return fail(pod.error());
                     const QString phase = jsonOf(*pod)[u"status"][u"phase"].toString();
                     if (phase != u"Running")
                         return fail(failure(Error::Kind::NotFound,
                                             u"pod %1 is not running (%2)"_s.arg(pod->key(), phase))
                                         .value());
                     const Result<int> port = containerPort(*pod, m_target.port);
                     dial(port ? Result<Place>(Place{pod->name, *port}) : tl::unexpected(port.error()));
                 });
}

// The last wire to the pod has ended: because the pod has, or because something between was tired of it.
void PortForward::lookAfterPod()
{
    if (m_target.kind != ForwardTarget::Kind::Pod)
        return;
    whenAnswered(m_client.get(types::pods(), m_target.nameSpace, m_target.name), this,
                 [this](const Result<Object> &pod) {
                     if (pod)
                         judge(*pod);
                     else if (pod.error().kind == Error::Kind::NotFound)
                         end(pod.error().message);
                 });
}

// A kubelet lets the wires to a pod live that has ended, so somebody must look.
void PortForward::watchPod()
{
    if (m_podWatch || !m_tellsOfItsEnd || m_target.kind != ForwardTarget::Kind::Pod)
        return;
    m_podWatch = std::make_unique<Reflector>(m_client.transport(), types::pods(), m_target.nameSpace, m_pods);
    m_podWatch->select({}, u"metadata.name="_s + m_target.name);
    connect(&m_pods, &ObjectStore::happened, this, [this](const Delta &delta) {
        if (delta.type == Delta::Type::Upsert)
            return judge(delta.object);
        end(u"pod %1 is gone"_s.arg(delta.object.key()));
    });
    connect(m_podWatch.get(), &Reflector::stateChanged, this, [this](const WatchState &state) {
        const bool isRefused = state.error.kind == Error::Kind::Forbidden;
        if (state.phase == WatchState::Phase::Waiting && isRefused && !m_look->isActive())
            m_look->start();
        else if (state.phase == WatchState::Phase::Live)
            m_look->stop();
    });
    m_podWatch->start();
}

void PortForward::judge(const Object &pod)
{
    const QString phase = jsonOf(pod)[u"status"][u"phase"].toString();
    if (phase == u"Succeeded" || phase == u"Failed")
        end(u"pod %1 has ended (%2)"_s.arg(pod.key(), phase));
}

void PortForward::end(const QString &why)
{
    m_lastError = why;
    m_look->stop();
    if (!std::exchange(m_isGone, true))
        Q_EMIT gone(why);
}

void PortForward::resolveService(const Object &service)
{
    const QJsonObject selector = jsonOf(service)[u"spec"][u"selector"].toObject();
    const Result<QString> target = targetPort(service, m_target.port);
    if (!target)
        return fail(target.error());
    if (selector.isEmpty())
        return fail(
            failure(Error::Kind::NotFound,
                    u"service %1 selects no pods, so there is none to forward to"_s.arg(service.key()))
                .value());
    resolveOneOf(selectorOf(selector), *target);
}

void PortForward::resolveOneOf(const QString &selector, const QString &portOrName)
{
    ListOptions options;
    options.labelSelector = selector;
    whenAnswered(
        m_client.list(types::pods(), m_target.nameSpace, options), this,
        [this, portOrName](const Result<ObjectList> &pods) {
            if (!pods)
                return fail(pods.error());
            QList<Place> serving;
            for (const Object &pod : pods->items) {
                if (!isReady(jsonOf(pod)))
                    continue;
                const Result<int> port = containerPort(pod, portOrName);
                if (!port)
                    return fail(port.error());
                serving.append({pod.name, *port});
            }
            if (!serving.isEmpty())
                return choose(serving);
            const bool isService = m_target.kind == ForwardTarget::Kind::Service;
            fail(failure(Error::Kind::NotFound,
                         isService
                             ? u"service %1/%2 has no ready pod"_s.arg(m_target.nameSpace, m_target.name)
                             : u"%1 has no ready pod in %2"_s.arg(m_target.name, m_target.nameSpace))
                     .value());
        });
}

void PortForward::choose(const QList<Place> &serving)
{
    if (m_wires.areUp() && serving.contains(m_place)) {
        m_isResolving = false;
        m_resolved.start();
        return serve(ForwardWires::Sharing::OnlyIfFull);
    }
    if (m_wires.areUp())
        m_wires.doubt(); // who is connected stays so
    dial(serving.first());
}

void PortForward::dial(const Result<Place> &place)
{
    if (!place)
        return fail(place.error());
    m_isResolving = false;
    m_resolved.start();
    m_place = *place;
    m_waiting.removeAll(nullptr);
    m_wires.dial(m_place.pod, std::max(m_waiting.size(), qsizetype(1)));
}

// While others are connected to it: the pod is gone, or there can be no more wires for now.
void PortForward::dialFailed(const Error &error)
{
    if (!m_wires.areUp() && !m_wires.areUnderWay() && !m_isResolving)
        return fail(error);
    if (error.httpStatus == 404 && m_wires.areUp())
        return m_wires.doubt();
    serve(ForwardWires::Sharing::Yes);
}

void PortForward::fail(const Error &error)
{
    m_isResolving = false;
    if (m_wires.areUp() && error.kind != Error::Kind::NotFound) {
        m_resolved.start();
        return serve(ForwardWires::Sharing::OnlyIfFull);
    }
    m_lastError = error.message;
    for (const QPointer<Tunnel> &tunnel : std::exchange(m_waiting, {})) {
        if (tunnel)
            tunnel->giveUp();
    }
    Q_EMIT stateChanged();
}

// The kubelet refused a connection: the port is closed, or the pod is gone while the wires to its node live on.  Who is connected
// stays so; the next one asks again who serves.
void PortForward::refused(const QString &text)
{
    m_wires.doubt();
    m_lastError = text;
    Q_EMIT stateChanged();
}

// Before its local side has heard anything: as refused(), and it is itself the next one to ask.
void PortForward::beginAnew(Tunnel *tunnel)
{
    m_waiting.append(tunnel);
    m_wires.doubt();
}

void PortForward::ended(Tunnel *tunnel)
{
    m_tunnels.removeAll(tunnel);
    tunnel->deleteLater();
    Q_EMIT stateChanged();
}

} // namespace kube
