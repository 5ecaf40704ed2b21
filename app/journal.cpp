// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/journal.h"

#include "models/resources/counted.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLockFile>
#include <QStandardPaths>

#include <algorithm>

#ifdef Q_OS_WIN
#include <io.h>
#else
#include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr int lockTimeoutMs = 5000;
constexpr int emptyLockMs = 1000;

bool syncToDisk(QFile &file)
{
#ifdef Q_OS_WIN
    return file.flush() && _commit(file.handle()) == 0;
#else
    return file.flush() && fsync(file.handle()) == 0;
#endif
}

// A program that is killed between making its lock file and writing its number into it leaves one that names nobody; QLockFile
// would wait half a minute for it, and with it each write and each way back.
bool take(QLockFile &lock)
{
    if (lock.tryLock(emptyLockMs))
        return true;
    const QFileInfo left(lock.fileName());
    const bool isOld = left.lastModified().msecsTo(QDateTime::currentDateTime()) >= emptyLockMs;
    if (left.exists() && left.size() == 0 && isOld)
        QFile::remove(left.filePath());
    return lock.tryLock(lockTimeoutMs - emptyLockMs);
}

QString whyNotTaken(const QLockFile &lock)
{
    return lock.error() == QLockFile::LockFailedError
        ? u"another program holds its lock"_s
        : u"its lock %1 cannot be made (is the disk full, or the folder read-only?)"_s.arg(lock.fileName());
}

kube::Error unwritable(const QString &file, const QString &reason, bool isWritten = false)
{
    const QString what = isWritten
        ? u"the cluster has answered a write, and the journal %1 cannot keep its answer: %2; the next run looks what became of it, so make room for the file, or make it writable"_s
        : u"the journal %1 cannot be written: %2; nothing is changed in a cluster without it, so make the file writable"_s;
    return {kube::Error::Kind::Config, 0, {}, what.arg(file, reason), {}, 0};
}

// Of a line that is no entry: its number, if it has one as entries have; 0: it is none of a newer version.
int numberOfNewer(const QByteArray &line)
{
    const auto document = edge::parseJson(line.toStdString());
    return document && document->isObject() && (*document)["number"].isNumber()
        ? int(std::max<qint64>(0, (*document)["number"].toInteger()))
        : 0;
}

// `again` takes a removal back: what the removal had taken away stands again, as an object with an identity of its own.
void giveIdentity(QList<models::JournalEntry> &entries, const QHash<int, qsizetype> &byNumber,
                  const models::JournalEntry &removal, const models::JournalEntry &again)
{
    if (again.change.verb != models::Change::Verb::Create || !again.after)
        return;
    for (const int undone : undoneBy(removal)) {
        const auto place = byNumber.constFind(undone);
        if (place == byNumber.constEnd() || !entries[*place].after)
            continue;
        edge::Value &metadata = entries[*place].after->child("metadata");
        metadata.set("uid", again.after->at({"metadata", "uid"}));
    }
}

} // namespace

QList<int> undoneBy(const models::JournalEntry &entry)
{
    return QList<int>{entry.revertOf} + entry.revertsToo;
}

Journal::Journal(QString file)
    : m_file(std::move(file))
{
}

QString Journal::fileFor(const kube::Connection &connection)
{
    const QByteArray identity = (connection.context + u'\n' + connection.server.toString()).toUtf8();
    const QString hash =
        QString::fromLatin1(QCryptographicHash::hash(identity, QCryptographicHash::Sha256).toHex().left(12));
    const QString folder =
        QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/sallyport/journal/"_s;
    return folder + hash + u".jsonl"_s;
}

QList<models::JournalEntry> Journal::entries() const
{
    auto content = read();
    return content ? std::move(content->entries) : QList<models::JournalEntry>();
}

