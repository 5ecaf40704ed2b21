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
#include <optional>
#include <thread>

using namespace Qt::StringLiterals;

namespace demo {

namespace {

constexpr std::chrono::seconds ReadyTime{60}; // that the start's pods get

constexpr std::chrono::milliseconds Poll{20};
constexpr int FirstScrapes = 3; // design cli.md, --demo

constexpr std::chrono::seconds EndTime{2}; // that open connections get to end by themselves

QString address(const char *scheme, std::uint16_t port)
{
    return port == 0 ? QString() : u"%1://127.0.0.1:%2"_s.arg(QLatin1String(scheme)).arg(port);
}

// With the event loop running: the child process and whoever listens for Ctrl+C live on this thread.  No limit: as long as it takes.
template<typename Done>
bool waitUntil(const Done &done, std::optional<std::chrono::milliseconds> limit, const std::stop_token &stop)
{
    QEventLoop waiting;
    QTimer poll;
    bool isDone = false;
    QObject::connect(&poll, &QTimer::timeout, &waiting, [&] {
        isDone = !stop.stop_requested() && done();
        if (isDone || stop.stop_requested())
            waiting.quit();
    });
    if (limit)
        QTimer::singleShot(*limit, &waiting, &QEventLoop::quit);
    poll.start(Poll);
    waiting.exec();
    return isDone;
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

    edge::Result<void> waitUntilReady(const std::stop_token &stop)
    {
        if (options.state == "empty")
            return {};
        if (waitUntil([this] { return onLoop(&Private::arePodsReady); }, ReadyTime, stop)) {
            (void)onLoop(&Private::beginLateIncidents);
            return {};
        }
        return edge::failure(
            edge::Error::Kind::Timeout,
            "the demo cluster's pods were not ready within a minute; start it again when this "
            "machine has less to do");
    }

    // On the loop's own thread, which then runs the loop: with --scale it takes long.
    edge::Result<MeshAddresses> startMesh(const std::stop_token &stop)
    {
        std::promise<edge::Result<MeshAddresses>> answer;
        auto addresses = answer.get_future();
        thread = std::thread([this, &stop, made = std::move(answer)]() mutable {
            auto started = mesh->start(stop);
            const bool isStarted = started.has_value();
            made.set_value(std::move(started));
            if (isStarted)
                loop.run();
            ended.set_value();
        });
        const auto isMade = [&addresses] {
            return addresses.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
        };
        waitUntil(isMade, {}, {});
        return addresses.get();
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

edge::Result<DemoReady> DemoCluster::start(const std::stop_token &stop)
{
    auto ready = begin(stop);
    if (stop.stop_requested())
        return edge::failure(edge::Error::Kind::Cancelled, "stopped before the demo cluster was ready");
    return ready;
}

edge::Result<DemoReady> DemoCluster::begin(const std::stop_token &stop)
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
    const auto addresses = d->startMesh(stop);
    if (!addresses)
        return tl::unexpected(addresses.error());
    if (const auto written = writePrivateFile(kubeconfig, kubeconfigText(addresses->kubeconfig, kubeconfig));
        !written)
        return tl::unexpected(written.error());
    d->kubeconfig = kubeconfig;
    asio::post(d->loop, [this, kubeconfig] {
        d->mesh->onKubeconfig([kubeconfig](const KubeconfigContent &content) {
            (void)writePrivateFile(kubeconfig, kubeconfigText(content, kubeconfig));
        });
    });
    if (const auto ready = d->waitUntilReady(stop); !ready)
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

bool DemoCluster::waitForPrometheus(std::chrono::milliseconds limit, const std::stop_token &stop)
{
    return waitUntil([this] { return d->onLoop(&Private::prometheusIsReady); }, limit, stop);
}

} // namespace demo
