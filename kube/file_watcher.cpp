// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/file_watcher.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>
#include <QFileSystemWatcher>
#include <QPointer>
#include <QTimer>

namespace kube {

FileWatcher::FileWatcher(const QStringList &files, QObject *parent)
    : QObject(parent)
    , m_files(files)
    , m_watcher(new QFileSystemWatcher(this))
    , m_settle(new QTimer(this))
{
    m_settle->setSingleShot(true);
    m_settle->setInterval(200);
    connect(m_settle, &QTimer::timeout, this, &FileWatcher::look);
    connect(m_watcher, &QFileSystemWatcher::fileChanged, m_settle, qOverload<>(&QTimer::start));
    connect(m_watcher, &QFileSystemWatcher::directoryChanged, m_settle, qOverload<>(&QTimer::start));
    for (const QString &file : m_files)
        m_known.insert(file, fingerprint(file));
    watch();
}

QByteArray FileWatcher::fingerprint(const QString &file)
{
    QFile content(file);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    return content.open(QIODevice::ReadOnly) && hash.addData(&content) ? hash.result() : QByteArray();
}

// After a rename the watched file is another one; a folder that comes later is seen by the one above.
void FileWatcher::watch()
{
    QStringList paths;
    for (const QString &file : m_files) {
        QFileInfo folder(QFileInfo(file).absolutePath());
        while (!folder.exists() && !folder.isRoot())
            folder = QFileInfo(folder.absolutePath());
        paths.append(folder.absoluteFilePath());
        if (QFileInfo::exists(file))
            paths.append(file);
    }
    for (const QString &known : m_watcher->files() + m_watcher->directories())
        paths.removeAll(known);
    paths.removeDuplicates();
    if (!paths.isEmpty())
        m_watcher->addPaths(paths);
}

void FileWatcher::look()
{
    watch();
    const QPointer<FileWatcher> alive(this);
    for (const QString &file : QStringList(m_files)) {
        const QByteArray now = fingerprint(file);
        if (m_known.value(file) == now)
            continue;
        m_known.insert(file, now);
        Q_EMIT changed(file);
        if (!alive)
            return;
    }
}

} // namespace kube