kube::Result<JournalContent> Journal::read() const
{
    JournalContent content;
    QList<models::JournalEntry> &entries = content.entries;
    QFile file(m_file);
    if (!file.exists())
        return content;
    if (!file.open(QIODevice::ReadOnly))
        return kube::failure(
            kube::Error::Kind::Config,
            u"the journal %1 cannot be read: %2; what was changed in this cluster is not known without it, so make the file readable"_s
                .arg(m_file, file.errorString()));
    QHash<int, qsizetype> byNumber;
    while (!file.atEnd()) {
        const QByteArray line = file.readLine();
        const auto entry = models::fromJsonLine(line.trimmed());
        if (!entry) {
            const int number = numberOfNewer(line.trimmed());
            const bool isLine = !line.trimmed().isEmpty() && line.endsWith('\n');
            content.newer += number > 0 ? 1 : 0;
            content.damaged += isLine && number == 0 ? 1 : 0;
            content.lastNumber = std::max(content.lastNumber, number);
            continue;
        }
        content.lastNumber = std::max(content.lastNumber, entry->number);
        if (const auto known = byNumber.constFind(entry->number); known != byNumber.constEnd()) {
            entries[*known] = *entry; // its second line
        } else {
            byNumber.insert(entry->number, entries.size());
            entries.append(*entry);
        }
    }
    for (qsizetype i = entries.size() - 1; i >= 0;
         --i) { // newest first: what was itself taken back takes nothing back
        if (!entries[i].succeeded || entries[i].reverted)
            continue;
        for (const int undone : undoneBy(entries[i])) {
            if (const auto place = byNumber.constFind(undone); place != byNumber.constEnd()) {
                entries[*place].reverted = true;
                giveIdentity(entries, byNumber, entries[*place], entries[i]);
            }
        }
    }
    return content;
}

QString Journal::unreadText(const kube::Result<JournalContent> &content) const
{
    if (!content)
        return content.error().message;
    QStringList lines;
    if (content->damaged > 0)
        lines.append(u"%1 that cannot be read"_s.arg(models::counted(content->damaged, u"line"_s)));
    if (content->newer > 0)
        lines.append(u"%1 of a newer version"_s.arg(models::counted(content->newer, u"line"_s)));
    return lines.isEmpty()
        ? QString()
        : u"the journal %1 has %2: what was recorded there is neither shown nor taken back"_s.arg(
            m_file, lines.join(u" and "_s));
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

kube::Result<models::JournalEntry> Journal::begin(models::JournalEntry entry) const
{
    if (const auto writable = isWritable(); !writable)
        return tl::unexpected(writable.error());
    QLockFile lock(m_file + u".lock"_s);
    if (!take(lock))
        return tl::unexpected(unwritable(m_file, whyNotTaken(lock)));
    const auto known = read();
    if (!known)
        return tl::unexpected(known.error());
    entry.number = known->lastNumber + 1;
    entry.settled = false;
    entry.succeeded = false;
    const auto written = write(entry);
    return written ? kube::Result<models::JournalEntry>(entry) : tl::unexpected(written.error());
}

kube::Result<models::JournalEntry> Journal::settle(models::JournalEntry entry) const
{
    QLockFile lock(m_file + u".lock"_s);
    if (!take(lock))
        return tl::unexpected(unwritable(m_file, whyNotTaken(lock), true));
    const auto written = write(entry, true);
    return written ? kube::Result<models::JournalEntry>(entry) : tl::unexpected(written.error());
}

bool Journal::settleIfOpen(const models::JournalEntry &entry) const
{
    QLockFile lock(m_file + u".lock"_s);
    if (!take(lock))
        return false;
    const QList<models::JournalEntry> known = entries();
    const bool isOpen = std::any_of(known.begin(), known.end(), [&entry](const models::JournalEntry &one) {
        return one.number == entry.number && !one.settled;
    });
    return isOpen && write(entry, true);
}

// A line that an ended program has left unfinished is closed first, so that it cannot swallow this one.  Unbuffered: what there was no
// room for must not be tried again when the file is closed.
kube::Result<void> Journal::write(const models::JournalEntry &entry, bool isWritten) const
{
    QFile file(m_file);
    if (!file.open(QIODevice::ReadWrite | QIODevice::Append | QIODevice::Unbuffered))
        return tl::unexpected(unwritable(m_file, file.errorString(), isWritten));
    const qint64 size = file.size();
    QByteArray line = models::toJsonLine(entry).trimmed() + '\n';
    if (size > 0 && file.seek(size - 1) && file.read(1) != "\n")
        line.prepend('\n');
    if (file.write(line) == line.size() && syncToDisk(file))
        return {};
    const QString why = file.errorString();
    file.resize(size);
    return tl::unexpected(unwritable(m_file, why, isWritten));
}

} // namespace app
