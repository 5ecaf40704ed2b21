// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Findings that somebody has decided to live with, each with a reason: from a file of the user's settings, or a
// comment in a manifest.  A muted finding is set aside and counted, never forgotten; a mute without a reason is
// an error.  Pure.
#include "kube/result.h"
#include "models/resources/finding.h"

#include <QDate>

namespace models {

struct Mute
{
    QString code;
    QString kind, nameSpace, name; // "" or "*": any; "*" at either end of a name stands for anything
    QString reason;
    QDate until;    // the last day; invalid: for ever
    QString source; // "mutes.yaml, entry 2", "shop.yaml:14"
    bool covers(const Finding &finding, const QDate &today) const;
};

// A YAML list of {code, object: "KIND NAMESPACE/NAME", reason, until: YYYY-MM-DD}.
kube::Result<QList<Mute>> parseMutes(const QByteArray &yaml, const QString &fileName);

// The comments `# sallyport:ignore CODE reason` of one YAML document that starts at this line; kind and name
// are left open, for the caller knows the objects.
kube::Result<QList<Mute>> muteComments(const QByteArray &document, const QString &fileName, int firstLine);

struct MutedFinding
{
    Finding finding;
    Mute by;
};
struct SortedFindings
{
    QList<Finding> open; // in the order in which they came
    QList<MutedFinding> muted;
};
SortedFindings setAside(const QList<Finding> &findings, const QList<Mute> &mutes, const QDate &today);

} // namespace models
