// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/reveal.h"

#include "app/rights.h"
#include "kube/wipe.h"

#include <QUrl>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

kube::Result<QByteArray> valueIn(const QByteArray &json, const models::ObjectRef &secret,
                                 const QString &dataKey)
{
    const auto object = edge::parseJson({json.constData(), size_t(json.size())});
    if (!object)
        return kube::failure(kube::Error::Kind::Protocol,
                             u"%1: the answer cannot be read"_s.arg(secret.text()));
    const edge::Value *value = (*object)["data"].find(dataKey.toStdString());
    if (!value) {
        QStringList keys;
        for (const auto &[key, ignored] : (*object)["data"].members())
            keys.append(QString::fromStdString(key));
        return kube::failure(kube::Error::Kind::NotFound,
                             u"%1 has no %2; it has %3"_s.arg(secret.text(), dataKey, keys.join(u", "_s)));
    }
    return QByteArray::fromBase64(QByteArray::fromStdString(value->text()));
}

} // namespace

kube::Result<QByteArray> reveal(kube::Client &client, const Journal &journal, const models::ObjectRef &secret,
                                const QString &dataKey, std::stop_token stop)
{
    client.access()
        .forget(); // kept answers are a minute old at most, and the journal would tell of a look that was none
    const QString missing = missingRightsText(client, missingRights(client, {rightToReveal(secret)}, stop));
    if (!missing.isEmpty()) // nothing is looked at, so the journal has nothing to tell
        return kube::failure(kube::Error::Kind::Forbidden, missing);
    const kube::Connection &connection = client.transport().connection();
    models::JournalEntry entry;
    entry.at = QDateTime::currentDateTimeUtc();
    entry.context = connection.context;
    entry.who = connection.user;
    entry.title = u"Reveal %1 of %2"_s.arg(dataKey, secret.text());
    entry.change.type = kube::types::secrets();
    entry.change.nameSpace = secret.nameSpace;
    entry.change.name = secret.name;
    entry.change.body = "{}"; // nothing is changed, and so there is nothing to take back
    const auto begun = journal.begin(entry);
    if (!begun)
        return tl::unexpected(begun.error());
    entry = *begun;
    const QString path = u"/api/v1/namespaces/%1/secrets/%2"_s.arg(
        QString::fromLatin1(QUrl::toPercentEncoding(secret.nameSpace)),
        QString::fromLatin1(QUrl::toPercentEncoding(secret.name)));
    const auto answer = client.rawGet(path, stop).result();
    auto value = answer ? valueIn(answer->body, secret, dataKey)
                        : kube::Result<QByteArray>(tl::unexpected(answer.error()));
    if (answer)
        kube::wipe(answer->body);
    entry.succeeded = value.has_value();
    entry.result = value ? u"shown, %1 bytes"_s.arg(value->size()) : value.error().message;
    entry.settled = true;
    if (const auto kept = journal.settle(entry); !kept)
        return tl::unexpected(kept.error());
    return value;
}

} // namespace app::gui
