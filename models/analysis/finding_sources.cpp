// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/finding_sources.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

struct Source
{
    const char *codes;
    const char *plurals; // each of which is needed; "modes": the kinds of this mesh that decide them
};

const Source sources[] = {
    {"RT-006 RT-007", "services"},
    {"RT-008 RT-009 MT-019 GD-008", "pods services"},
    {"TLS-002 TLS-005 CERT-001 CERT-002 CERT-003 CERT-004 CERT-005 CERT-007 CERT-008 CERT-009 CERT-010 CERT-013 CERT-014 CERT-015",
     "secrets"},
    {"CERT-006", "configmaps"},
    {"MT-001 MT-002 MT-003 MT-004 MT-005 MT-016", "pods services modes"},
    {"MT-010 MT-011", "modes"},
    {"MT-012 MT-013 MT-015 MT-018 MT-021 MT-022 MT-023", "pods modes"},
    {"MT-014", "destinationrules pods services modes"},
    {"MT-017", "pods services modes mutatingwebhookconfigurations validatingwebhookconfigurations"},
    {"MT-026", "authorizationpolicies pods"},
    {"MT-029 GD-010", "pods"},
    {"GD-011", "deployments"},
    {"OBS-002", "pods deployments"},
    {"OBS-005", "deployments services"},
};

QString whyUnread(const Snapshot &snapshot, const QString &plural)
{
    if (plural == "modes"_L1)
        return snapshot.whyModesUnknown();
    return snapshot.isAbsent(plural) ? QString() : snapshot.whyUnknown(plural);
}

} // namespace

QHash<QString, QString> unjudgedCodes(const Snapshot &snapshot)
{
    QHash<QString, QString> why;
    for (const Source &source : sources) {
        QStringList unread;
        for (const QString &plural : QString::fromLatin1(source.plurals).split(u' ')) {
            if (const QString one = whyUnread(snapshot, plural); !one.isEmpty())
                unread.append(one);
        }
        for (const QString &code : QString::fromLatin1(source.codes).split(u' ')) {
            if (!unread.isEmpty())
                why.insert(code, unread.join(u"; "_s));
        }
    }
    return why;
}

} // namespace models
