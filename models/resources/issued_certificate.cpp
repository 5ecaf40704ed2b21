// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/issued_certificate.h"

#include "models/resources/text.h"

namespace models {

IssuedCertificate parseIssuedCertificate(const edge::Value &object)
{
    const edge::Value &status = object["status"];
    const auto time = [&](const char *key) { return QDateTime::fromString(text(status[key]), Qt::ISODate); };
    IssuedCertificate certificate;
    certificate.nameSpace = text(object.at({"metadata", "namespace"}));
    certificate.name = text(object.at({"metadata", "name"}));
    certificate.secret = text(object.at({"spec", "secretName"}));
    certificate.notBefore = time("notBefore");
    certificate.notAfter = time("notAfter");
    certificate.renewalTime = time("renewalTime");
    for (const edge::Value &condition : status["conditions"].items()) {
        const bool isTrue = condition["status"].text() == "True";
        if (condition["type"].text() == "Issuing")
            certificate.isIssuing = isTrue;
        else if (condition["type"].text() == "Ready" && !isTrue)
            certificate.notReady = text(condition["message"]);
    }
    return certificate;
}

} // namespace models
