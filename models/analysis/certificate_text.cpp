// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/certificate_text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

using kube::Certificate;

namespace {

// "spiffe://cluster.local/ns/shop/sa/orders" → "spiffe://…/sa/orders"; every namespace has an account named default
QString shortIdentity(const QString &uri)
{
    const qsizetype account = uri.indexOf("/sa/"_L1);
    const qsizetype nameSpace = uri.indexOf("/ns/"_L1);
    const bool isCommon = uri.endsWith("/sa/default"_L1) && nameSpace >= 0;
    return account < 0 ? uri : u"spiffe://…"_s + uri.mid(isCommon ? nameSpace : account);
}

} // namespace

QString nameOf(const Certificate &certificate)
{
    const QStringList parts = certificate.subject.split(u", "_s);
    for (const QString &part : parts) {
        if (part.startsWith("CN="_L1))
            return part.mid(3);
    }
    return certificate.subject;
}

QString subjectOf(const Certificate &certificate)
{
    QStringList names = certificate.dnsNames + certificate.ipAddresses;
    if (!certificate.uriNames.isEmpty() && names.isEmpty())
        return shortIdentity(certificate.uriNames.first());
    const QString common = nameOf(certificate);
    if (names.isEmpty())
        return common.isEmpty() ? u"serial "_s + certificate.serial : common;
    const QString first = names.contains(common) ? common : names.first();
    return names.size() == 1 ? first : u"%1 +%2"_s.arg(first).arg(names.size() - 1);
}

void setTimes(CertificateRow &row)
{
    const Certificate *last = &row.chain.first();
    row.notBefore = last->notBefore;
    for (const Certificate &certificate : row.chain) {
        row.notBefore = std::max(row.notBefore, certificate.notBefore);
        if (certificate.notAfter < last->notAfter)
            last = &certificate;
    }
    row.notAfter = last->notAfter;
    if (last == &row.chain.first())
        return;
    row.endsFirst = nameOf(*last);
    // An issuer that was renewed late and ends early would make a life of days of a certificate of months, and
    // short lives are judged by another rule: the leaf's start tells its kind.
    row.notBefore = row.chain.first().notBefore;
}

} // namespace models
