// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/exec_source.h"

#include "kube/duration_text.h"
#include "kube/exec_faults.h"

#include <QDir>
#include <QFileInfo>
#include <QMutex>
#include <QPointer>
#include <QStandardPaths>
#include <QTimer>

#ifdef Q_OS_UNIX
#include <unistd.h>

#include <csignal>
#endif

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace kube {
namespace {

constexpr auto shellLimit = 5s;
constexpr auto endlessLine = 1s;
constexpr qsizetype maxComplaint = 16 * 1024;
constexpr qsizetype maxOutputMiB = 4;
constexpr qsizetype maxOutput = maxOutputMiB * 1024 * 1024;

void hideWindow(QProcess &process)
{
#ifdef Q_OS_WIN
    process.setCreateProcessArgumentsModifier([](QProcess::CreateProcessArguments *arguments) {
        arguments->flags |= 0x08000000;
    }); // CREATE_NO_WINDOW
#else
    Q_UNUSED(process)
#endif
}

// A session of its own: what it starts in turn ends with it, and a terminal that it may not use is none to it.
void leadOwnSession(QProcess &process)
{
#ifdef Q_OS_UNIX
    process.setChildProcessModifier([] { ::setsid(); });
#else
    Q_UNUSED(process)
#endif
}

// With its children; those of one that has ended by itself are its own affair.
void endNow(QProcess &process)
{
#ifdef Q_OS_UNIX
    if (const qint64 leader = process.processId(); leader > 0)
        ::kill(pid_t(-leader), SIGKILL);
#endif
    process.kill();
}

QString ownSearchPath() { return qEnvironmentVariable("PATH"); }

void drop(std::unique_ptr<QProcess> process)
{
    if (!process)
        return;
    process->disconnect();
    endNow(*process);
    process->waitForFinished(1000);
    process.release()->deleteLater(); // maybe from inside its own signal
}

} // namespace

QString findProgram(const QString &command, const QString &searchPath)
{
    return QStandardPaths::findExecutable(command,
                                          searchPath.split(QDir::listSeparator(), Qt::SkipEmptyParts));
}

// Whom an answer is for, if anybody still: it may come from any thread, even after the source's end.
struct ExecSource::Asker
{
    QMutex mutex;
    ExecSource *source = nullptr;
};

ExecSource::ExecSource(const Connection &connection)
    : m_connection(connection)
    , m_plugin(*connection.exec)
    , m_owner(u"%1: the program “%2”"_s.arg(connection.userEntry(), connection.exec->command))
{
    m_silence.setSingleShot(true);
    connect(&m_silence, &QTimer::timeout, this, [this] { tell(m_untold.size()); });
}

ExecSource::~ExecSource()
{
    drop(std::move(m_process));
    if (m_asker) {
        const QMutexLocker lock(&m_asker->mutex);
        m_asker->source = nullptr;
    }
}

void ExecSource::get(Ready ready)
{
    const bool isValid =
        m_known && !m_isRefused && (m_expires.isNull() || QDateTime::currentDateTimeUtc() < m_expires);
    if (isValid)
        return ready(m_known);
    m_waiting.append(std::move(ready));
    if (!std::exchange(m_isRunning, true))
        begin();
}

void ExecSource::refused(const SharedCredential &used)
{
    if (used && used == m_known) // and not one that has been renewed since
        m_isRefused = true;
}

void ExecSource::begin()
{
    m_complaint.clear();
    if (m_plugin.interactive == ExecPlugin::Interactive::Always && !mayAsk(m_plugin, m_connection))
        return fail(
            u"is not run: it wants to ask you (interactiveMode Always), and standard input is not a terminal here; sign in with kubectl first, or set interactiveMode IfAvailable"_s);
    if (m_permission == Permission::Denied)
        return failRefused();
    if (m_permission == Permission::Given || !m_connection.mayRun)
        return find();
    ask();
}

void ExecSource::ask()
{
    m_permission = Permission::Asked;
    m_asker = std::make_shared<Asker>();
    m_asker->source = this;
    m_connection.mayRun(m_plugin, [asker = m_asker](bool isAllowed) {
        const QMutexLocker lock(&asker->mutex);
        if (asker->source)
            QMetaObject::invokeMethod(
                asker->source, [source = asker->source, isAllowed] { source->answered(isAllowed); },
                Qt::QueuedConnection);
    });
}

void ExecSource::answered(bool isAllowed)
{
    if (m_permission != Permission::Asked)
        return;
    m_permission = isAllowed ? Permission::Given : Permission::Denied;
    isAllowed ? find() : failRefused();
}

void ExecSource::failRefused() { fail(u"was not allowed to run; "_s + m_connection.remedies.refusedPlugin); }

void ExecSource::find()
{
    const QString program = findProgram(m_plugin.command, ownSearchPath());
    if (!program.isEmpty())
        return start(program, {});
    m_loginPath ? findByLoginPath() : readLoginPath();
}

void ExecSource::findByLoginPath()
{
    const QString program = findProgram(m_plugin.command, *m_loginPath);
    program.isEmpty() ? failMissing() : start(program, *m_loginPath);
}

void ExecSource::failMissing()
{
    const QFileInfo there(m_plugin.command); // of a name without a path this folder is not asked
    if (there.isAbsolute() && there.isDir())
        return fail(u"is a folder; name the program in it as exec.command of this user"_s);
    if (there.isAbsolute() && there.exists())
        return fail(
            u"may not be executed; allow it (chmod u+x), or give another one as exec.command of this user"_s);
    fail(u"is not installed (or not in PATH)%1"_s.arg(
        m_plugin.installHint.isEmpty()
            ? u"; install it, or give its whole path as exec.command of this user"_s
            : hint()));
}

// Of whoever wrote the kubeconfig; "" there is none.
QString ExecSource::hint() const
{
    const QString text = execComplaint(m_plugin.installHint.toUtf8());
    return text.isEmpty() ? QString() : QString(u": "_s + text);
}

// A desktop starts programs without what the shell's profile adds to PATH; so the login shell is asked, when
// it matters, and once: it may be slow.
void ExecSource::readLoginPath()
{
#ifdef Q_OS_WIN
    return failMissing();
#else
    const QString shell = qEnvironmentVariable("SHELL");
    if (shell.isEmpty() || QDir::isAbsolutePath(m_plugin.command))
        return failMissing();
    drop(std::move(m_process));
    m_process = std::make_unique<QProcess>();
    m_process->setStandardInputFile(QProcess::nullDevice());
    m_process->setStandardErrorFile(QProcess::nullDevice());
    leadOwnSession(*m_process);
    const auto use = [this] {
        m_loginPath = QString::fromLocal8Bit(m_process->readAllStandardOutput()).section(u'\n', -1).trimmed();
        drop(std::move(m_process));
        findByLoginPath();
    };
    connect(m_process.get(), &QProcess::finished, this, use);
    connect(m_process.get(), &QProcess::errorOccurred, this, [this, use](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            use();
    });
    QTimer::singleShot(shellLimit, m_process.get(), [process = m_process.get()] { endNow(*process); });
    connect(m_process.get(), &QProcess::readyReadStandardOutput, [process = m_process.get()] {
        if (process->bytesAvailable() > maxOutput) // a profile that writes without end
            endNow(*process);
    });
    m_process->start(shell, {u"-lc"_s, u"printf '\\n%s' \"$PATH\""_s});
#endif
}

void ExecSource::start(const QString &program, const QString &searchPath)
{
    drop(std::move(m_process));
    m_process = std::make_unique<QProcess>();
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    if (!searchPath.isEmpty())
        environment.insert(u"PATH"_s, searchPath);
    for (const auto &[name, value] : m_plugin.environment)
        environment.insert(name, value);
    environment.insert(u"KUBERNETES_EXEC_INFO"_s, QString::fromUtf8(execInfo(m_plugin, m_connection)));
    m_process->setProcessEnvironment(environment);
    lendTerminal();
    connect(m_process.get(), &QProcess::readyReadStandardError, this, &ExecSource::hear);
    connect(m_process.get(), &QProcess::readyReadStandardOutput, this, [this] {
        if (m_process->bytesAvailable() > maxOutput) // it might go on until the memory is full
            fail(
                u"wrote more than %1 MiB to its standard output, which is no credential, and was ended; run it by hand to see what it writes"_s
                    .arg(maxOutputMiB));
    });
    connect(m_process.get(), &QProcess::finished, this, &ExecSource::ended);
    connect(m_process.get(), &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            fail(whyNotStarted(m_process->program(), m_process->errorString()) + hint());
    });
    QTimer::singleShot(m_connection.signInMs, m_process.get(), [this] {
        fail(u"did not end within %1; %2"_s.arg(durationText(m_connection.signInMs),
                                                m_connection.remedies.timeout));
    });
    QTimer::singleShot(NoticeMsecs, m_process.get(), [this] {
        if (!mayAsk(m_plugin, m_connection)) // else it is waiting for the person
            Q_EMIT message(u"waiting for the program “%1”, which signs in user “%2”"_s.arg(
                m_plugin.command, m_connection.user));
    });
    m_process->start(program, m_plugin.arguments);
}

