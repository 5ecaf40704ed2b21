// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Who depends on a Secret with certificates, at one edge: hosts whose TLS it ends, contexts, Mappings that go
// out with it.
#include "models/analysis/edge_view.h"

#include <QSet>

namespace models {

struct CertificateUsers
{
    QStringList hosts; // "Host api" or the hostnames of a TLSContext
    QList<ObjectRef> hostObjects;
    QStringList hostNames; // that clients ask for
    QSet<QString> served;  // Mappings that clients reach by it, "namespace/name"
    QStringList contexts;
    QStringList mappings;            // that present it upstream
    QStringList trusting;            // contexts that verify peers by it
    QString text() const;            // "Host api, 2 contexts", "37 Mappings"
    QStringList blastRadius() const; // what fails when it ends, one sentence each
    QList<ObjectRef> hit() const;    // Hosts, then Mappings that fail then; by name
};
// By "namespace/name" of the Secret.
QHash<QString, CertificateUsers> certificateUsers(const EdgeView &view);

} // namespace models
