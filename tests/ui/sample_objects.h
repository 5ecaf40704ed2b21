// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The Kubernetes objects, certificates and journal of SampleWorld.
#include "models/analysis/certificates.h"
#include "models/analysis/change_set.h"

QByteArray sampleYaml();
QList<models::CertificateRow> sampleCertificates(const QDateTime &now);
models::Change strictChange();
QList<models::JournalEntry> sampleEntries(const QDateTime &now);
