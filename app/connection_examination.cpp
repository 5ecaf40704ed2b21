// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/connection_examination.h"

#include "app/prometheus_place.h"
#include "app/snapshot_fetch.h"
#include "models/analysis/guide_start.h"
#include "models/resources/counted.h"

#include <QElapsedTimer>
#include <QSet>
#include <QThread>

#include <algorithm>
#include <semaphore>

using namespace Qt::StringLiterals;

namespace app {

namespace {

using Step = kube::DoctorStep;
using Finding = kube::Result<QString>; // the step's text, or why it failed
using SharedSnapshot = std::shared_ptr<const models::Snapshot>;

// How many connections the requests over HTTP/2 have needed, where one is enough, and what became of the others.
struct Sharing
{
    int requests = 0;
    QSet<int> connections, cut;
    int silent = 0; // closed by the doctor itself

    void count(const kube::RequestRecord &record)
    {
        if (record.connection == 0)
            return;
        ++requests;
        connections.insert(record.connection);
        if (record.isCut)
            cut.insert(record.connection);
    }
    QString text() const
    {
        if (connections.size() == 1)
            return models::counted(requests, u"request"_s) + u" over one connection"_s;
        QStringList ends;
        if (!cut.isEmpty())
            ends.append(u"%1 cut before the answer was whole"_s.arg(cut.size()));
        if (silent > 0)
            ends.append(u"%1 fallen silent"_s.arg(silent));
        if (connections.size() - 1 > cut.size() + silent) // what is left ended between two requests
            ends.append(u"the server, or what stands before it, closes them now and then (GOAWAY)"_s);
        return u"%1 requests over %2 connections: %3; each time the next request made a new one"_s.arg(
            QString::number(requests), QString::number(connections.size()), ends.join(u", "_s));
    }
};

// A thread with one kube::Doctor and its client.  Its end aborts what is under way there.
class DoctorThread
{
public:
    explicit DoctorThread(const Examination &examination)
    {
        m_thread.setObjectName(u"doctor"_s);
        m_context = new QObject;
        m_context->moveToThread(&m_thread);
        m_thread.start();
        runThere([&] {
            m_doctor =
                new kube::Doctor(examination.sources, examination.context, examination.mayRun, m_context);
            if (examination.wantsAllFiles)
                m_doctor->wantAllFiles();
            if (examination.prepare)
                m_doctor->setPreparation(examination.prepare);
            if (examination.listen)
                examination.listen(*m_doctor);
            if (examination.stepDone)
                QObject::connect(m_doctor, &kube::Doctor::stepDone, m_doctor, examination.stepDone);
            QObject::connect(m_doctor, &kube::Doctor::requestEnded, m_doctor,
                             [this](const kube::RequestRecord &record) { m_sharing.count(record); });
            QObject::connect(m_doctor, &kube::Doctor::finished, m_doctor, [this](bool isWell) {
                m_isWell = isWell;
                m_done.release();
            });
        });
    }
    ~DoctorThread()
    {
        runThere([this] { delete m_context; });
        m_thread.quit();
        m_thread.wait();
    }
    DoctorThread(const DoctorThread &) = delete;
    DoctorThread &operator=(const DoctorThread &) = delete;

    // false: it was stopped, or a step failed.
    bool run(const std::stop_token &stop)
    {
        QMetaObject::invokeMethod(m_doctor, &kube::Doctor::run, Qt::QueuedConnection);
        const std::stop_callback onStop(stop, [this] { m_done.release(); });
        m_done.acquire();
        return m_isWell && !stop.stop_requested();
    }
    QList<Step> steps()
    {
        QList<Step> all;
        runThere([this, &all] { all = m_doctor->steps(); });
        return all;
    }
    Sharing sharing()
    {
        Sharing known;
        runThere([this, &known] {
            known = m_sharing;
            known.silent = m_doctor->closedConnections();
        });
        return known;
    }
    kube::Client &client() { return *m_doctor->client(); } // once run() was true

private:
    void runThere(const std::function<void()> &work)
    {
        QMetaObject::invokeMethod(m_context, work, Qt::BlockingQueuedConnection);
    }

