// SPDX-License-Identifier: GPL-3.0-or-later
// E7, E8: what Edge Stack calls beside its Envoy, and what its own sidecar does to what the edge sends.
#include "edge/config/service_name.h"
#include "models/analysis/integration_findings.h"
#include "models/analysis/preflight_scene.h"
#include "models/resources/text.h"

#include <QUrl>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Level = PreflightLevel;

struct Call // by a Filter
{
    QString path, value, host;
    int port = 0;
};

void addUrl(QList<Call> &calls, const edge::Value &object, std::initializer_list<std::string_view> path)
{
    const QString value = text(object.at(path));
    const QUrl url(value);
    if (url.host().isEmpty())
        return;
    QString field;
    for (const std::string_view part : path)
        field += (field.isEmpty() ? QString() : u"."_s) + text(std::string(part));
    calls.append({field, value, url.host(), url.port(url.scheme() == "http"_L1 ? 80 : 443)});
}

// Of Filters as v2 writes them and as v3alpha1 does.
QList<Call> callsOf(const edge::Value &filter)
{
    QList<Call> calls;
    for (const char *kind : {"External", "external"}) {
        const std::string written = filter.at({"spec", kind, "auth_service"}).text()
            + filter.at({"spec", kind, "authService"}).text();
        const edge::ServiceName name = edge::parseService(written);
        if (written.empty() || !name.problem.empty())
            continue;
        const bool isTls = name.scheme == "https" || filter.at({"spec", kind, "tls"}).toBool();
        calls.append({u"spec.%1.auth_service"_s.arg(QLatin1String(kind)), text(written), text(name.host),
                      name.port != 0 ? name.port
                          : isTls    ? 443
                                     : 80});
    }
    addUrl(calls, filter, {"spec", "JWT", "jwksURI"});
    addUrl(calls, filter, {"spec", "jwt", "jwksURI"});
    addUrl(calls, filter, {"spec", "OAuth2", "authorizationURL"});
    addUrl(calls, filter, {"spec", "oauth2", "authorizationURL"});
    return calls;
}

const Pod *podOfEdge(const PreflightScene &scene)
{
    const auto &pods = scene.snapshot().pods;
    const auto pod = std::find_if(pods.begin(), pods.end(), [&scene](const Pod &one) {
        return isPodOf(one, scene.view().installation);
    });
    return pod == pods.end() ? nullptr : &*pod;
}

// Edge Stack's own process calls them, not its Envoy: no TLSContext, and where no sidecar takes it no certificate.
void addFilters(PreflightScene &scene)
{
    const EdgeInstallation &edge = scene.view().installation;
    for (const edge::Value &object : scene.snapshot().ambassadorObjects) {
        if (object["kind"].text() != "Filter" || !whyNotForEdge(object, edge).isEmpty())
            continue;
        const ObjectRef filter{u"Filter"_s, text(object.at({"metadata", "namespace"})),
                               text(object.at({"metadata", "name"}))};
        for (const Call &call : callsOf(object)) {
            const UpstreamTarget target =
                resolveUpstream(scene.snapshot(), call.host, call.port, edge.nameSpace, scene.modesBefore());
            for (const auto *server : scene.strictPodsOf(target))
                scene.add(
                    {.check = u"E7"_s,
                     .level = Level::Blocker,
                     .subject = filter,
                     .path = call.path,
                     .value = call.value,
                     .message =
                         u"the edge calls it without a certificate of the mesh, and port %1 of %2 becomes STRICT"_s
                             .arg(QString::number(server->port), workloadKey(*server->pod)),
                     .evidence = {target.serviceRef.text()},
                     .remedy = u"let the port stay PERMISSIVE, or move the Service out of the scope"_s,
                     .verify = u"V9"_s,
                     .exception = scene.exceptionFor(*server->pod, server->port)});
        }
    }
}

// What MT-029 says of today holds under STRICT, too.
void addTwiceEncrypted(PreflightScene &scene)
{
    for (const Finding &finding : twiceEncrypted(scene.snapshot(), scene.view()))
        scene.add(rowOf(u"E8"_s, Level::Blocker, finding, verifyEdge()));
}

} // namespace

void checkEdgeCalls(PreflightScene &scene)
{
    const Pod *pod = podOfEdge(scene);
    if (!pod || !pod->capturesOutbound())
        addFilters(scene);
    addTwiceEncrypted(scene);
}

} // namespace models