// Its questions go to the terminal as it writes them, and its group stays in the foreground there; where there is none to lend, it hears
// and sees none.
void ExecSource::lendTerminal()
{
    if (mayAsk(m_plugin, m_connection)) {
        m_process->setInputChannelMode(QProcess::ForwardedInputChannel);
        m_process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        return;
    }
    m_process->setStandardInputFile(QProcess::nullDevice());
    hideWindow(*m_process);
    leadOwnSession(*m_process);
}

void ExecSource::hear()
{
    const QByteArray piece = m_process->readAllStandardError();
    m_complaint = QByteArray(m_complaint + piece).right(maxComplaint);
    m_untold = QByteArray(m_untold + piece).right(maxComplaint);
    tell(qMax(m_untold.lastIndexOf('\n'), m_untold.lastIndexOf('\r')) + 1);
    if (!m_untold.isEmpty())
        m_silence.start(endlessLine);
}

void ExecSource::tell(qsizetype size)
{
    const QString text = execComplaint(m_untold.left(size));
    m_untold.remove(0, size);
    if (!text.isEmpty())
        Q_EMIT message(text);
}

void ExecSource::ended(int code, QProcess::ExitStatus how)
{
    hear();
    if (how != QProcess::NormalExit)
        return fail(u"crashed"_s);
    if (code != 0)
        return fail(u"failed with exit code %1"_s.arg(code));
    QByteArray output = m_process->read(maxOutput);
    const Result<ExecCredential> answer = readExecCredential(m_plugin, output, m_owner);
    output.fill('\0');
    answer ? take(*answer) : finish(tl::unexpected(answer.error()));
}

void ExecSource::take(const ExecCredential &answer)
{
    const bool isOtherCertificate =
        m_known && m_known->clientCertificate != answer.credential.clientCertificate;
    m_known = std::make_shared<const Credential>(answer.credential);
    m_expires = answer.expires;
    m_isRefused = false;
    if (isOtherCertificate)
        Q_EMIT certificateChanged();
    finish(m_known);
}

void ExecSource::fail(const QString &why)
{
    const QString complaint = execComplaint(m_complaint);
    const QString more = complaint.isEmpty() ? QString() : QString(u"; it says: "_s + complaint);
    finish(failure(Error::Kind::Config, u"%1 (exec) %2%3"_s.arg(m_owner, why, more)));
}

void ExecSource::finish(const Result<SharedCredential> &result)
{
    m_silence.stop();
    tell(m_untold.size());
    drop(std::move(m_process));
    m_isRunning = false;
    const QPointer<ExecSource> alive(this);
    for (const Ready &ready : std::exchange(m_waiting, {})) {
        if (alive)
            ready(result);
    }
}

} // namespace kube
