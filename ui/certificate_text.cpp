// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/certificate_text.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(CertificateText)
};

} // namespace

QString dateText(const QDateTime &at) { return at.toUTC().toString(u"yyyy-MM-dd HH:mm"); }

QString certificateName(const kube::Certificate &certificate)
{
    if (!certificate.subject.isEmpty())
        return certificate.subject;
    if (!certificate.uriNames.isEmpty())
        return certificate.uriNames.first();
    return certificate.dnsNames.isEmpty() ? Words::tr("(no name)") : certificate.dnsNames.first();
}

QString chainText(const QList<kube::Certificate> &chain)
{
    QStringList lines;
    for (qsizetype i = 0; i < chain.size(); ++i) {
        const kube::Certificate &certificate = chain[i];
        const QString indent(i * 2, u' ');
        lines.append(u"%1%2"_s.arg(indent, certificateName(certificate)));
        QStringList facts{
            certificate.keyAlgorithm, certificate.signatureAlgorithm,
            u"%1 … %2 UTC"_s.arg(dateText(certificate.notBefore), dateText(certificate.notAfter))};
        facts.removeAll(QString());
        lines.append(u"%1  %2"_s.arg(indent, facts.join(u", "_s)));
        QStringList names = certificate.dnsNames + certificate.uriNames + certificate.ipAddresses;
        names.removeAll(certificateName(certificate));
        if (!names.isEmpty())
            lines.append(u"%1  %2"_s.arg(indent, names.join(u", "_s)));
        lines.append(certificate.issuer.isEmpty() ? Words::tr("%1  serial %2").arg(indent, certificate.serial)
                                                  : Words::tr("%1  issued by %2, serial %3")
                                                        .arg(indent, certificate.issuer, certificate.serial));
    }
    if (chain.isEmpty())
        return {};
    lines.append(
        chain.first().fingerprint.isEmpty() // read from a proxy's /certs, not from the certificate itself
            ? Words::tr("As its proxy tells it: names, serial and dates, no issuer and no fingerprint.")
            : u"SHA-256 %1"_s.arg(chain.first().fingerprint));
    return lines.join(u'\n');
}

// The name that a client would send: the first one of the leaf; of a wildcard, one that it covers.
QString serverNameFor(const models::CertificateRow &row)
{
    if (row.mesh || row.chain.isEmpty())
        return {};
    for (QString name : row.chain.first().dnsNames) {
        if (name.startsWith(u"*."_s))
            name.replace(0, 1, u"www"_s);
        if (name.contains(u'.') && !name.endsWith(u".local"_s))
            return name;
    }
    return {};
}

} // namespace ui
