// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/tour_steps.h"

#include "kube/prometheus.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

const QLatin1String EdgeIdentity("spiffe://cluster.local/ns/ambassador/sa/ambassador");
const QLatin1String Quote("/backend/");

Told connect(TourWorld &world)
{
    const auto version = world.client().version().result();
    if (!version)
        return bad(version.error().message);
    const auto remembered = world.rememberStart();
    if (!remembered)
        return bad(remembered.error().message);
    return good(u"Kubernetes %1 in %2 ms"_s.arg(version->gitVersion).arg(version->roundTripMs));
}

Told listMappings(TourWorld &world)
{
    const auto analysis = world.analysis();
    if (!analysis)
        return bad(analysis.error().message);
    if (!(*analysis)->hasEdge)
        return bad(u"no Ambassador installation was found"_s);
    const auto &installation = (*analysis)->view.installation;
    return good(u"%1 Mappings; edge %2 %3, compat %4, mesh %5"_s.arg(
        QString::number((*analysis)->view.mappings.size()), installation.key(), installation.version,
        QString::fromLatin1(edge::compatName(installation.compat).data()),
        models::mtlsModeName((*analysis)->meshMode.mode)));
}

QString outcomeText(const models::RequestOutcome &outcome)
{
    if (!outcome.error.isEmpty())
        return outcome.error;
    return u"%1 %2"_s.arg(QString::number(outcome.status),
                          QString::fromUtf8(outcome.body).simplified().left(120));
}

// The edge reconfigures a moment after a write, so the answer is asked for until it is the expected one.
Told expectAnswer(TourWorld &world, int status, const QByteArray &part, bool tls)
{
    models::RequestOutcome outcome;
    const bool seen = world.waitFor(20, [&] {
        outcome = world.request(Quote, tls);
        return outcome.status == status && outcome.body.contains(part);
    });
    return seen ? good(outcomeText(outcome))
                : bad(u"expected %1, got %2"_s.arg(QString::number(status), outcomeText(outcome)));
}

// As the guide finds it now; one that is not there has not passed, and says so.
models::GuideStep stepNow(TourWorld &world, const QString &id)
{
    models::GuideStep missing;
    missing.seen = u"the guide has no step "_s + id;
    const auto analysis = world.analysis();
    if (!analysis) {
        missing.seen = analysis.error().message;
        return missing;
    }
    for (const models::GuideStep &step : (*analysis)->guide) {
        if (step.id == id)
            return step;
    }
    return missing;
}

// Written is not served: the guide must find it loaded.
Told plainMapping(TourWorld &world)
{
    const Told told = world.applyStep(u"mapping-plain"_s);
    if (!told.ok)
        return told;
    const models::GuideStep step = stepNow(world, u"mapping-plain"_s);
    return step.result == models::GuideStep::Result::Passed ? good(step.seen) : bad(step.seen);
}

Told quoteAnswers(TourWorld &world)
{
    const Told plain = expectAnswer(world, 200, "\"quote\"", false);
    if (!plain.ok)
        return plain;
    const Told tls = expectAnswer(world, 200, "\"quote\"", true);
    return tls.ok ? plain : bad(u"over TLS: "_s + tls.seen);
}

Told joinSidecar(TourWorld &world)
{
    const Told told = world.applyStep(u"istio-certs"_s);
    if (!told.ok)
        return told;
    const bool rolled = world.waitFor(30, [&world] {
        const auto analysis = world.analysis();
        return analysis && (*analysis)->view.installation.hasIstioCertificate
            && (*analysis)->view.installation.readyPods > 0
            && !world.podMetrics(u"ambassador"_s, u"ambassador"_s, 15020, u"/stats/prometheus"_s).isEmpty();
    });
    return rolled ? good(told.seen + u"; the edge shares the sidecar's certificates"_s)
                  : bad(u"the edge's pod with the sidecar did not become ready in 30 s"_s);
}

