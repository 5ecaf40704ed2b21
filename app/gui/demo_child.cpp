// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/demo_child.h"

#include <QDir>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

constexpr int EndMsecs = 3000;
constexpr qsizetype KeptWords = 4000;

} // namespace

QString kubeconfigOfReadyLine(const QByteArray &line)
{
    static const QByteArray begin("ready: KUBECONFIG=");
    if (!line.startsWith(begin))
        return {};
    const qsizetype end = line.indexOf(" api=");
    return QString::fromLocal8Bit(line.mid(begin.size(), end < 0 ? -1 : end - begin.size())).trimmed();
}

DemoChild::DemoChild(QString program, QStringList arguments, QObject *parent)
    : QObject(parent)
    , m_program(std::move(program))
    , m_arguments(std::move(arguments))
    , m_process(this)
{
    connect(&m_process, &QProcess::readyReadStandardOutput, this, &DemoChild::read);
    connect(&m_process, &QProcess::readyReadStandardError, this, [this] {
        m_said += m_process.readAllStandardError();
        m_said = m_said.right(KeptWords);
    });
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            fail(m_process.errorString());
    });
    connect(&m_process, &QProcess::finished, this, [this] {
        constexpr int WrongUsage = 2;
        const QString words = QString::fromLocal8Bit(m_said).trimmed();
        if (!m_isReady && m_process.exitStatus() == QProcess::NormalExit
            && m_process.exitCode() == WrongUsage) {
            const QString line = words.section(u'\n', -1);
            Q_EMIT refused(line.startsWith(u"sallyportctl: "_s) ? line.section(u": "_s, 1) : line);
            return;
        }
        fail(words.isEmpty() ? tr("it ended with code %1").arg(m_process.exitCode())
                             : words.section(u'\n', -1));
    });
}

DemoChild::~DemoChild()
{
    m_process.disconnect(this);
    m_process.closeWriteChannel();
    if (m_process.state() != QProcess::NotRunning && !m_process.waitForFinished(EndMsecs))
        m_process.kill();
}

QString DemoChild::programBeside(const QString &applicationFolder)
{
#ifdef Q_OS_WIN
    return QDir(applicationFolder).filePath(u"sallyportctl.exe"_s);
#else
    return QDir(applicationFolder).filePath(u"sallyportctl"_s);
#endif
}

void DemoChild::start()
{
    if (m_process.state() != QProcess::NotRunning)
        return;
    m_isReady = false;
    m_said.clear();
    m_process.start(m_program, QStringList{u"demo-cluster"_s, u"--until-eof"_s} + m_arguments);
}

void DemoChild::read()
{
    while (m_process.canReadLine()) {
        const QString kubeconfig = kubeconfigOfReadyLine(m_process.readLine());
        if (!kubeconfig.isEmpty() && !std::exchange(m_isReady, true))
            Q_EMIT ready(kubeconfig);
    }
}

void DemoChild::fail(const QString &why)
{
    Q_EMIT failed(m_isReady ? tr("The demo cluster has ended: %1. Retry starts it again.").arg(why)
                            : tr("The demo cluster could not be started by %1: %2").arg(m_program, why));
}

} // namespace app::gui
