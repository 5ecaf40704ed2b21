// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/ca_bundle.h"

#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

void add(QList<CaBundle> &bundles, const CaBundle &about, const edge::Value &bundle)
{
    const QByteArray pem = QByteArray::fromBase64(QByteArray::fromStdString(bundle.text()));
    if (pem.isEmpty())
        return;
    bundles.append(about);
    bundles.last().pem = pem;
}

QString webhookEffect(const QString &name, bool failsClosed)
{
    return failsClosed
        ? u"webhook %1 cannot be called any more: every write that it looks at is refused"_s.arg(name)
        : u"webhook %1 cannot be called any more: what it looks at is written without it"_s.arg(name);
}

// Stored objects are read and written in whichever version is asked for: in all but the stored one by the conversion.
QString conversionEffect(const edge::Value &object)
{
    QString stored;
    QStringList others;
    for (const edge::Value &version : object.at({"spec", "versions"}).items()) {
        if (version["storage"].toBool())
            stored = text(version["name"]);
        else if (version["served"].toBool())
            others.append(text(version["name"]));
    }
    const QString plural = text(object.at({"metadata", "name"}));
    return others.isEmpty()
        ? u"all reads and writes of %1 that are converted fail"_s.arg(plural)
        : u"all reads and writes of %1 in %2 fail, and of objects that are not stored as %3"_s.arg(
            plural, others.join(u", "_s), stored);
}

} // namespace

QList<CaBundle> parseCaBundles(const edge::Value &object)
{
    QList<CaBundle> bundles;
    const ObjectRef ref{text(object["kind"]), {}, text(object.at({"metadata", "name"}))};
    if (ref.kind.endsWith("WebhookConfiguration"_L1)) {
        int number = 0;
        for (const edge::Value &webhook : object["webhooks"].items())
            add(bundles,
                {ref,
                 u"webhooks[%1].clientConfig.caBundle"_s.arg(number++),
                 {},
                 webhookEffect(text(webhook["name"]), webhook["failurePolicy"].text() != "Ignore"),
                 {}},
                webhook.at({"clientConfig", "caBundle"}));
    } else if (ref.kind == "CustomResourceDefinition"_L1) {
        const QString effect = conversionEffect(object);
        add(bundles, {ref, u"spec.conversion.webhook.clientConfig.caBundle"_s, {}, effect, ref.name},
            object.at({"spec", "conversion", "webhook", "clientConfig", "caBundle"}));
        add(bundles,
            {ref, u"spec.conversion.webhookClientConfig.caBundle"_s, {}, effect, ref.name}, // v1beta1
            object.at({"spec", "conversion", "webhookClientConfig", "caBundle"}));
    } else if (ref.kind == "APIService"_L1) {
        add(bundles, {ref, u"spec.caBundle"_s, {}, u"everything of %1 fails"_s.arg(ref.name), {}},
            object.at({"spec", "caBundle"}));
    }
    return bundles;
}

} // namespace models
