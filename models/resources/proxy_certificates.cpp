// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/proxy_certificates.h"

#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// kube::Certificate's form, whole bytes in lower case, whatever digits the proxy's library leaves out.
QString serialOf(const edge::Value &entry)
{
    const QString serial = text(entry["serial_number"]).toLower();
    return serial.size() % 2 == 1 ? u'0' + serial : serial;
}

void takeNames(kube::Certificate &certificate, const edge::Value &entry)
{
    for (const edge::Value &name : entry["subject_alt_names"].items()) {
        if (!name["uri"].isNull())
            certificate.uriNames.append(text(name["uri"]));
        else if (!name["dns"].isNull())
            certificate.dnsNames.append(text(name["dns"]));
        else if (!name["ip_address"].isNull())
            certificate.ipAddresses.append(text(name["ip_address"]));
    }
}

void takeEntries(QList<LoadedCertificate> &all, const edge::Value &entries, bool isCa)
{
    for (const edge::Value &entry : entries.items()) {
        LoadedCertificate loaded;
        loaded.path = text(entry["path"]);
        loaded.isCa = isCa;
        loaded.certificate.serial = serialOf(entry);
        loaded.certificate.isCa = isCa;
        loaded.certificate.notBefore = QDateTime::fromString(text(entry["valid_from"]), Qt::ISODate);
        loaded.certificate.notAfter = QDateTime::fromString(text(entry["expiration_time"]), Qt::ISODate);
        takeNames(loaded.certificate, entry);
        if (!loaded.certificate.serial.isEmpty())
            all.append(std::move(loaded));
    }
}

} // namespace

kube::Result<QList<LoadedCertificate>> readProxyCertificates(const QByteArray &json)
{
    const auto answer = edge::parseJson(std::string_view(json.constData(), std::size_t(json.size())));
    if (!answer || !answer->find("certificates"))
        return kube::failure(kube::Error::Kind::Protocol,
                             u"the proxy's answer to /certs is not what Envoy answers: "_s
                                 + (answer ? u"it has no list named certificates"_s
                                           : QString::fromStdString(answer.error().message)));
    QList<LoadedCertificate> all;
    for (const edge::Value &group : (*answer)["certificates"].items()) {
        takeEntries(all, group["cert_chain"], false);
        takeEntries(all, group["ca_cert"], true);
    }
    return all;
}

QString secretOfFile(const QString &path)
{
    const QStringList parts = path.split(u'/');
    const qsizetype folder = parts.indexOf("secrets-decoded"_L1);
    return folder >= 0 && folder + 2 < parts.size() ? parts[folder + 1] : QString();
}

bool isIstioCertificate(const LoadedCertificate &loaded)
{
    if (loaded.isCa)
        return false;
    const QString secret = secretOfFile(loaded.path);
    if (!secret.isEmpty())
        return secret.section(u'.', 0, 0) == "istio-certs"_L1;
    if (loaded.path.split(u'/').contains("istio-certs"_L1))
        return true;
    const QStringList &names = loaded.certificate.uriNames;
    return std::any_of(names.begin(), names.end(),
                       [](const QString &name) { return name.startsWith("spiffe://"_L1); });
}

} // namespace models
