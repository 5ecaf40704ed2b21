// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Istio's own Gateway (networking.istio.io), as far as certificates go: which Secrets it presents and trusts, and for which
// hosts.  Kubernetes' Gateway API has a kind of the same name (gateway_routes.h).  Pure; what is missing stays empty.
#include "models/resources/workload.h"

namespace models {

struct IstioGateway
{
    struct Server
    {
        QStringList hosts;
        QString credential; // name of the Secret, "" none
        bool isMutual =
            false; // clients are asked for a certificate: NAME-cacert is what they are held against
    };
    QString nameSpace, name;
    Labels selector; // of the proxies; their namespace is where the Secrets are looked for
    QList<Server> servers;
};
IstioGateway parseIstioGateway(const edge::Value &object);

} // namespace models
