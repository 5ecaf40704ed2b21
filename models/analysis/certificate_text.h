// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How a certificate is called in a row, and when a row's chain begins and ends.
#include "models/analysis/certificates.h"

namespace models {

QString nameOf(const kube::Certificate &certificate); // its CN, else the whole subject
// CN or first name and how many more, an identity of the mesh shortened, the serial number of what has no name.
QString subjectOf(const kube::Certificate &certificate);
void setTimes(CertificateRow &row); // from row.chain, which must not be empty

} // namespace models
