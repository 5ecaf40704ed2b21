// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A port of this machine (127.0.0.1, and ::1 where there is one) that leads to a port of a pod, or of one of
// a service's or workload's ready pods. Stays on the same local port while pods come and go: what is open then is cut, the
// next connection finds the next pod, also where only the kubelet knows yet that the last one is gone.  Who comes FreshFor after it was
// asked last waits for who serves now (a Service's selector may have changed, its pod no longer be ready); where that cannot be told,
// he gets who served before.  Each direction of a connection ends on its own, and a slow reader makes no other wait
// (both within the limits of forward_wire.h and forward_wires.h).  A browser's page of another origin, or for
// another host, is refused with 403: it must not reach into the cluster through us. Thread: the cluster thread.
#include "kube/client.h"
#include "kube/forward_wires.h"
#include "kube/reflector.h"

#include <QElapsedTimer>
#include <QTimer>

namespace kube {

struct ForwardTarget
{
    enum class Kind { Pod, Service, Workload };
    Kind kind = Kind::Pod;
    QString nameSpace, name; // Workload: as it is called in messages, deploy/web
    QString port;            // number or name: of a Service its own, else the pod's
    QString selector = {};   // Workload: of its pods
};

class PortForward : public QObject
{
    Q_OBJECT
public:
    PortForward(Client &client, ForwardTarget target, QObject *parent = nullptr);
    ~PortForward() override;

    // Names that HTTP through it may be for (RequestGate): those of an edge, whose pages tell hosts apart.  Before listen().
    void allowHosts(const QStringList &hosts) { m_hosts = hosts; }
    Result<quint16> listen(quint16 localPort = 0); // 0: any that is free
    struct State
    {
        quint16 localPort = 0;
        QString pod, wire; // "" while there is none
        int connections = 0;
        QString lastError;
    };
    State state() const;
    // To a pod at once, so that what stands against it is known before anybody comes: see stateChanged().
    void connectNow();
    // Before the first wire stands: the pod that is named is watched, so that gone() comes while nobody is connected, too.  Not
    // for what lasts for one request: it costs a list and a watch.
    void tellOfItsEnd() { m_tellsOfItsEnd = true; }
    // How often a pod is asked for whose end nobody tells, since this account may not watch it.  30 s.
    void setLookPace(std::chrono::milliseconds pace) { m_look->setInterval(pace); }

    static constexpr std::chrono::milliseconds FreshFor{2000};
    void setFreshFor(std::chrono::milliseconds time) { m_freshFor = time; }

    static constexpr qint64 MaxWaiting =
        1024 * 1024; // bytes in either direction before the faster side waits

Q_SIGNALS:
    void stateChanged();
    // The pod that was named is no more: nothing will come of this forward.  Once; found by who connects, and see tellOfItsEnd().
    void gone(const QString &why);

private:
    class Listener;
    class Tunnel;
    struct Place
    {
        QString pod;
        int port = 0;
        bool operator==(const Place &) const = default;
    };
    void accept(qintptr descriptor);
    void serve(ForwardWires::Sharing sharing); // wires for those who wait, as soon as there are some
    void resolve();
    void resolvePod();
    void resolveService(const Object &service);
    void resolveOneOf(const QString &selector, const QString &port); // of these pods one that is ready
    void lookAfterPod();
    void watchPod();
    void judge(const Object &pod);
    void end(const QString &why);
    void choose(const QList<Place> &serving);
    void dial(const Result<Place> &place);
    void dialFailed(const Error &error);
    void fail(const Error &error);
    void refused(const QString &text);
    bool mayChooseAnother() const { return m_target.kind != ForwardTarget::Kind::Pod; }
    void beginAnew(Tunnel *tunnel);
    void ended(Tunnel *tunnel);

    Client &m_client;
    ForwardTarget m_target;
    QStringList m_hosts;
    std::unique_ptr<Listener> m_server, m_server6;
    ForwardWires m_wires;
    QList<Tunnel *> m_tunnels;
    QList<QPointer<Tunnel>> m_waiting;
    Place m_place;
    QString m_lastError;
    ObjectStore m_pods; // the one that was named
    std::unique_ptr<Reflector> m_podWatch;
    QTimer *m_look;
    QElapsedTimer m_resolved; // since it was told who serves
    std::chrono::milliseconds m_freshFor = FreshFor;
    bool m_isResolving = false;
    bool m_wasUp = false;
    bool m_isGone = false;
    bool m_tellsOfItsEnd = false;
};

// Which port of the pod is meant; an Error that names those there are.
Result<int> containerPort(const Object &pod, const QString &portOrName);
Result<int> servicePort(const Object &service, const QString &portOrName); // its own, by number or name
Result<QString> targetPort(const Object &service,
                           const QString &portOrName); // the same of a service: as its pods call it

} // namespace kube
