// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Says when the content of one of some files has changed: written in place, replaced by a rename (as editors,
// kubectl and mounted Secrets do), made or removed.  Once per change that has settled for 200 ms; the same
// bytes again are no change.
#include <QHash>
#include <QObject>
#include <QStringList>

class QFileSystemWatcher;
class QTimer;

namespace kube {

class FileWatcher : public QObject
{
    Q_OBJECT
public:
    explicit FileWatcher(const QStringList &files, QObject *parent = nullptr);

Q_SIGNALS:
    void changed(const QString &file);

private:
    void watch();
    void look();
    static QByteArray fingerprint(const QString &file);

    QStringList m_files;
    QHash<QString, QByteArray> m_known;
    QFileSystemWatcher *m_watcher;
    QTimer *m_settle;
};

} // namespace kube
