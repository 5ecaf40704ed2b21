// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demo_cluster.h"

#include "app/demo/history.h"
#include "app/demo/mesh.h"
#include "app/demo/prometheus_child.h"
#include "app/demo/temporary_folder.h"

#include <QEventLoop>
#include <QFile>
#include <QTimer>

#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>

#include <future>
#include <thread>

using namespace Qt::StringLiterals;

namespace demo {

namespace {

constexpr std::chrono::seconds ReadyTime{60}; // that the start's pods get

constexpr std::chrono::milliseconds PrometheusPoll{50};
constexpr int FirstScrapes = 3; // design cli.md, --demo

constexpr std::chrono::seconds EndTime{2}; // that open connections get to end by themselves

QString address(const char *scheme, std::uint16_t port)
{
    return port == 0 ? QString() : u"%1://127.0.0.1:%2"_s.arg(QLatin1String(scheme)).arg(port);
}

} // namespace

class DemoCluster::Private
{
public:
    explicit Private(DemoOptions o)
        : options(std::move(o))
        , guard(asio::make_work_guard(loop))
    {
    }

    edge::Result<void> waitUntilReady()
    {
        if (options.state == "empty")
            return {};
        const auto end = std::chrono::steady_clock::now() + ReadyTime;
        while (std::chrono::steady_clock::now() < end) {
            if (onLoop(&Private::arePodsReady)) {
                (void)onLoop(&Private::beginLateIncidents);
                return {};
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return edge::failure(
            edge::Error::Kind::Timeout,
            "the demo cluster's pods were not ready within a minute; start it again when this "
            "machine has less to do");
    }

    // As many as the Deployments ask for.  Prometheus may still be starting: its thread is the caller's.
    bool arePodsReady()
    {
        for (const ObjectPtr &each : mesh->store().list(*mesh->store().find("apps", "deployments"))) {
            const bool isUp = each->at({"status", "readyReplicas"}).toInteger()
                >= each->at({"spec", "replicas"}).toInteger(1);
            if (!isUp && each->at({"metadata", "name"}).text() != "prometheus")
                return false;
        }
        return true;
    }

    bool beginLateIncidents() { return mesh->beginLateIncidents().has_value(); }

    bool prometheusIsReady()
    {
        const ObjectPtr deployment =
            mesh->store().get(*mesh->store().find("apps", "deployments"), "istio-system", "prometheus");
        return !deployment
            || (mesh->scrapes() >= FirstScrapes
                && deployment->at({"status", "readyReplicas"}).toInteger()
                    >= deployment->at({"spec", "replicas"}).toInteger(1));
    }

    bool onLoop(bool (Private::*question)()) // asked there, awaited here
    {
        std::promise<bool> answer;
        asio::post(loop, [this, question, &answer] { answer.set_value((this->*question)()); });
        return answer.get_future().get();
    }

    DemoOptions options;
    asio::io_context loop{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard;
    TemporaryFolder folder;
    std::string kubeconfig;
    std::unique_ptr<PrometheusChild> prometheus;
    std::unique_ptr<Mesh> mesh;
    std::thread thread;
    std::promise<void> ended; // the loop has run out
};

DemoCluster::DemoCluster(DemoOptions options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(std::move(options)))
{
}

DemoCluster::~DemoCluster()
{
    if (d->thread.joinable()) {
        asio::post(d->loop, [this] {
            d->mesh->stop();
            d->guard.reset(); // the loop ends with its last coroutine
        });
        if (d->ended.get_future().wait_for(EndTime) == std::future_status::timeout)
            d->loop.stop();
        d->thread.join();
    }
    d->mesh.reset(); // its programs still speak to Prometheus' child
    d->prometheus.reset();
    if (!d->kubeconfig.empty() && isDemoKubeconfig(d->kubeconfig))
        QFile::remove(QString::fromStdString(d->kubeconfig)); // it leads nowhere now
}

edge::Result<DemoReady> DemoCluster::start()
{
    if (const auto valid = validate(d->options); !valid)
        return tl::unexpected(valid.error());
    if (const auto made = d->folder.create(); !made)
        return tl::unexpected(made.error());
    const QString folder = QString::fromStdString(d->folder.path());
    const QString program = findPrometheus(QString::fromStdString(d->options.prometheusProgram));
    const QString version = program.isEmpty() ? QString() : prometheusVersion(program);
    d->prometheus =
        std::make_unique<PrometheusChild>(d->loop, version.isEmpty() ? QString() : program, folder);
    const std::string past = seededHistory(d->options, std::chrono::system_clock::now());
    const bool isSeeded = !version.isEmpty() && !past.empty() && d->prometheus->seed(past);
    d->mesh = std::make_unique<Mesh>(d->loop, d->options, *d->prometheus, d->folder.path());
    const std::string kubeconfig =
        d->options.kubeconfigOut.empty() ? d->folder.path() + "/kubeconfig" : d->options.kubeconfigOut;
    const auto addresses = d->mesh->start();
    if (!addresses)
        return tl::unexpected(addresses.error());
    if (const auto written = writePrivateFile(kubeconfig, kubeconfigText(addresses->kubeconfig, kubeconfig));
        !written)
        return tl::unexpected(written.error());
    d->kubeconfig = kubeconfig;
    d->mesh->onKubeconfig([kubeconfig](const KubeconfigContent &content) {
        (void)writePrivateFile(kubeconfig, kubeconfigText(content, kubeconfig));
    });
    d->thread = std::thread([this] {
        d->loop.run();
        d->ended.set_value();
    });
    if (const auto ready = d->waitUntilReady(); !ready)
        return tl::unexpected(ready.error());
    const QString history = QString::fromStdString(d->options.history);
    const QString which = !version.isEmpty() ? version
        : program.isEmpty()                  ? u"built-in responder, as no prometheus program was found"_s
                                             : u"built-in responder, as %1 does not run"_s.arg(program);
    return DemoReady{QString::fromStdString(kubeconfig), QString::fromStdString(addresses->kubeconfig.server),
                     address("http", addresses->edgeHttp), address("https", addresses->edgeHttps),
                     past.empty() ? which
                         : isSeeded || version.isEmpty()
                         ? which + u", with a seeded history of %1"_s.arg(history)
                         : which + u", without a history: there is no promtool beside it"_s};
}

bool DemoCluster::waitForPrometheus(std::chrono::milliseconds limit)
{
    QEventLoop waiting;
    QTimer poll;
    bool isReady = false;
    connect(&poll, &QTimer::timeout, &waiting, [&] {
        isReady = d->onLoop(&Private::prometheusIsReady);
        if (isReady)
            waiting.quit();
    });
    QTimer::singleShot(limit, &waiting, &QEventLoop::quit);
    poll.start(PrometheusPoll);
    waiting.exec();
    return isReady;
}

} // namespace demo