Told breakMapping(TourWorld &world)
{
    const Told undone =
        world.undoNewest(2); // STRICT and the tls of the Mapping: STRICT goes straight back on
    if (!undone.ok)
        return undone;
    const Told strict = world.applyStep(u"strict"_s);
    return strict.ok
        ? expectAnswer(
            world, 503,
            "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
            false)
        : strict;
}

// The requests that quote's sidecar has counted of that caller.  Earlier ones are among them: only a difference says something.
double countedOfEdge(TourWorld &world)
{
    const QByteArray wanted =
        "source_principal=\"" + QByteArray(EdgeIdentity.data(), EdgeIdentity.size()) + '"';
    double counted = 0;
    for (const QByteArray &line :
         world.podMetrics(u"default"_s, u"quote"_s, 15020, u"/stats/prometheus"_s).split('\n')) {
        if (line.startsWith("istio_requests_total{") && line.contains(wanted))
            counted += line.mid(line.lastIndexOf(' ') + 1).toDouble();
    }
    return counted;
}

Told identitySeen(TourWorld &world)
{
    const Told again = world.applyStep(u"mapping-tls"_s);
    if (!again.ok)
        return again;
    const double before = countedOfEdge(world);
    const Told answer = expectAnswer(world, 200, "\"quote\"", false);
    if (!answer.ok)
        return answer;
    const bool seen = world.waitFor(10, [&] { return countedOfEdge(world) > before; });
    return seen ? good(u"200, and quote's sidecar counted the caller %1"_s.arg(EdgeIdentity))
                : bad(u"200, but quote's sidecar has not counted a request of %1"_s.arg(EdgeIdentity));
}

double certificateEnd(TourWorld &world)
{
    const QByteArray metrics =
        world.podMetrics(u"ambassador"_s, u"ambassador"_s, 15020, u"/stats/prometheus"_s);
    for (const QByteArray &line : metrics.split('\n')) {
        if (line.startsWith("istio_agent_cert_expiry_seconds"))
            return double(QDateTime::currentSecsSinceEpoch())
                + line.mid(line.lastIndexOf(' ') + 1).toDouble();
    }
    return 0;
}

Told rotation(TourWorld &world)
{
    const double before = certificateEnd(world);
    if (before <= 0)
        return bad(u"the edge's sidecar shows no istio_agent_cert_expiry_seconds"_s);
    int answered = 0;
    int failed = 0;
    const bool rotated = world.waitFor(40, [&] {
        (world.request(Quote, false).status == 200 ? answered : failed) += 1;
        return answered % 5 == 0 && certificateEnd(world) > before + 2;
    });
    for (int i = 0; i < 5; ++i)
        (world.request(Quote, false).status == 200 ? answered : failed) += 1;
    if (!rotated)
        return bad(u"no new certificate within 40 s"_s);
    return failed == 0
        ? good(u"a new certificate while %1 of %1 requests were answered"_s.arg(answered))
        : bad(u"%1 of %2 requests failed while the certificate rotated"_s.arg(failed).arg(failed + answered));
}

// As the step's YAML names it.
QString scrapeJobName()
{
    const auto jobs = edge::parseYaml(models::guideYaml(u"prometheus"_s).toStdString(), "prometheus.yml");
    const bool hasJob = jobs && !jobs->empty() && !jobs->front().items().empty();
    return hasJob ? QString::fromStdString(jobs->front().items().front()["job_name"].text()) : QString();
}

