// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/authority_certificates.h"

#include "models/analysis/certificate_text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

constexpr qsizetype Listed = 20; // more are counted

QString renewalOf(const QList<const CaBundle *> &bundles)
{
    for (const CaBundle *bundle : bundles) {
        if (bundle->resource.endsWith(".getambassador.io"_L1))
            return u"emissary-apiext: restart it, before 3.10 without its old Secret"_s;
    }
    return u"who serves what is called"_s;
}

CertificateRow rowOf(const QByteArray &pem, const QList<const CaBundle *> &bundles)
{
    const CaBundle &first = *bundles.constFirst();
    CertificateRow row;
    row.key = u"caBundle/%1/%2"_s.arg(first.object.text(), first.path);
    row.storedAt = first.object;
    row.dataKey = first.path;
    row.storedIn = first.object.text() + u", caBundle"_s;
    if (bundles.size() > 1)
        row.storedIn += u" and of %1 more"_s.arg(bundles.size() - 1);
    row.subject = u"caBundle of "_s + first.object.name;
    row.usedBy = u"the API server"_s;
    row.renewal = renewalOf(bundles);
    for (const CaBundle *bundle : bundles.mid(0, Listed))
        row.blastRadius.append(bundle->effect);
    row.blastRadius.removeDuplicates();
    if (bundles.size() > Listed)
        row.blastRadius.append(u"and the same of %1 more"_s.arg(bundles.size() - Listed));
    const auto chain = kube::readPem(pem);
    if (!chain || chain->isEmpty()) {
        row.checks =
            u"cannot be read: "_s + (chain ? u"it holds no PEM certificate"_s : chain.error().message);
        row.checksSeverity = Severity::Error;
        row.faultCode = u"CERT-004"_s;
        return row;
    }
    row.chain = *chain;
    row.subject = subjectOf(row.chain.first());
    row.checks = u"readable"_s;
    row.checksSeverity = Severity::Good;
    setTimes(row);
    return row;
}

QString dueText(const IssuedCertificate &issued)
{
    return issued.renewalTime.isValid()
        ? u"cert-manager, next on "_s + issued.renewalTime.toUTC().toString(Qt::ISODate)
        : u"cert-manager"_s;
}

void tell(CertificateRow &row, const IssuedCertificate &issued)
{
    row.renewal = dueText(issued);
    row.renewalDue = issued.renewalTime;
    row.isIssuing = issued.isIssuing;
    row.renewalProblem = issued.notReady;
}

} // namespace

void addCaBundles(QList<CertificateRow> &rows, const Snapshot &snapshot)
{
    QList<QByteArray> order; // of the first that has it
    QHash<QByteArray, QList<const CaBundle *>> byText;
    for (const CaBundle &bundle : snapshot.caBundles) {
        const QByteArray pem = bundle.pem.trimmed();
        if (pem.isEmpty()) // a placeholder, until somebody fills it
            continue;
        if (!byText.contains(pem))
            order.append(pem);
        byText[pem].append(&bundle);
    }
    for (const QByteArray &pem : order)
        rows.append(rowOf(pem, byText.value(pem)));
}

void addOwn(QList<CertificateRow> &rows, const Snapshot &snapshot)
{
    for (const OwnCertificate &own : snapshot.ownCertificates) {
        const bool isUser = own.use == OwnCertificate::Use::User;
        CertificateRow row;
        row.storedAt = {u"Kubeconfig"_s, {}, own.context};
        row.dataKey = isUser ? u"users[%1].user.client-certificate"_s.arg(own.name)
                             : u"clusters[%1].cluster.certificate-authority"_s.arg(own.name);
        row.key = u"kubeconfig/"_s + row.dataKey;
        row.storedIn = own.file.isEmpty() ? u"kubeconfig"_s : own.file;
        row.chain = own.chain;
        row.subject = subjectOf(row.chain.first());
        row.usedBy = isUser ? u"this machine's user %1"_s.arg(own.name)
                            : u"this machine, for cluster %1"_s.arg(own.name);
        row.renewal =
            isUser ? u"by hand, or by who made the kubeconfig"_s : u"the cluster's administrators"_s;
        row.blastRadius = {
            isUser ? u"kubectl and this console can no longer sign in as %1"_s.arg(own.name)
                   : u"kubectl and this console no longer trust the API server of %1"_s.arg(own.name)};
        row.checks = u"readable"_s;
        row.checksSeverity = Severity::Good;
        setTimes(row);
        rows.append(row);
    }
}

void addIssued(QList<CertificateRow> &rows, const Snapshot &snapshot)
{
    for (const IssuedCertificate &issued : snapshot.issuedCertificates) {
        const ObjectRef secret{u"Secret"_s, issued.nameSpace, issued.secret};
        bool isThere = false;
        for (CertificateRow &row : rows) {
            if (row.storedAt != secret || row.dataKey != "tls.crt"_L1)
                continue;
            tell(row, issued);
            isThere = true;
        }
        if (isThere || issued.secret.isEmpty() || !issued.notAfter.isValid())
            continue;
        CertificateRow row;
        row.key = u"Certificate/%1/%2"_s.arg(issued.nameSpace, issued.name);
        row.storedAt = {u"Certificate"_s, issued.nameSpace, issued.name};
        row.dataKey = u"status.notAfter"_s;
        row.subject = issued.name;
        row.storedIn = u"%1/%2, by its Certificate"_s.arg(issued.nameSpace, issued.secret);
        row.checks = u"not looked at: the Secret was not read, or is not there"_s;
        row.notBefore = issued.notBefore;
        row.notAfter = issued.notAfter;
        tell(row, issued);
        rows.append(row);
    }
}

} // namespace models
