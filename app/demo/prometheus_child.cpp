// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/prometheus_child.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include <asio/post.hpp>

#ifdef Q_OS_LINUX
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#endif

using namespace Qt::StringLiterals;

namespace demo {

namespace {

constexpr int EndTime = 5000; // ms that Prometheus gets to close its database
// Of its own promtool makes a block of every two hours; eight days then take 3 s of CPU, and Prometheus opens each.
constexpr QLatin1String LargeBlocks("--max-block-duration=240h");

bool isProgram(const QString &path) { return QFileInfo(path).isExecutable() && QFileInfo(path).isFile(); }

} // namespace

QString findPrometheus(const QString &wanted)
{
    const QString beside =
        QCoreApplication::applicationDirPath() + u"/../../peers/prometheus/usr/bin/prometheus"_s;
    for (const QString &path : {wanted, qEnvironmentVariable("SALLYPORT_PROMETHEUS")}) {
        if (!path.isEmpty())
            return isProgram(path) ? path : QString();
    }
    return isProgram(beside) ? QFileInfo(beside).canonicalFilePath()
                             : QStandardPaths::findExecutable(u"prometheus"_s);
}

QString prometheusVersion(const QString &program)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, {u"--version"_s});
    if (!process.waitForFinished(EndTime) || process.exitCode() != 0)
        return {};
    const QStringList words = QString::fromUtf8(process.readAll())
                                  .section(u'\n', 0, 0)
                                  .split(u' '); // prometheus, version 2.42.0+ds (…)
    return words.size() > 2 ? u"prometheus "_s + words[2].section(u'+', 0, 0) : QString();
}

PrometheusChild::PrometheusChild(asio::io_context &loop, QString program, QString folder, QObject *parent)
    : QObject(parent)
    , m_loop(loop)
    , m_program(std::move(program))
    , m_folder(std::move(folder))
{
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    dieWithParent(m_process);
    dieWithParent(m_seeding);
    connect(&m_process, &QProcess::readyRead, this, &PrometheusChild::readOutput);
    connect(&m_process, &QProcess::finished, this, [this](int code) { finished(code); });
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            finished(127);
    });
}

void PrometheusChild::dieWithParent(QProcess &process)
{
#ifdef Q_OS_LINUX
    // Also if we were killed between its birth and this call.
    process.setChildProcessModifier([parent = getpid()] {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
    });
#else
    Q_UNUSED(process)
#endif
}

PrometheusChild::~PrometheusChild()
{
    m_process.disconnect(this);
    m_seeding.disconnect(this);
    if (m_seeding.state() != QProcess::NotRunning) {
        m_seeding.kill();
        m_seeding.waitForFinished(EndTime);
    }
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.terminate();
    if (!m_process.waitForFinished(EndTime)) {
        m_process.kill();
        m_process.waitForFinished(EndTime);
    }
}

void PrometheusChild::start(std::string configuration, std::uint16_t port, Events events)
{
    QMetaObject::invokeMethod(
        this, [this, job = Job{std::move(configuration), port, std::move(events)}] { begin(job); },
        Qt::QueuedConnection);
}

void PrometheusChild::stop(std::uint16_t port)
{
    QMetaObject::invokeMethod(
        this,
        [this, port] {
            if (m_waiting && m_waiting->port == port)
                m_waiting.reset();
            if (m_port == port)
                end();
        },
        Qt::QueuedConnection);
}

bool PrometheusChild::seed(const std::string &openMetrics)
{
    const QString promtool = QFileInfo(m_program).dir().filePath(u"promtool"_s);
    QFile file(m_folder + u"/history.txt"_s);
    if (!isProgram(promtool) || !file.open(QIODevice::WriteOnly)
        || file.write(openMetrics.data(), qint64(openMetrics.size())) < 0)
        return false;
    file.close();
    connect(&m_seeding, &QProcess::finished, this, [this, promtool](int code) {
        if (code != 0
            && m_seeding.arguments().contains(QString(LargeBlocks))) // a promtool that does not know it
            return runPromtool(promtool, {});
        seeded();
    });
    connect(&m_seeding, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            seeded();
    });
    m_seeding.setStandardOutputFile(QProcess::nullDevice());
    m_seeding.setStandardErrorFile(QProcess::nullDevice());
    runPromtool(promtool, {QString(LargeBlocks)});
    return true;
}

void PrometheusChild::runPromtool(const QString &program, const QStringList &more)
{
    m_seeding.start(program,
                    QStringList{u"tsdb"_s, u"create-blocks-from"_s, u"openmetrics"_s} + more
                        + QStringList{m_folder + u"/history.txt"_s, m_folder + u"/data"_s});
}

void PrometheusChild::seeded()
{
    QFile::remove(m_folder + u"/history.txt"_s);
    if (m_waiting && m_process.state() == QProcess::NotRunning)
        run();
}

void PrometheusChild::begin(const Job &job)
{
    m_waiting = job;
    if (m_seeding.state() != QProcess::NotRunning)
        return; // its end runs it
    if (m_process.state() == QProcess::NotRunning)
        run();
    else
        end();
}

void PrometheusChild::end()
{
    if (m_process.state() == QProcess::NotRunning || m_ending)
        return;
    m_ending = true;
    m_process.terminate();
}

void PrometheusChild::run()
{
    const Job job = *std::exchange(m_waiting, {});
    m_events = job.events;
    m_port = job.port;
    m_ending = false;
    const QString path = m_folder + u"/prometheus.yml"_s;
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate)
        || file.write(QByteArray::fromStdString(job.configuration)) < 0)
        return finished(1);
    file.close();
    m_process.setWorkingDirectory(m_folder);
    m_process.start(m_program,
                    {u"--config.file=%1"_s.arg(path), u"--storage.tsdb.path=%1/data"_s.arg(m_folder),
                     u"--storage.tsdb.retention.time=15d"_s,
                     u"--web.listen-address=127.0.0.1:%1"_s.arg(job.port), u"--web.enable-lifecycle"_s,
                     u"--log.level=info"_s});
}

void PrometheusChild::readOutput()
{
    while (m_process.canReadLine()) {
        const std::string line = m_process.readLine().trimmed().toStdString();
        if (m_events.output)
            asio::post(m_loop, [output = m_events.output, line] { output(line); });
    }
}

void PrometheusChild::finished(int code)
{
    readOutput();
    const Events events = std::exchange(m_events, {});
    if (!std::exchange(m_ending, false) && events.exited)
        asio::post(m_loop, [events, code] { events.exited(code); });
    if (m_waiting)
        run();
}

} // namespace demo
