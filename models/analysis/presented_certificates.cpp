// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/presented_certificates.h"

#include "models/analysis/certificate_text.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using kube::Certificate;

constexpr qsizetype NamesAsked = 20;

QString askedFor(const QString &hostName)
{
    if (hostName.startsWith("*."_L1))
        return u"www"_s + hostName.mid(1);
    return hostName.contains(u'*') ? QString() : hostName.section(u':', 0, 0);
}

const Certificate &leafOf(const CertificateRow &row) { return row.chain.first(); }

// A name of another machine's point of view: what only the cluster knows is asked for by nobody here.
QString ownName(const Certificate &certificate)
{
    for (const QString &name : certificate.dnsNames) {
        if (name.contains(u'.') && !name.endsWith(".local"_L1) && !askedFor(name).isEmpty())
            return askedFor(name);
    }
    return {};
}

// What clients ask for to be shown this row's certificate; empty: the edge shows it to nobody.
QStringList namesFor(const CertificateRow &row, const ServedNames &names,
                     const QHash<QString, CertificateUsers> &users)
{
    if (row.storedAt.kind != "Secret"_L1 || row.dataKey != "tls.crt"_L1 || row.chain.isEmpty())
        return {};
    const auto own = users.constFind(row.storedAt.nameSpace + u'/' + row.storedAt.name);
    if (own == users.constEnd() || own->hostNames.isEmpty())
        return {};
    const QStringList served = names.of(*own);
    const QString any = served.isEmpty() ? ownName(leafOf(row)) : QString();
    return any.isEmpty() ? served : QStringList{any};
}

// Which row's certificate the edge is to present for a name that clients ask for: the first of those that serve it.
QHash<QString, qsizetype> rowsByName(const QList<CertificateRow> &rows, const ServedNames &names,
                                     const QHash<QString, CertificateUsers> &users)
{
    QHash<QString, qsizetype> byName;
    for (qsizetype i = rows.size() - 1; i >= 0; --i) {
        for (const QString &name : namesFor(rows[i], names, users))
            byName.insert(name, i);
    }
    return byName;
}

QString shortText(const Certificate &certificate)
{
    return u"%1, serial %2, which ends %3"_s.arg(subjectOf(certificate), certificate.serial,
                                                 certificate.notAfter.toUTC().toString(Qt::ISODate));
}

void compare(CertificateRow &row, const PresentedCertificate &one)
{
    row.presented = u"%1 for %2"_s.arg(one.where, one.serverName);
    if (!one.error.isEmpty()) {
        row.presented = u"not seen: "_s + one.error;
        return;
    }
    const Certificate &leaf = one.chain.first();
    if (leaf.fingerprint == leafOf(row).fingerprint) {
        row.presented = u"the stored one, by "_s + row.presented;
        if (row.checksSeverity == Severity::Good && !row.checks.contains("presented = stored"_L1))
            row.checks += u"; presented = stored"_s;
        return;
    }
    row.presented = u"another one, by "_s + row.presented;
    if (row.checksSeverity != Severity::Good)
        return; // what is wrong with the stored one says why
    row.checks = u"%1 presents another one for %2: %3"_s.arg(one.where, one.serverName, shortText(leaf));
    row.checksSeverity = Severity::Warning;
    row.faultCode = u"CERT-013"_s;
}

CertificateRow rowOf(const PresentedCertificate &one)
{
    CertificateRow row;
    row.key = u"presented/%1/%2"_s.arg(one.where, one.serverName);
    row.chain = one.chain;
    row.subject = subjectOf(one.chain.first());
    row.storedIn = u"presented by %1 for %2"_s.arg(one.where, one.serverName);
    row.usedBy = u"clients of "_s + one.serverName;
    row.blastRadius = {u"clients that ask for %1 refuse it"_s.arg(one.serverName)};
    row.renewal = u"unknown: it is stored in no Secret that was read"_s;
    row.presented = u"by "_s + one.where;
    row.checks = u"seen %1"_s.arg(one.seenAt.toUTC().toString(Qt::ISODate));
    row.checksSeverity = Severity::Good;
    setTimes(row);
    return row;
}

} // namespace

ServedNames::ServedNames(const Snapshot &snapshot)
{
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        if (object["kind"].text() == "Host")
            m_hostNames.insert(text(object.at({"metadata", "namespace"})) + u'/'
                                   + text(object.at({"metadata", "name"})),
                               text(object.at({"spec", "hostname"})));
    }
}

QStringList ServedNames::of(const CertificateUsers &users) const
{
    QStringList names;
    const auto add = [&names](const QString &hostName) {
        if (const QString name = askedFor(hostName); !name.isEmpty())
            names.append(name);
    };
    for (const ObjectRef &host : users.hostObjects)
        add(m_hostNames.value(host.nameSpace + u'/' + host.name));
    for (const QString &hostName : users.hostNames)
        add(hostName);
    names.removeDuplicates();
    return names;
}

QStringList serverNamesToAsk(const QList<CertificateRow> &rows, const Snapshot &snapshot,
                             const EdgeView &view)
{
    const ServedNames served(snapshot);
    const QHash<QString, CertificateUsers> users = certificateUsers(view);
    QStringList names;
    for (const CertificateRow &row : rows)
        names += namesFor(row, served, users);
    names.sort();
    names.removeDuplicates();
    return names.mid(0, NamesAsked);
}

void addPresented(QList<CertificateRow> &rows, const QList<PresentedCertificate> &presented,
                  const ServedNames &names, const QHash<QString, CertificateUsers> &users)
{
    if (presented.isEmpty())
        return;
    const QHash<QString, qsizetype> expected = rowsByName(rows, names, users);
    for (const PresentedCertificate &one : presented) {
        if (const auto at = expected.constFind(one.serverName); at != expected.constEnd())
            compare(rows[*at], one);
        if (one.chain.isEmpty())
            continue;
        const QString &leaf = one.chain.first().fingerprint;
        const auto known = std::find_if(rows.begin(), rows.end(), [&](const CertificateRow &row) {
            return !row.chain.isEmpty() && leafOf(row).fingerprint == leaf;
        });
        if (known == rows.end())
            rows.append(rowOf(one));
        else if (known->presented.isEmpty())
            known->presented = u"by %1 for %2"_s.arg(one.where, one.serverName);
    }
}

} // namespace models
