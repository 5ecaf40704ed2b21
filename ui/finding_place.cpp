// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/finding_place.h"

#include "models/items/rows.h"

using namespace Qt::StringLiterals;

namespace ui {

namespace {

// By its code's family: a Mapping's mutual TLS is seen in Routing, a policy's in Mesh security.
QString pageOf(const models::Finding &finding)
{
    if (finding.code.startsWith(u"TLS"_s) || finding.code.startsWith(u"CERT"_s))
        return finding.subject.kind == u"Mapping"_s ? u"routing"_s : u"certificates"_s;
    if (finding.code.startsWith(u"MT"_s))
        return finding.subject.kind == u"Mapping"_s ? u"routing"_s : u"mesh"_s;
    return finding.code.startsWith(u"GD"_s) ? u"guide"_s : u"routing"_s;
}

} // namespace

FindingPlace placeOf(const models::Finding &finding)
{
    const models::ObjectRef &subject = finding.subject;
    if (finding.code.startsWith(u"GD"_s))
        return {u"guide"_s, finding.code == u"GD-001"_s ? u"istio-certs"_s : QString()};
    return {pageOf(finding),
            subject.nameSpace.isEmpty() ? subject.name : subject.nameSpace + u'/' + subject.name};
}

FindingPlace placeOfObject(const QString &words)
{
    const QString kind = words.section(u' ', 0, 0), name = words.section(u' ', 1, 1);
    if (!name.contains(u'/'))
        return {};
    for (const QString &routed : {u"Mapping"_s, u"Host"_s, u"Listener"_s, u"TCPMapping"_s}) {
        if (kind == routed)
            return {u"routing"_s, name};
    }
    if (kind == "Secret"_L1)
        return {u"certificates"_s, name};
    return kind == "PeerAuthentication"_L1 ? FindingPlace{u"mesh"_s, name} : FindingPlace();
}

QString certificateKey(const models::TableModel<models::CertificateRow> &certificates, const QString &target,
                       const QDateTime &now)
{
    if (certificates.find(target))
        return target;
    const models::CertificateRow *found = nullptr;
    for (int i = 0; i < certificates.rowCount(); ++i) {
        const models::CertificateRow &row = certificates.row(i);
        const models::ObjectRef &place = row.storedAt;
        const bool isThere = !place.name.isEmpty()
            && target
                == (place.nameSpace.isEmpty() ? place.name : QString(place.nameSpace + u'/' + place.name));
        if (isThere && (!found || models::urgencyOf(row, now) > models::urgencyOf(*found, now)))
            found = &row;
    }
    return found ? found->key : target;
}

} // namespace ui
