// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/port_forward.h"

#include "kube/answer.h"
#include "kube/forward_tunnel.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

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

QString selectorOf(const QJsonObject &labels)
{
    QStringList parts;
    for (auto it = labels.begin(); it != labels.end(); ++it)
        parts.append(it.key() + u'=' + it.value().toString());
    return parts.join(u',');
}

Result<QString> targetPort(const QJsonObject &service, const QString &portOrName)
{
    QStringList known;
    for (const QJsonValue &port : service[u"spec"][u"ports"].toArray()) {
        const QString number = QString::number(port[u"port"].toInt());
        if (number == portOrName || port[u"name"].toString() == portOrName) {
            const QJsonValue target = port[u"targetPort"];
            return target.isString() ? target.toString()
                                     : QString::number(target.toInt(port[u"port"].toInt()));
        }
        known.append(number);
    }
    return failure(Error::Kind::NotFound,
                   u"service %1 has no port %2; there are: %3"_s.arg(service[u"metadata"][u"name"].toString(),
                                                                     portOrName, known.join(u", "_s)));
}

} // namespace

Result<int> containerPort(const Object &pod, const QString &portOrName)
{
    bool isNumber = false;
    const int number = portOrName.toInt(&isNumber);
    if (isNumber && number > 0 && number < 65536)
        return number;
    QStringList known;
    for (const QJsonValue &container : jsonOf(pod)[u"spec"][u"containers"].toArray()) {
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

PortForward::PortForward(Client &client, ForwardTarget target, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_target(std::move(target))
{
    connect(&m_server, &QTcpServer::newConnection, this, [this] { accept(m_server); });
    connect(&m_server6, &QTcpServer::newConnection, this, [this] { accept(m_server6); });
}

PortForward::~PortForward()
{
    qDeleteAll(std::exchange(m_tunnels, {})); // they use the wire
}

Result<quint16> PortForward::listen(quint16 localPort)
{
    if (!m_server.listen(QHostAddress::LocalHost, localPort))
        return failure(Error::Kind::Config,
                       u"port %1 of this machine cannot be used: %2; choose another one"_s.arg(
                           QString::number(localPort), m_server.errorString()));
    m_server6.listen(QHostAddress::LocalHostIPv6, m_server.serverPort()); // a machine may have no IPv6
    return m_server.serverPort();
}

PortForward::State PortForward::state() const
{
    return {m_server.serverPort(), m_wire ? m_place.pod : QString(), m_wire ? m_wire->name() : QString(),
            int(m_tunnels.size()), m_lastError};
}

void PortForward::accept(QTcpServer &server)
{
    while (QTcpSocket *socket = server.nextPendingConnection()) {
        m_tunnels.append(new Tunnel(socket, *this));
        want(m_tunnels.last());
    }
    Q_EMIT stateChanged();
}

void PortForward::want(Tunnel *tunnel)
{
    if (m_wire)
        return tunnel->connectTo(*m_wire, m_place.port);
    m_waiting.append(tunnel);
    if (!std::exchange(m_isResolving, true))
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
    whenAnswered(m_client.get(types::pods(), m_target.nameSpace, m_target.name), this,
                 [this](const Result<Object> &pod) {
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

void PortForward::resolveService(const Object &service)
{
    const QJsonObject json = jsonOf(service);
    const QJsonObject selector = json[u"spec"][u"selector"].toObject();
    const Result<QString> target = targetPort(json, m_target.port);
    if (!target)
        return fail(target.error());
    if (selector.isEmpty())
        return fail(
            failure(Error::Kind::NotFound,
                    u"service %1 selects no pods, so there is none to forward to"_s.arg(service.key()))
                .value());
    ListOptions options;
    options.labelSelector = selectorOf(selector);
    whenAnswered(
        m_client.list(types::pods(), m_target.nameSpace, options), this,
        [this, target](const Result<ObjectList> &pods) {
            if (!pods)
                return fail(pods.error());
            for (const Object &pod : pods->items) {
                if (!isReady(jsonOf(pod)))
                    continue;
                const Result<int> port = containerPort(pod, *target);
                return dial(port ? Result<Place>(Place{pod.name, *port}) : tl::unexpected(port.error()));
            }
            fail(failure(Error::Kind::NotFound,
                         u"service %1/%2 has no ready pod"_s.arg(m_target.nameSpace, m_target.name))
                     .value());
        });
}

void PortForward::dial(const Result<Place> &place)
{
    if (!place)
        return fail(place.error());
    m_place = *place;
    ForwardWire::dial(m_client.transport(), m_target.nameSpace, m_place.pod, this,
                      [this](const Result<ForwardWire *> &wire) {
                          if (!wire)
                              return fail(wire.error());
                          m_isResolving = false;
                          m_lastError.clear();
                          m_wire = *wire;
                          connect(m_wire, &ForwardWire::lost, this,
                                  [this, lost = m_wire.data()] { dropWire(lost); });
                          for (const QPointer<Tunnel> &tunnel : std::exchange(m_waiting, {})) {
                              if (tunnel && m_wire)
                                  tunnel->connectTo(*m_wire, m_place.port);
                          }
                          Q_EMIT stateChanged();
                      });
}

void PortForward::fail(const Error &error)
{
    m_isResolving = false;
    m_lastError = error.message;
    for (const QPointer<Tunnel> &tunnel : std::exchange(m_waiting, {})) {
        if (tunnel)
            tunnel->giveUp();
    }
    Q_EMIT stateChanged();
}

// The kubelet refused a connection: the port is closed, or the pod is gone while the wire to its node lives on.  Who is connected
// stays so; the next one asks again who serves.
void PortForward::doubt(ForwardWire &wire)
{
    if (m_wire == &wire) {
        m_doubted.append(m_wire);
        m_wire = nullptr;
    }
    Q_EMIT stateChanged();
}

void PortForward::dropDoubted()
{
    m_doubted.removeIf([this](const QPointer<ForwardWire> &wire) {
        const bool isUsed = std::any_of(m_tunnels.cbegin(), m_tunnels.cend(), [&wire](const Tunnel *tunnel) {
            return wire && tunnel->wire() == wire;
        });
        if (wire && !isUsed)
            wire->deleteLater();
        return !wire || !isUsed;
    });
}

// The pod is gone, or the connection: the next one asks again who serves.
void PortForward::dropWire(ForwardWire *wire)
{
    wire->deleteLater();
    if (m_wire == wire)
        m_wire = nullptr;
    Q_EMIT stateChanged();
}

} // namespace kube
