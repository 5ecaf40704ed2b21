// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manifest_notes.h"

using namespace Qt::StringLiterals;

namespace app {

void leaveOut(ManifestSet &set, const ManifestOrigin &origin, const QString &why)
{
    set.problems.append(why);
    const QString place = origin.document > 0 ? origin.text() : origin.file;
    const models::ObjectRef manifest{u"Manifest"_s, {}, place};
    set.origins.insert(manifest.text(), origin);
    QString message = why.startsWith(place) ? why.mid(place.size()) : why;
    while (message.startsWith(u',') || message.startsWith(u':') || message.startsWith(u' '))
        message.remove(0, 1);
    set.findings.append({u"RT-013"_s,
                         models::Severity::Error,
                         manifest,
                         {},
                         message,
                         {},
                         u"correct it there; the other manifests were checked without it"_s});
}

void noteStrange(ManifestSet &set, const ManifestOrigin &origin, const models::ObjectRef &object,
                 const QString &path, const QString &why)
{
    set.findings.append({u"RT-014"_s,
                         models::Severity::Warning,
                         object,
                         path,
                         why,
                         {},
                         u"correct it, or keep what is no manifest out of this place"_s});
    if (!set.origins.contains(object.text()))
        set.origins.insert(object.text(), origin);
    if (object.kind == "Manifest"_L1)
        set.setPlace(set.findings.last(), origin);
}

void noteLostMute(ManifestSet &set, const ManifestOrigin &origin, const QString &why)
{
    const QString sentence = why + u"; it mutes nothing"_s;
    set.notes.append(sentence);
    const models::ObjectRef manifest{u"Manifest"_s, {}, origin.text()};
    ManifestOrigin comment = origin;
    qsizetype place = 0;
    if (why.startsWith(origin.file)) {
        place = why.indexOf(u": "_s, origin.file.size()) + 2;
        comment.line = why.mid(origin.file.size() + 1).section(u':', 0, 0).toInt();
    }
    if (!set.origins.contains(manifest.text()))
        set.origins.insert(manifest.text(), comment);
    set.findings.append({u"RT-023"_s,
                         models::Severity::Warning,
                         manifest,
                         {},
                         sentence.mid(place),
                         {},
                         u"write # sallyport:ignore CODE reason, or take the comment out"_s});
    set.setPlace(set.findings.last(), comment);
}

} // namespace app
