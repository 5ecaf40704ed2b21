// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/demo_child.h"

#include "models/analysis/change_set.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <future>

using namespace Qt::StringLiterals;

namespace {

const QString Program = QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl");
constexpr int StartLimitMs = 90'000;

} // namespace

DemoChild::DemoChild() = default;

DemoChild::~DemoChild()
{
    m_thread.reset();
    if (m_demo.state() == QProcess::NotRunning)
        return;
    m_demo.closeWriteChannel(); // --until-eof
    if (!m_demo.waitForFinished(20'000)) {
        m_demo.kill();
        m_demo.waitForFinished(5000);
    }
}

QProcessEnvironment DemoChild::environment() const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"HOME"_s, m_folder.path()); // the journal of these runs is nobody else's
    environment.insert(u"XDG_DATA_HOME"_s, m_folder.filePath(u"data"_s));
    environment.insert(u"XDG_CONFIG_HOME"_s, m_folder.filePath(u"config"_s));
    return environment;
}

bool DemoChild::start(const QStringList &options)
{
    m_demo.setProcessEnvironment(environment());
    // Without a past, unless a test wants one: not every start has to make it.
    m_demo.start(Program,
                 QStringList{u"demo-cluster"_s, u"--until-eof"_s, u"--history"_s, u"0"_s,
                             u"--kubeconfig-out"_s, m_folder.filePath(u"kubeconfig"_s)}
                     + options);
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < StartLimitMs && !m_ready.endsWith(u'\n')) {
        if (!m_demo.waitForReadyRead(1000) && m_demo.state() == QProcess::NotRunning)
            break;
        m_ready += QString::fromUtf8(m_demo.readAllStandardOutput());
    }
    if (!m_ready.startsWith(u"ready: "_s)) {
        m_error = u"the demo cluster did not start: "_s + m_ready
            + QString::fromUtf8(m_demo.readAllStandardError());
        return false;
    }
    return true;
}

std::unique_ptr<QProcess> DemoChild::launch(const QStringList &arguments) const
{
    auto program = std::make_unique<QProcess>();
    program->setProcessEnvironment(environment());
    program->start(Program,
                   QStringList{u"--kubeconfig"_s, m_folder.filePath(u"kubeconfig"_s), u"--no-color"_s}
                       + arguments);
    program->waitForStarted();
    return program;
}

CliEnded DemoChild::run(const QStringList &arguments, int limitMs) const
{
    const auto program = launch(arguments);
    const bool ended = program->waitForFinished(limitMs);
    if (!ended) {
        program->kill();
        program->waitForFinished(5000);
    }
    return {ended && program->exitStatus() == QProcess::NormalExit ? program->exitCode() : -1,
            QString::fromUtf8(program->readAllStandardOutput()),
            QString::fromUtf8(program->readAllStandardError())};
}

kube::Client &DemoChild::client()
{
    if (!m_thread) {
        const auto config = kube::Kubeconfig::load(
            kube::kubeconfigSources(m_folder.filePath(u"kubeconfig"_s), {}, m_folder.path()));
        auto connection = config ? config->connection() : tl::unexpected(config.error());
        if (!connection)
            qFatal("the demo's kubeconfig: %s", qPrintable(connection.error().message));
        m_thread = std::make_unique<app::ClusterThread>(std::move(*connection));
    }
    return m_thread->client();
}

QMap<QString, edge::Value> DemoChild::objects(const QList<kube::ResourceType> &types)
{
    QMap<QString, edge::Value> all;
    for (const kube::ResourceType &type : types) {
        const auto list = client().list(type).result();
        for (const kube::Object &object : list ? list->items : QList<kube::Object>()) {
            if (const auto value = edge::parseJson(object.json.toStdString()))
                all.insert(type.kind + u' ' + object.key(), models::withoutServerFields(*value));
        }
    }
    return all;
}

bool DemoChild::setMode(const QString &mode)
{
    static const QRegularExpression api(u" api=(\\S+)"_s);
    const QJsonObject modes{{u"demo at "_s + api.match(m_ready).captured(1), mode}};
    const QString folder = m_folder.filePath(u"data/sallyport"_s);
    QFile file(folder + u"/write-modes.json"_s);
    return QDir().mkpath(folder) && file.open(QIODevice::WriteOnly)
        && file.write(QJsonDocument(modes).toJson()) > 0;
}

bool DemoChild::fault(const QString &name, bool isOn)
{
    kube::HttpRequest request;
    request.method = isOn ? "POST" : "DELETE";
    request.path = u"/_sim/"_s + name;
    request.timeoutMs = 10'000;
    auto status = std::make_shared<std::promise<int>>();
    auto answer = status->get_future();
    kube::Transport &transport = client().transport();
    m_thread->postThere([&transport, request, status] {
        kube::Transport::Callbacks callbacks;
        callbacks.finished = [status](const kube::Result<kube::HttpResponse> &ended) {
            status->set_value(ended ? ended->status : 0);
        };
        transport.send(request, std::move(callbacks));
    });
    return answer.get() == 200;
}
