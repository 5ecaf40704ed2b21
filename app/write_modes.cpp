// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/write_modes.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr std::pair<kube::WriteMode, const char *> Words[]{{kube::WriteMode::Normal, "normal"},
                                                           {kube::WriteMode::Confirm, "confirm"},
                                                           {kube::WriteMode::ReadOnly, "read-only"}};

QString keyOf(const kube::Connection &connection)
{
    return u"%1 at %2"_s.arg(connection.context, connection.server.toString());
}

} // namespace

WriteModes::WriteModes(QString file)
    : m_file(std::move(file))
{
}

QString WriteModes::usualFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation)
        + u"/sallyport/write-modes.json"_s;
}

kube::Result<QHash<QString, QString>> WriteModes::all() const
{
    QHash<QString, QString> all;
    QFile file(m_file);
    if (!file.exists())
        return all;
    const bool isRead = file.open(QIODevice::ReadOnly);
    const QJsonDocument document = QJsonDocument::fromJson(file.readAll());
    if (!isRead || !document.isObject())
        return kube::failure(
            kube::Error::Kind::Config,
            u"%1 cannot be read (%2), so no context is written to: what was chosen for it is not known; mend the file or remove it"_s
                .arg(m_file, isRead ? u"it is no JSON object"_s : file.errorString()));
    const QJsonObject object = document.object();
    for (auto each = object.begin(); each != object.end(); ++each)
        all.insert(each.key(), each.value().toString());
    return all;
}

kube::Result<void> WriteModes::applyTo(kube::Connection &connection) const
{
    const auto modes = all();
    if (!modes) {
        connection.mode = kube::WriteMode::ReadOnly;
        return tl::unexpected(modes.error());
    }
    const auto chosen = modes->constFind(keyOf(connection));
    if (chosen == modes->constEnd())
        return {};
    for (const auto &[mode, word] : Words) {
        if (*chosen == QLatin1String(word)) {
            connection.mode = mode;
            return {};
        }
    }
    connection.mode = kube::WriteMode::ReadOnly;
    return kube::failure(
        kube::Error::Kind::Config,
        u"%1: “%2” is no mode, so context %3 is not written to; the modes are normal, confirm and read-only"_s
            .arg(m_file, *chosen, connection.context));
}

kube::Result<void> WriteModes::choose(const kube::Connection &connection, kube::WriteMode mode) const
{
    const auto modes = all();
    if (!modes)
        return tl::unexpected(modes.error());
    QJsonObject object;
    for (auto each = modes->begin(); each != modes->end(); ++each)
        object.insert(each.key(), each.value());
    for (const auto &[each, word] : Words) {
        if (each == mode)
            object.insert(keyOf(connection), QLatin1String(word));
    }
    QDir().mkpath(QFileInfo(m_file).path());
    QSaveFile out(m_file);
    const QByteArray bytes = QJsonDocument(object).toJson();
    if (out.open(QIODevice::WriteOnly) && out.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        && out.write(bytes) == bytes.size() && out.flush() && out.commit())
        return {};
    return kube::failure(kube::Error::Kind::Config,
                         u"%1 cannot be written: %2; context %3 keeps its mode"_s.arg(
                             m_file, out.errorString(), connection.context));
}

} // namespace app
