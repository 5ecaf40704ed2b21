// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/demo/demo_world.h"

#include "tests/support/foreign_kubectl.h"

#include <QEventLoop>
#include <QProcess>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace {

struct Ran
{
    int code = -1;
    QByteArray out, err;
};

// With the event loop running: the demo's child process lives on this thread.
Ran run(const QString &program, const QStringList &arguments, const QByteArray &input)
{
    QProcess process;
    QEventLoop loop;
    QObject::connect(&process, &QProcess::finished, &loop, &QEventLoop::quit);
    QObject::connect(&process, &QProcess::errorOccurred, &loop, &QEventLoop::quit);
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (process.state() != QProcess::NotRunning)
        loop.exec();
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

} // namespace

DemoWorld::DemoWorld(demo::DemoOptions options)
    : m_cluster(std::make_unique<demo::DemoCluster>(std::move(options)))
{
}

bool DemoWorld::start()
{
    const auto ready = m_cluster->start();
    if (ready)
        m_ready = *ready;
    else
        m_error = QString::fromStdString(ready.error().message);
    return ready.has_value();
}

QString DemoWorld::missingPeer()
{
    if (QStandardPaths::findExecutable(u"curl"_s).isEmpty())
        return u"skipped: no program curl"_s;
    return missingKubectl();
}

QString DemoWorld::kubectl(const QStringList &arguments, const QByteArray &input, const QString &context)
{
    const QString program = m_kubectl.isEmpty() ? foreignKubectl() : m_kubectl;
    QStringList all{u"--kubeconfig"_s, m_ready.kubeconfig, u"--cache-dir"_s, // one for each: formats differ
                    m_ready.kubeconfig + u"-cache"_s + QString(program).replace(u'/', u'-')};
    if (!context.isEmpty())
        all << u"--context"_s << context;
    const Ran ran = run(program, all + arguments, input);
    code = ran.code;
    return QString::fromUtf8(ran.out + ran.err);
}

bool DemoWorld::apply(const QString &yaml)
{
    m_error = kubectl({u"apply"_s, u"-f"_s, u"-"_s}, yaml.toUtf8());
    return code == 0;
}

HttpSeen DemoWorld::get(const QString &url, const QStringList &headers)
{
    QStringList arguments{u"-sk"_s, u"--max-time"_s, u"20"_s, u"-w"_s, u"\n%{http_code}"_s, url};
    for (const QString &header : headers)
        arguments << u"-H"_s << header;
    const Ran ran = run(u"curl"_s, arguments, {});
    const qsizetype line = ran.out.lastIndexOf('\n');
    return {ran.out.mid(line + 1).toInt(), ran.out.left(line),
            ran.code == 0 ? QString() : u"curl: %1"_s.arg(ran.code)};
}

QString DemoWorld::switchIncident(const QString &name, bool isOn)
{
    const QString path = u"/_sim/"_s + name;
    const QString said = isOn ? kubectl({u"create"_s, u"--raw"_s, path, u"-f"_s, u"-"_s}, "{}")
                              : kubectl({u"delete"_s, u"--raw"_s, path});
    return code == 0 ? QString() : said;
}

HttpSeen DemoWorld::api(const QString &path)
{
    if (m_token.isEmpty())
        m_token = kubectl({u"config"_s, u"view"_s, u"--raw"_s, u"-o"_s,
                           u"jsonpath={.users[?(@.name==\"demo-viewer\")].user.token}"_s});
    return get(m_ready.apiServer + path,
               {u"Authorization: Bearer "_s + m_token, u"Accept: application/json"_s});
}

QString DemoWorld::metricsOf(const QString &nameSpace, const QString &app)
{
    const QString pod = kubectl({u"get"_s, u"pods"_s, u"-n"_s, nameSpace, u"-l"_s, u"app="_s + app, u"-o"_s,
                                 u"jsonpath={.items[0].metadata.name}"_s});
    return kubectl({u"get"_s, u"--raw"_s,
                    u"/api/v1/namespaces/%1/pods/%2:15020/proxy/stats/prometheus"_s.arg(nameSpace, pod)});
}

QString guideQuote()
{
    return uR"(
apiVersion: v1
kind: Service
metadata: {name: quote, namespace: default}
spec:
  ports: [{name: http, port: 80, targetPort: 8000}, {name: https, port: 443, targetPort: 8000}]
  selector: {app: quote}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: quote, namespace: default}
spec:
  replicas: 1
  selector: {matchLabels: {app: quote}}
  strategy: {type: RollingUpdate}
  template:
    metadata: {labels: {app: quote}}
    spec:
      containers:
        - name: backend
          image: docker.io/datawire/quote:0.5.0
          ports: [{name: http, containerPort: 8000}]
          env: [{name: PORT, value: "8000"}]
)"_s;
}

QString guideMapping(bool tls)
{
    return u"apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote-backend, namespace: default}\nspec:\n  prefix: /backend/\n  service: quote\n"_s
        + (tls ? u"  tls: istio-upstream\n"_s : QString());
}

QString guideTlsContext()
{
    return u"apiVersion: getambassador.io/v2\nkind: TLSContext\nmetadata: {name: istio-upstream, namespace: ambassador}\nspec: {secret: istio-certs, alpn_protocols: istio}\n"_s;
}

QString guideStrict()
{
    return u"apiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: default, namespace: istio-system}\nspec: {mtls: {mode: STRICT}}\n"_s;
}

QString guideSidecarPatch()
{
    return uR"({"spec":{"template":{"spec":{
"containers":[
 {"name":"aes","env":[{"name":"AMBASSADOR_ISTIO_SECRET_DIR","value":"/etc/istio-certs"},{"name":"AMBASSADOR_ENVOY_BASE_ID","value":"1"}],
  "volumeMounts":[{"mountPath":"/etc/istio-certs/","name":"istio-certs"}]},
 {"name":"istio-proxy","image":"istio/proxyv2:1.10.0","args":["proxy","sidecar"],"env":[{"name":"OUTPUT_CERTS","value":"/etc/istio-certs"}],
  "volumeMounts":[{"mountPath":"/etc/istio-certs/","name":"istio-certs"}]}],
"volumes":[{"name":"istio-certs","emptyDir":{"medium":"Memory"}}]}}}})"_s;
}