Told readPrometheus(TourWorld &world)
{
    if (!world.demo().hasPrometheus())
        return skip(world.demo().prometheus);
    const Told told = world.applyStep(u"prometheus"_s);
    if (!told.ok)
        return told;
    kube::Prometheus prometheus(world.client(), {});
    const QString job = scrapeJobName(); // a counter of the sidecars' job would say nothing of the edge's
    const QString counter =
        u"sum(envoy_cluster_upstream_rq_total{job=\"%1\",envoy_cluster_name=~\"cluster_quote.*\"})"_s.arg(
            job);
    double counted = 0;
    const bool seen = world.waitFor(60, [&] {
        const auto answer = prometheus.query(counter).result();
        counted = answer && !answer->isEmpty() && !answer->constFirst().points.isEmpty()
            ? answer->constFirst().points.constLast().value
            : 0;
        return counted > 0;
    });
    return seen ? good(told.seen
                       + u"; Prometheus counts %1 requests of the edge to quote in its job %2"_s.arg(
                           QString::number(counted), job))
                : bad(u"Prometheus shows no counter of the edge's job %1 60 s after its restart"_s.arg(job));
}

Told showCounters(TourWorld &world)
{
    const QString id = u"grafana"_s;
    const Told told = world.applyStep(id);
    if (!told.ok)
        return told;
    return world.waitFor(20, [&] { return stepNow(world, id).result == models::GuideStep::Result::Passed; })
        ? good(told.seen + u"; "_s + stepNow(world, id).seen)
        : bad(stepNow(world, id).seen);
}

// The edge reads the TracingService at its start: the step writes it, then asks for the restart.
Told sendTraces(TourWorld &world)
{
    const QString id = u"tracing"_s;
    const Told written = world.applyStep(id);
    if (!written.ok)
        return written;
    if (!world.waitFor(10, [&] { return stepNow(world, id).needsRestart; }))
        return bad(u"the guide asks for no restart of the edge: "_s + stepNow(world, id).seen);
    const Told restarted = world.applyStep(id);
    if (!restarted.ok)
        return restarted;
    if (!world.waitFor(30, [&] { return stepNow(world, id).result == models::GuideStep::Result::Passed; }))
        return bad(stepNow(world, id).seen);
    const QByteArray edge = "\"ambassador-ambassador\""; // Envoy's node.cluster
    const bool seen = world.waitFor(20, [&] {
        (void)world.request(Quote, false);
        const auto answer =
            world.client()
                .rawGet(u"/api/v1/namespaces/istio-system/services/zipkin:9411/proxy/api/v2/services"_s, {})
                .result();
        return answer && answer->status == 200 && answer->body.contains(edge);
    });
    return seen ? good(u"%1; %2; Zipkin has spans of the edge"_s.arg(written.seen, restarted.seen))
                : bad(u"Zipkin has no span of the edge 20 s after its restart"_s);
}

Told guideHolds(TourWorld &world)
{
    const auto analysis = world.analysis();
    if (!analysis)
        return bad(analysis.error().message);
    QStringList open;
    for (const models::GuideStep &step : (*analysis)->guide) {
        if (step.result != models::GuideStep::Result::Passed
            && (step.id != "prometheus"_L1 || world.demo().hasPrometheus()))
            open.append(step.id + u": "_s + step.seen);
    }
    return open.isEmpty() ? good(u"all %1 checks of the guide pass"_s.arg((*analysis)->guide.size()))
                          : bad(open.join(u"; "_s));
}

