// SPDX-License-Identifier: GPL-3.0-or-later
// doctor: the connection step by step, then what this program needs in the cluster.
#include "app/cli/command.h"
#include "app/prometheus_place.h"
#include "kube/doctor.h"

#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

using Step = kube::DoctorStep;

// The step's text, or why it failed.
using Finding = kube::Result<QString>;

Step timed(const QString &name, const std::function<Finding()> &look)
{
    QElapsedTimer clock;
    clock.start();
    const Finding found = look();
    return {name, found ? Step::Outcome::Passed : Step::Outcome::Failed,
            found ? *found : found.error().message, clock.elapsed()};
}

QList<Step> connectionSteps(Session &session)
{
    const SessionOptions &options = session.options();
    kube::Doctor doctor(
        kube::kubeconfigSources(options.kubeconfig, qEnvironmentVariable("KUBECONFIG"), QDir::homePath()),
        options.context);
    ConnectionNotes &notes = session.notes();
    doctor.setPreparation([&](kube::Connection &connection) { notes.prepare(connection, options); });
    QObject::connect(&doctor, &kube::Doctor::warned, &doctor,
                     [&notes](const QString &text) { notes.warned(text); });
    QObject::connect(&doctor, &kube::Doctor::signInMessage, &doctor,
                     [&notes](const QString &text) { notes.signIn(text); });
    QObject::connect(&doctor, &kube::Doctor::requestEnded, &doctor,
                     [&notes](const kube::RequestRecord &record) { notes.ended(record); });
    QEventLoop loop; // this worker thread's one loop
    QObject::connect(&doctor, &kube::Doctor::finished, &loop, &QEventLoop::quit);
    QMetaObject::invokeMethod(&doctor, &kube::Doctor::run, Qt::QueuedConnection);
    loop.exec();
    return doctor.steps();
}

Finding customResources(kube::Client &client, std::stop_token stop)
{
    QStringList found;
    for (const QString &group : {u"getambassador.io"_s, u"security.istio.io"_s, u"networking.istio.io"_s}) {
        const auto answer = client.rawGet(u"/apis/"_s + group, stop).result();
        if (!answer && answer.error().kind == kube::Error::Kind::NotFound)
            continue;
        if (!answer)
            return tl::unexpected(answer.error());
        QStringList versions;
        if (const auto json = edge::parseJson(answer->body.toStdString())) {
            for (const edge::Value &version : (*json)["versions"].items())
                versions.append(QString::fromStdString(version["version"].text()));
        }
        found.append(u"%1 (%2)"_s.arg(group, versions.join(u", "_s)));
    }
    if (found.isEmpty())
        return kube::failure(
            kube::Error::Kind::NotFound,
            u"neither getambassador.io nor istio.io is served; are Ambassador and Istio installed in this cluster?"_s);
    return found.join(u", "_s);
}

Finding istio(kube::Client &client, std::stop_token stop)
{
    const auto istiod = client.get(kube::types::deployments(), u"istio-system"_s, u"istiod"_s, stop).result();
    if (!istiod)
        return tl::unexpected(istiod.error());
    const auto json = edge::parseJson(istiod->json.toStdString());
    QString image;
    if (json) {
        for (const edge::Value &container : json->at({"spec", "template", "spec", "containers"}).items())
            image = image.isEmpty() ? QString::fromStdString(container["image"].text()) : image;
    }
    return u"istiod in istio-system%1"_s.arg(image.isEmpty() ? image : QString(u", image "_s + image));
}

Finding edges(Session &session)
{
    const auto analysis = session.analysis();
    if (!analysis)
        return tl::unexpected(analysis.error());
    QStringList found;
    for (const models::EdgeInstallation &edge : (*analysis)->snapshot->edges)
        found.append(
            u"%1 %2 (%3/%4 pods ready)"_s.arg(edge.key(), edge.version).arg(edge.readyPods).arg(edge.pods));
    if (found.isEmpty())
        return kube::failure(kube::Error::Kind::NotFound,
                             u"no Deployment that could be read runs an image aes, ambassador or emissary"_s);
    return found.join(u", "_s);
}

Finding prometheus(Session &session, kube::Client &client)
{
    const auto analysis = session.analysis();
    const kube::PrometheusService service =
        analysis ? prometheusOf(*(*analysis)->snapshot) : kube::PrometheusService();
    const auto up = kube::Prometheus(client, service).query(u"count(up == 1)"_s, session.stop()).result();
    if (!up)
        return tl::unexpected(up.error());
    const double targets =
        up->isEmpty() || up->first().points.isEmpty() ? 0 : up->first().points.first().value;
    return u"%1/%2 answers; %3 targets are up"_s.arg(service.nameSpace, service.name).arg(targets);
}

QList<Step> clusterSteps(Session &session)
{
    const auto client = session.client();
    if (!client)
        return {{u"cluster"_s, Step::Outcome::Failed, client.error().message, 0}};
    return {timed(u"CRDs"_s, [&] { return customResources(**client, session.stop()); }),
            timed(u"Istio"_s, [&] { return istio(**client, session.stop()); }),
            timed(u"edges"_s, [&] { return edges(session); }),
            timed(u"Prometheus"_s, [&] { return prometheus(session, **client); })};
}

QString mark(Step::Outcome outcome)
{
    return outcome == Step::Outcome::Passed ? u"✓"_s : outcome == Step::Outcome::Failed ? u"✗"_s : u"-"_s;
}

} // namespace

int runDoctor(Invocation &invocation)
{
    QList<Step> steps = connectionSteps(invocation.session);
    const auto isFailed = [](const Step &step) { return step.outcome == Step::Outcome::Failed; };
    const bool isConnected = std::none_of(steps.cbegin(), steps.cend(), isFailed);
    if (isConnected)
        steps += clusterSteps(invocation.session);
    Table table{{u""_s, u"STEP"_s, u"MS"_s, u"FOUND"_s}, {}};
    edge::Value items = edge::Value::array();
    for (const Step &step : steps) {
        const auto severity = isFailed(step) ? models::Severity::Error : models::Severity::Info;
        table.rows.append({{mark(step.outcome), severity},
                           {step.name},
                           {QString::number(step.msecs)},
                           {step.detail, severity}});
        items.push(edge::Value::object({{"step", value(step.name)},
                                        {"ok", step.outcome != Step::Outcome::Failed},
                                        {"skipped", step.outcome == Step::Outcome::Skipped},
                                        {"ms", int(step.msecs)},
                                        {"found", value(step.detail)}}));
    }
    if (invocation.output.format() == Format::Table)
        invocation.output.table(table);
    else
        invocation.output.document("DoctorReport", edge::Value::object({{"items", std::move(items)}}));
    if (!isConnected)
        return CouldNot;
    return std::any_of(steps.cbegin(), steps.cend(), isFailed) ? BadAnswer : AllWell;
}

} // namespace app::cli
