// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a connection's kubeconfig holds of certificates.  Pure; keys are not looked at.
#include "kube/kubeconfig.h"
#include "models/resources/own_certificate.h"

namespace app {

// Those that can be read; a plug-in's are its own affair.
QList<models::OwnCertificate> ownCertificates(const kube::Connection &connection);

} // namespace app
