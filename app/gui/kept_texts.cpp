// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/kept_texts.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

using namespace Qt::StringLiterals;

namespace app::gui {

KeptTexts::KeptTexts(QString file, QString otherwise)
    : m_file(std::move(file))
    , m_otherwise(std::move(otherwise))
{
    QFile stored(m_file);
    if (!stored.open(QIODevice::ReadOnly))
        return;
    const QJsonObject object = QJsonDocument::fromJson(stored.readAll()).object();
    for (auto each = object.begin(); each != object.end(); ++each) {
        if (const QString text = each.value().toString(); !text.isEmpty())
            m_texts.insert(each.key(), text);
    }
}

kube::Result<void> KeptTexts::set(const QStringList &keys, const QString &text)
{
    for (const QString &key : keys) {
        if (text.isEmpty())
            m_texts.remove(key);
        else
            m_texts.insert(key, text);
    }
    QJsonObject object;
    for (auto each = m_texts.begin(); each != m_texts.end(); ++each)
        object.insert(each.key(), each.value());
    QDir().mkpath(QFileInfo(m_file).path());
    QSaveFile out(m_file);
    const QByteArray bytes = QJsonDocument(object).toJson();
    const bool written = out.open(QIODevice::WriteOnly)
        && out.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && out.write(bytes) == bytes.size()
        && out.flush() && out.commit();
    if (written)
        return {};
    return kube::failure(
        kube::Error::Kind::Config,
        u"%1 cannot be written: %2; %3 with the next start"_s.arg(m_file, out.errorString(), m_otherwise));
}

} // namespace app::gui
