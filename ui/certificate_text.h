// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A certificate and its chain in words, as the details, a ticket and a comparison with what is presented show them.
#include "models/analysis/certificates.h"

namespace ui {

QString dateText(const QDateTime &at);                         // "2026-11-27 09:12", in UTC
QString certificateName(const kube::Certificate &certificate); // its subject, else its first name
QString chainText(const QList<kube::Certificate> &chain);      // from the leaf up; "" of none
// That a client would send to the edge to be shown this one; "" nothing that clients see.
QString serverNameFor(const models::CertificateRow &row);

} // namespace ui
