// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/exec_permissions.h"

#include <QCryptographicHash>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

QString keyOf(const kube::ExecPlugin &plugin, const QString &kubeconfig)
{
    QJsonArray variables;
    for (const auto &[name, value] : plugin.environment)
        variables.append(QJsonArray{name, value});
    const QJsonArray all{QFileInfo(kubeconfig).absoluteFilePath(), plugin.command,
                         QJsonArray::fromStringList(plugin.arguments), variables};
    const QByteArray text = QJsonDocument(all).toJson(QJsonDocument::Compact);
    return QString::fromLatin1(QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex());
}

} // namespace

ExecPermissions::ExecPermissions(QString file)
    : m_kept(std::move(file), u"you will be asked about it again"_s)
{
}

QString ExecPermissions::usualFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation)
        + u"/sallyport/exec-commands.json"_s;
}

bool ExecPermissions::isAllowed(const kube::ExecPlugin &plugin, const QString &kubeconfig) const
{
    return m_kept.all().contains(keyOf(plugin, kubeconfig));
}

kube::Result<void> ExecPermissions::allow(const kube::ExecPlugin &plugin, const QString &kubeconfig)
{
    return m_kept.set({keyOf(plugin, kubeconfig)}, plugin.command);
}

} // namespace app::gui