Told takePictures(TourWorld &world, const QString &folder)
{
    const QString program = QCoreApplication::applicationDirPath() + u"/sallyport"_s;
    if (!QFile::exists(program))
        return skip(u"the program sallyport is not installed beside this one"_s);
    if (!world.demo().hasPrometheus())
        return skip(u"the Metrics page would wait for Prometheus; "_s + world.demo().prometheus);
    const QDateTime started =
        QDateTime::currentDateTimeUtc().addSecs(-1); // a file system may keep whole seconds
    QProcess child;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
    environment.insert(u"XDG_DATA_HOME"_s, tourDataFolder(world.demo()));
    child.setProcessEnvironment(environment);
    child.setProcessChannelMode(QProcess::MergedChannels);
    child.start(
        program,
        {u"--kubeconfig"_s, world.demo().kubeconfig, u"--context"_s, u"demo"_s, u"--screenshot"_s, folder});
    const bool ended = child.waitForFinished(150'000);
    const QString said = QString::fromUtf8(child.readAll()).trimmed();
    if (!ended || child.exitCode() != 0) {
        child.kill();
        child.waitForFinished(2000);
        return bad(u"sallyport --screenshot failed: "_s + said.section(u'\n', -1));
    }
    const QFileInfoList files = QDir(folder).entryInfoList({u"*.png"_s});
    const auto count = std::count_if(files.begin(), files.end(),
                                     [&](const QFileInfo &file) { return file.lastModified() >= started; });
    const QString last = said.section(u'\n', -1);
    return last == u"%1 pictures in %2"_s.arg(QString::number(count), folder) && count > 0
        ? good(last)
        : bad(u"%1 new pictures are in %2, but sallyport --screenshot said: %3"_s.arg(QString::number(count),
                                                                                      folder, last));
}

bool hasPrometheusItsFile(TourWorld &world)
{
    const auto analysis = world.analysis();
    return analysis
        && models::hasLoaded(
               (*analysis)->snapshot->loadedPrometheus,
               (*analysis)->snapshot->configMaps.value(u"istio-system/prometheus/prometheus.yml"_s));
}

Told undoAll(TourWorld &world)
{
    const Told undone = world.undoAll();
    if (!undone.ok)
        return undone;
    Told same;
    world.waitFor(20, [&] { return (same = world.compareWithStart()).ok; }); // roll-outs settle
    if (!same.ok)
        return same;
    if (world.demo().hasPrometheus() && !world.waitFor(60, [&] { return hasPrometheusItsFile(world); }))
        return bad(u"Prometheus has not loaded the configuration that it had at the start"_s);
    return good(undone.seen + u"; "_s + same.seen);
}

std::function<Told(TourWorld &)> applying(const char *step)
{
    return [id = QString::fromLatin1(step)](TourWorld &world) { return world.applyStep(id); };
}

// The guide's YAML has the plain Mapping in it: here that is a step of its own, whose effect is then its own.
Told deployQuote(TourWorld &world) { return world.applyStep(u"quote"_s, "Mapping"); }

} // namespace

QString tourDataFolder(const DemoAddresses &demo)
{
    return QFileInfo(demo.kubeconfig).absolutePath() + u"/data"_s;
}

std::vector<TourStep> tourSteps(const QString &folder)
{
    return {
        {u"Connect to the demo cluster"_s, connect},
        {u"List its Mappings"_s, listMappings},
        {u"Label the namespace default for injection"_s, applying("namespace-label")},
        {u"Deploy quote with its Service"_s, deployQuote},
        {u"A plain Mapping to quote"_s, plainMapping},
        {u"Request /backend/, plain"_s, quoteAnswers},
        {u"Share istio-certs: the sidecar joins the edge"_s, joinSidecar},
        {u"TLSContext istio-upstream"_s, applying("tlscontext")},
        {u"Mapping with tls: istio-upstream"_s, applying("mapping-tls")},
        {u"Request /backend/ again"_s, quoteAnswers},
        {u"Mesh to STRICT"_s, applying("strict")},
        {u"Mapping without tls fails"_s, breakMapping},
        {u"Mapping with tls works, and quote knows who calls"_s, identitySeen},
        {u"The certificate rotates under traffic"_s, rotation},
        {u"Prometheus reads the edge's counters"_s, readPrometheus},
        {u"Grafana shows the edge's counters"_s, showCounters},
        {u"The edge's traces reach Zipkin"_s, sendTraces},
        {u"The guide's checks"_s, guideHolds},
        {u"A picture of every page"_s, [folder](TourWorld &world) { return takePictures(world, folder); }},
        {u"Take everything back"_s, undoAll},
    };
}

} // namespace app::cli
