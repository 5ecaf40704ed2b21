// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// cert-manager's Certificate: which Secret it fills, until when that lives, when the next one is due (facts mesh-security.md §3.4.3).
#include "edge/value.h"

#include <QDateTime>
#include <QString>

namespace models {

struct IssuedCertificate
{
    QString nameSpace, name, secret;            // secret: in its own namespace
    QDateTime notBefore, notAfter, renewalTime; // as its status says; invalid: it says nothing
    bool isIssuing = false;                     // condition Issuing is True
    QString notReady;                           // why, as condition Ready says; "" it is, or that is not said
};
IssuedCertificate parseIssuedCertificate(const edge::Value &object);

} // namespace models
