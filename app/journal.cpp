// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/journal.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLockFile>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace app {

namespace {

kube::Error unwritable(const QString &file, const QString &reason)
{
    return {kube::Error::Kind::Config, 0, {},
            u"the journal %1 cannot be written: %2; nothing is changed in a cluster without it, so make the file writable"_s.arg(file, reason), {}, 0};
}

}

Journal::Journal(QString file)
    : m_file(std::move(file))
{
}

QString Journal::fileFor(const kube::Connection &connection)
{
    const QByteArray identity = (connection.context + u'\n' + connection.server.toString()).toUtf8();
    const QString hash = QString::fromLatin1(QCryptographicHash::hash(identity, QCryptographicHash::Sha256).toHex().left(12));
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/sallyport/journal/"_s;
    return folder + hash + u".jsonl"_s;
}

QList<models::JournalEntry> Journal::entries() const
{
    QList<models::JournalEntry> entries;
    QFile file(m_file);
    if (!file.open(QIODevice::ReadOnly))
        return entries;
    QHash<int, qsizetype> byNumber;
    while (!file.atEnd()) {
        const auto entry = models::fromJsonLine(file.readLine().trimmed());
        if (!entry)
            continue;
        byNumber.insert(entry->number, entries.size());
        entries.append(*entry);
        if (entry->revertOf > 0 && entry->succeeded && byNumber.contains(entry->revertOf))
            entries[byNumber.value(entry->revertOf)].reverted = true;
    }
    return entries;
}

kube::Result<void> Journal::isWritable() const
{
    const QString folder = QFileInfo(m_file).absolutePath();
    if (!QDir().mkpath(folder))
        return tl::unexpected(unwritable(m_file, u"its folder cannot be made"_s));
    QFile file(m_file);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Append))
        return tl::unexpected(unwritable(m_file, file.errorString()));
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    return {};
}

kube::Result<models::JournalEntry> Journal::append(models::JournalEntry entry) const
{
    if (const auto writable = isWritable(); !writable)
        return tl::unexpected(writable.error());
    QLockFile lock(m_file + u".lock"_s);
    if (!lock.tryLock(5000))
        return tl::unexpected(unwritable(m_file, u"another program holds its lock"_s));
    int last = 0;
    for (const models::JournalEntry &known : entries())
        last = std::max(last, known.number);
    entry.number = last + 1;
    QFile file(m_file);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Append))
        return tl::unexpected(unwritable(m_file, file.errorString()));
    const QByteArray line = models::toJsonLine(entry).trimmed() + '\n';
    if (file.write(line) != line.size() || !file.flush())
        return tl::unexpected(unwritable(m_file, file.errorString()));
    return entry;
}

} // namespace app
