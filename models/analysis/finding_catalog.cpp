// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/finding_catalog.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace models {

const QList<FindingKind> &findingKinds()
{
    static const QList<FindingKind> kinds{
        {u"RT-001"_s, u"The edge refuses an object"_s},
        {u"RT-002"_s, u"The edge complains about an object and uses it"_s},
        {u"RT-003"_s, u"A Mapping is shadowed by another one"_s},
        {u"RT-004"_s, u"A Mapping cannot be reached"_s},
        {u"RT-005"_s, u"Weights add up to more than 100 %"_s},
        {u"RT-006"_s, u"A Service that the edge calls does not exist"_s},
        {u"RT-007"_s, u"A Service that the edge calls does not have the port"_s},
        {u"RT-008"_s, u"No pod is ready behind what the edge calls"_s},
        {u"RT-009"_s, u"A Service's named target port is in no container"_s},
        {u"RT-010"_s, u"No edge takes an object"_s},
        {u"RT-011"_s, u"A canary member gets no traffic"_s},
        {u"RT-012"_s, u"An object has an old API version"_s},
        {u"RT-013"_s, u"A manifest cannot be read"_s},
        {u"RT-014"_s, u"A manifest is none that anything looks at"_s},
        {u"RT-015"_s, u"Another Mapping decides what a Mapping asks for"_s},
        {u"RT-016"_s, u"Weights of TCPMappings are not the shares that they look like"_s},
        {u"RT-017"_s, u"What an object asks for is not done or foretold here"_s},
        {u"RT-018"_s, u"A setting of an edge is not known"_s},
        {u"RT-019"_s, u"Two Hosts have the same hostname"_s},
        {u"RT-020"_s, u"A hostname does not mean what it looks like"_s},
        {u"RT-021"_s, u"Weights add up to less than 100 %"_s},
        {u"RT-022"_s, u"Clear text is treated as another Host says"_s},
        {u"RT-023"_s, u"A comment sallyport:ignore mutes nothing"_s},
        {u"RT-024"_s, u"A Mapping leads to the edge itself"_s},
        {u"TLS-001"_s, u"A Mapping's TLSContext cannot be used"_s},
        {u"TLS-002"_s, u"A TLSContext finds no certificate"_s},
        {u"TLS-003"_s, u"The TLSContext for istio-certs is in another namespace"_s},
        {u"TLS-004"_s, u"A dot in a secret's name is read as a namespace"_s},
        {u"TLS-005"_s, u"A Host has no certificate"_s},
        {u"TLS-006"_s, u"Clear text is sent to https, which no port serves"_s},
        {u"TLS-007"_s, u"Two TLSContexts have the same name"_s},
        {u"TLS-008"_s, u"istio-certs is asked for and not shared"_s},
        {u"TLS-009"_s, u"The edge's two parts read a secret's name differently"_s},
        {u"TLS-010"_s, u"A TLSContext reads a file that no volume holds"_s},
        {u"TLS-011"_s, u"A client's certificate is evaded by another server name"_s},
        {u"CERT-001"_s, u"A certificate has ended"_s},
        {u"CERT-002"_s, u"A certificate ends soon"_s},
        {u"CERT-003"_s, u"A chain of certificates is broken"_s},
        {u"CERT-004"_s, u"A certificate cannot be read"_s},
        {u"CERT-005"_s, u"A certificate has no key beside it"_s},
        {u"CERT-006"_s, u"The mesh publishes different roots"_s},
        {u"CERT-007"_s, u"A short-lived certificate was not renewed in time"_s},
        {u"CERT-008"_s, u"A chain ends before its leaf does"_s},
        {u"CERT-009"_s, u"A certificate is not valid yet"_s},
        {u"CERT-010"_s, u"The edge has loaded another certificate than is stored"_s},
        {u"CERT-011"_s, u"cert-manager has not renewed a certificate in time"_s},
        {u"CERT-012"_s, u"This machine's clock differs from the API server's"_s},
        {u"CERT-013"_s, u"Clients are shown another certificate than is stored"_s},
        {u"CERT-014"_s, u"A private key does not fit its certificate"_s},
        {u"CERT-015"_s, u"A certificate is not for the names that it serves"_s},
        {u"CERT-016"_s, u"Envoy does not take a certificate's kind of key"_s},
        {u"MT-001"_s, u"The edge speaks clear text to a STRICT sidecar"_s},
        {u"MT-002"_s, u"The mesh's TLS goes to pods without a sidecar"_s},
        {u"MT-003"_s, u"A sidecar refuses the edge's certificate"_s},
        {u"MT-004"_s, u"TLS to a PERMISSIVE sidecar lacks ALPN istio"_s},
        {u"MT-005"_s, u"TLS goes to a port where mutual TLS is off"_s},
        {u"MT-010"_s, u"A PeerAuthentication is ignored: an older one counts"_s},
        {u"MT-011"_s, u"A selector in the root namespace has no effect"_s},
        {u"MT-012"_s, u"portLevelMtls names a port that no pod has"_s},
        {u"MT-013"_s, u"Two policies for the same pods: the older one counts"_s},
        {u"MT-014"_s, u"A DestinationRule turns off TLS to STRICT pods"_s},
        {u"MT-015"_s, u"STRICT below DISABLE breaks clients in the mesh"_s},
        {u"MT-016"_s, u"A headless Service has pods with and without sidecars"_s},
        {u"MT-017"_s, u"The API server calls a STRICT port"_s},
        {u"MT-018"_s, u"STRICT is meant and not enforced"_s},
        {u"MT-019"_s, u"A port does not say its protocol"_s},
        {u"MT-020"_s, u"Clear text comes to a workload of the mesh"_s},
        {u"MT-021"_s, u"A port takes clear text beside mutual TLS"_s},
        {u"MT-022"_s, u"Mutual TLS is off for a port"_s},
        {u"MT-023"_s, u"No sidecar stands before a port"_s},
        {u"MT-024"_s, u"STRICT refuses a caller"_s},
        {u"MT-025"_s, u"A field has a type or a value that it cannot have"_s},
        {u"MT-026"_s, u"An AuthorizationPolicy does not let the edge in"_s},
        {u"MT-027"_s, u"A job's sidecar does not end with it"_s},
        {u"MT-028"_s, u"Redis of Edge Stack refuses the edge"_s},
        {u"MT-029"_s, u"What the edge encrypts its sidecar encrypts once more"_s},
        {u"MT-030"_s, u"A DestinationRule asks for TLS where mutual TLS is off"_s},
        {u"MT-031"_s, u"A Policy of Istio up to 1.4 has no effect"_s},
        {u"GD-001"_s, u"Sharing istio-certs is half done"_s},
        {u"GD-002"_s, u"The edge's sidecar has another version than Istio"_s},
        {u"GD-003"_s, u"The edge's version keeps an ended certificate"_s},
        {u"GD-004"_s, u"The sidecar's version has a fault with certificates in files"_s},
        {u"GD-005"_s, u"Two Envoys in one pod have the same base id"_s},
        {u"GD-006"_s, u"istiod allows only certificates that nobody asks for"_s},
        {u"GD-007"_s, u"The edge forbids its own injection"_s},
        {u"GD-008"_s, u"The API server calls a Service that nobody serves"_s},
        {u"GD-009"_s, u"The edge has not loaded its sidecar's certificate"_s},
        {u"GD-010"_s, u"No pod of the edge is ready"_s},
        {u"GD-011"_s, u"A version from before 1.0 is not known here"_s},
        {u"OBS-001"_s, u"A TracingService was made or changed after the edge's start"_s},
        {u"OBS-002"_s, u"Prometheus is not ready"_s},
        {u"OBS-003"_s, u"Prometheus reads only the sidecar of the edge"_s},
        {u"OBS-004"_s, u"Prometheus has no job for the edge"_s},
        {u"OBS-005"_s, u"Jaeger does not take the edge's spans"_s},
        {u"OBS-006"_s, u"A TracingService leads nowhere"_s},
    };
    return kinds;
}

QString findingHelp(const QString &code)
{
    QFile file(u":/help/%1.md"_s.arg(code));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

} // namespace models