    QThread m_thread;
    QObject *m_context = nullptr;
    kube::Doctor *m_doctor = nullptr;
    Sharing m_sharing; // there
    std::counting_semaphore<2> m_done{0};
    std::atomic<bool> m_isWell = false;
};

Step timed(const QString &name, const std::function<Finding()> &look)
{
    QElapsedTimer clock;
    clock.start();
    const Finding found = look();
    return {name, found ? Step::Outcome::Passed : Step::Outcome::Failed,
            found ? *found : found.error().message, clock.elapsed()};
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

// Of the whole cluster, or at least of Istio's usual namespace.
kube::Result<QList<models::Deployment>> deployments(const kube::Result<SharedSnapshot> &snapshot,
                                                    kube::Client &client, std::stop_token stop)
{
    const QString kind = u"deployments"_s, usual = u"istio-system"_s;
    if (snapshot && (*snapshot)->knows(kind))
        return (*snapshot)->deployments;
    const auto there = client.list(kube::types::deployments(), usual, {}, stop).result();
    if (!there)
        return kube::failure(there.error().kind,
                             u"%1; ask for get, list and watch on deployments, in %2 at least"_s.arg(
                                 there.error().message, usual));
    QList<models::Deployment> all;
    for (const kube::Object &object : there->items) {
        if (const auto json = edge::parseJson(object.json.toStdString()))
            all.append(models::parseDeployment(*json));
    }
    return all;
}

Finding istio(const kube::Result<SharedSnapshot> &snapshot, kube::Client &client, std::stop_token stop)
{
    const auto known = deployments(snapshot, client, stop);
    if (!known)
        return tl::unexpected(known.error());
    QStringList found;
    for (const models::Deployment &deployment : *known) {
        if (models::isControlPlane(deployment))
            found.append(u"%1 in %2, image %3"_s.arg(deployment.name, deployment.nameSpace,
                                                     deployment.container(u"discovery")->image));
    }
    if (found.isEmpty())
        return kube::failure(
            kube::Error::Kind::NotFound,
            u"no Deployment is Istio's control plane (istiod, by its label app or its name, with a container discovery)%1; install Istio, or choose the context of a cluster that has it"_s
                .arg(snapshot && (*snapshot)->knows(u"deployments"_s)
                         ? QString()
                         : u" in istio-system, the only namespace that could be looked at"_s));
    return found.join(u"; "_s);
}

Finding edges(const kube::Result<SharedSnapshot> &snapshot, const Examination &examination)
{
    if (!snapshot)
        return tl::unexpected(snapshot.error());
    if (const QString why = examination.misfit ? examination.misfit(**snapshot) : QString(); !why.isEmpty())
        return kube::failure(kube::Error::Kind::NotFound, why);
    QStringList found;
    for (const models::EdgeInstallation &edge : (*snapshot)->edges)
        found.append(
            u"%1 %2 (%3/%4 pods ready)"_s.arg(edge.key(), edge.version).arg(edge.readyPods).arg(edge.pods));
    if (!found.isEmpty())
        return found.join(u", "_s);
    if (const QString why = (*snapshot)->whyUnknown(u"deployments"_s); !why.isEmpty())
        return kube::failure(
            kube::Error::Kind::Forbidden,
            u"no edge was found, and one may be there unseen: %1; ask for get, list and watch on deployments in all namespaces"_s
                .arg(why));
    return kube::failure(
        kube::Error::Kind::NotFound,
        u"no Deployment runs an image aes, ambassador or emissary; install Ambassador or Emissary, or choose the context of a cluster that has it"_s);
}

Finding prometheus(const kube::Result<SharedSnapshot> &snapshot, kube::Client &client, std::stop_token stop)
{
    const kube::PrometheusService service = snapshot ? prometheusOf(**snapshot) : kube::PrometheusService();
    // By its own list: the series up is there for a while also of targets that are gone.
    const auto body = kube::Prometheus(client, service).api(u"/api/v1/targets?state=active"_s, stop).result();
    if (!body)
        return tl::unexpected(body.error());
    const auto json = edge::parseJson({body->constData(), std::size_t(body->size())});
    const edge::Value targets = json ? json->at({"data", "activeTargets"}) : edge::Value();
    const auto up = std::count_if(targets.items().begin(), targets.items().end(),
                                  [](const edge::Value &target) { return target["health"].text() == "up"; });
    return u"%1/%2 answers; %3 up"_s.arg(service.nameSpace, service.name,
                                         models::counted(up, u"target is"_s, u"targets are"_s));
}

kube::Result<SharedSnapshot> read(kube::Client &client, const std::stop_token &stop)
{
    const auto input = fetchSnapshot(client, stop);
    if (!input)
        return tl::unexpected(input.error());
    return SharedSnapshot(models::makeSnapshot(*input));
}

// What is looked at once there is a connection, in this order.
QStringList looksOfCluster() { return {u"CRDs"_s, u"Istio"_s, u"edges"_s, u"Prometheus"_s}; }

} // namespace

bool Examined::isWell() const
{
    return std::none_of(steps.cbegin(), steps.cend(),
                        [](const Step &step) { return step.outcome == Step::Outcome::Failed; });
}

Examined examine(const Examination &examination)
{
    DoctorThread doctor(examination);
    Examined all;
    all.isConnected = doctor.run(examination.stop);
    all.steps = doctor.steps();
    const auto add = [&](const Step &step) {
        all.steps.append(step);
        if (examination.stepDone)
            examination.stepDone(step);
    };
    if (!all.isConnected) {
        for (const QString &name : examination.stop.stop_requested() ? QStringList() : looksOfCluster())
            add({name, Step::Outcome::Skipped, u"not tried: a step before failed"_s, 0});
        return all;
    }
    kube::Client &client = doctor.client();
    const std::stop_token &stop = examination.stop;
    kube::Result<SharedSnapshot> snapshot = SharedSnapshot();
    const std::function<Finding()> looks[] = {[&] { return customResources(client, stop); },
                                              [&] {
                                                  snapshot = read(client, stop);
                                                  return istio(snapshot, client, stop);
                                              },
                                              [&] { return edges(snapshot, examination); },
                                              [&] { return prometheus(snapshot, client, stop); }};
    const std::function<Finding()> *look = looks;
    for (const QString &name : looksOfCluster()) {
        if (stop.stop_requested())
            break;
        add(timed(name, *look++));
    }
    // The last requests of all: what they have gone through is part of the word.
    if (const Sharing sharing = doctor.sharing(); sharing.requests > 0 && !stop.stop_requested())
        add({u"connections"_s, Step::Outcome::Passed, sharing.text(), 0});
    return all;
}

} // namespace app
