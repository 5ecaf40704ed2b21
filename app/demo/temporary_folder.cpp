// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/temporary_folder.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#ifdef Q_OS_UNIX
#include <csignal>
#endif

using namespace Qt::StringLiterals;

namespace demo {

namespace {

const QLatin1String Prefix("sallyport-demo-");

bool isRunning(qint64 process)
{
#ifdef Q_OS_UNIX
    return process > 0 && (kill(pid_t(process), 0) == 0 || errno == EPERM);
#else
    return process > 0;
#endif
}

void sweep()
{
    for (const QFileInfo &entry :
         QDir::temp().entryInfoList({Prefix + u'*'}, QDir::Dirs | QDir::NoSymLinks)) {
        QFile owner(entry.filePath() + u"/process"_s);
        if (!entry.isWritable() || !owner.open(QIODevice::ReadOnly))
            continue;
        if (!isRunning(owner.readAll().trimmed().toLongLong()))
            QDir(entry.filePath()).removeRecursively();
    }
}

} // namespace

TemporaryFolder::~TemporaryFolder()
{
    if (!m_path.empty())
        QDir(QString::fromStdString(m_path)).removeRecursively();
}

edge::Result<void> TemporaryFolder::create()
{
    sweep();
    QTemporaryDir folder(QDir::tempPath() + u'/' + Prefix + u"XXXXXX"_s);
    QFile owner(folder.filePath(u"process"_s));
    if (!folder.isValid() || !owner.open(QIODevice::WriteOnly)
        || owner.write(QByteArray::number(QCoreApplication::applicationPid())) < 0)
        return edge::failure(edge::Error::Kind::Config,
                             "no temporary folder in " + QDir::tempPath().toStdString() + ": "
                                 + folder.errorString().toStdString());
    folder.setAutoRemove(false);
    m_path = folder.path().toStdString();
    return {};
}

} // namespace demo
