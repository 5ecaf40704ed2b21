// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where a finding is at home: the page that shows its object, and what that page is asked to go to.
#include "models/analysis/certificates.h"
#include "models/items/table_model.h"
#include "models/resources/finding.h"

namespace ui {

struct FindingPlace
{
    QString page, target;
    bool operator==(const FindingPlace &) const = default;
};
FindingPlace placeOf(const models::Finding &finding);

// The page that shows an object that is named in words, "PeerAuthentication istio-system/default (STRICT)"; no page: none does.
FindingPlace placeOfObject(const QString &words);

// The key of the certificate that a target means: its own, or "namespace/name" of what it is stored in or was read from; of
// several that is the one that is worst off.  The target itself: there is none.
QString certificateKey(const models::TableModel<models::CertificateRow> &certificates, const QString &target,
                       const QDateTime &now);

} // namespace ui
