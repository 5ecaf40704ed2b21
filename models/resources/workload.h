// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Namespaces, Pods, Services and Deployments as far as routes and the mesh care.  Parsing never fails: what
// is missing stays empty.
#include "edge/value.h"

#include <QDateTime>
#include <QHash>
#include <QList>
#include <QMap>
#include <QString>

namespace models {

using Labels = QMap<QString, QString>;

struct Namespace
{
    QString name;
    Labels labels;
    bool injected() const; // istio-injection=enabled (or a revision label and no istio-injection)
};

struct ContainerPort
{
    QString name;
    int port = 0;
    QString container;
    bool isTcp = true; // else the mesh has nothing to do with it
    int hostPort = 0;  // of the node, which leads to it; 0: none
};

struct Probe // of a container, by the kubelet
{
    QString container;
    QString path; // livenessProbe, lifecycle.preStop …
    QString port; // number or name
    QString url;  // of an httpGet
    enum class Kind { Http, Tcp, Grpc } kind = Kind::Http;
};

struct Pod
{
    QString nameSpace, name, uid, phase, ip, serviceAccount;
    QString controllerKind, controller; // the owner's: ReplicaSet, StatefulSet, Job …; "" none
    Labels labels, annotations;
    QList<ContainerPort> ports;
    QStringList containers, initContainers, images;
    int readyContainers = 0, totalContainers = 0;
    bool ready = false;
    bool hostNetwork = false;
    QList<Probe> probes;
    // Containers that run as uid or gid 1337, whose traffic the redirection leaves alone: the field that says so of each.
    QStringList runAsProxy;
    bool hasSidecar = false; // istio-proxy among containers or init containers
    QString sidecarImage;    // of that container
    QDateTime created;
    QHash<QString, QHash<QString, QString>> environment; // container → literal variables
    // What an operator wrote, as Istio names it in telemetry: of a ReplicaSet its Deployment or Rollout, of a CronJob's Job the
    // CronJob, of a ReplicationController its DeploymentConfig, else the controller; a pod on its own is its own workload.
    QString workload() const;
    QString workloadKind() const;
    bool isGone() const
    {
        return phase == QLatin1String("Succeeded") || phase == QLatin1String("Failed");
    }                                                  // its containers have ended
    int containerPort(QStringView numberOrName) const; // a number is itself, declared or not; 0: no such name
    bool isGateway() const; // the proxy is all there is in it: no application behind
    // The sidecar takes what its containers send: not where it was put in by hand, as the guide of 1.x does it.
    bool capturesOutbound() const;
    bool capturesInbound(int port) const; // the sidecar stands before this port (§1.7: not before excluded
                                          // ones, nor if it only fetches certificates)
};

struct ServicePort
{
    QString name;
    int port = 0;
    QString targetPort;  // number or name; "" the port's own number
    QString protocol;    // TCP, UDP, SCTP; "" TCP
    QString appProtocol; // "" none
    bool isTcp() const { return protocol.isEmpty() || protocol == QLatin1String("TCP"); }
};

// What Istio takes a port for, by appProtocol, else by the name up to its first "-".
enum class PortProtocol { Undeclared, Http, Tcp };
PortProtocol protocolOf(const ServicePort &port);

struct Deployment;

struct Service
{
    QString nameSpace, name, clusterIp, type, externalName;
    Labels labels, annotations, selector;
    QList<ServicePort> ports;
    QStringList externalIps; // addresses outside the cluster by which it is reached, whatever its type
    bool isHeadless() const { return clusterIp == QLatin1String("None"); }
    const ServicePort *portOf(int number) const; // nullptr: it does not have that port
    const ServicePort *portNamed(QStringView numberOrName) const;
    bool selects(const Pod &pod) const;               // same namespace, non-empty selector, labels contain it
    bool selects(const Deployment &deployment) const; // the pods of its template, by the same rule
    int targetPortOf(const ServicePort &port, const Pod &pod) const; // 0: no such named port
};

struct Deployment
{
    QString nameSpace, name;
    Labels labels, selector, podLabels, podAnnotations;
    QString serviceAccount;
    bool hostNetwork = false;
    int replicas = 1, readyReplicas = 0;
    struct Container
    {
        QString name, image;
        QHash<QString, QString> environment; // literal ones, and those that name the own namespace
        // Those that come from elsewhere, as the kubelet takes them: later ones win, and environment over all.
        struct Reference
        {
            QString variable;            // "" every key of the source, behind prefix
            QString prefix, source, key; // source: name of the ConfigMap or Secret
            bool isSecret = false, isOptional = false;
        };
        QList<Reference> references;
        QHash<QString, QString> mounts; // volume → path
        QStringList arguments = {};     // of command and args
    };
    QList<Container> containers, initContainers;
    QHash<QString, QString> secretVolumes; // volume → the Secret that it is
    const Container *container(QStringView containerName) const; // init containers too
    QString kind = QStringLiteral("Deployment");                 // DaemonSet: those of edges only
};

Namespace parseNamespace(const edge::Value &object);
Pod parsePod(const edge::Value &object);
Service parseService(const edge::Value &object);
Deployment parseDeployment(const edge::Value &object);
bool containsAll(const Labels &labels, const Labels &wanted);

} // namespace models
