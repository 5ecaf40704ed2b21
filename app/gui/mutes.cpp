// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/mutes.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

using namespace Qt::StringLiterals;

namespace app::gui {

Mutes::Mutes(QString file)
    : m_file(std::move(file))
{
    QFile stored(m_file);
    if (!stored.open(QIODevice::ReadOnly))
        return;
    const QJsonObject object = QJsonDocument::fromJson(stored.readAll()).object();
    for (auto each = object.begin(); each != object.end(); ++each) {
        if (const QString reason = each.value().toString(); !reason.isEmpty())
            m_reasons.insert(each.key(), reason);
    }
}

kube::Result<void> Mutes::set(const QStringList &keys, const QString &reason)
{
    for (const QString &key : keys) {
        if (reason.isEmpty())
            m_reasons.remove(key);
        else
            m_reasons.insert(key, reason);
    }
    QJsonObject object;
    for (auto each = m_reasons.begin(); each != m_reasons.end(); ++each)
        object.insert(each.key(), each.value());
    QDir().mkpath(QFileInfo(m_file).path());
    QSaveFile out(m_file);
    const QByteArray bytes = QJsonDocument(object).toJson();
    const bool written = out.open(QIODevice::WriteOnly)
        && out.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && out.write(bytes) == bytes.size()
        && out.commit();
    if (written)
        return {};
    return kube::failure(kube::Error::Kind::Config,
                         u"%1 cannot be written: %2; what was muted comes back with the next start"_s.arg(
                             m_file, out.errorString()));
}

} // namespace app::gui
