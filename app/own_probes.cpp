// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/own_probes.h"

#include "app/journal.h"

#include <QFile>
#include <QSaveFile>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr int KeptSeconds = 900; // longer than logs are read back
constexpr int ClocksDiffer = 5;  // seconds

} // namespace

OwnProbes::OwnProbes(const kube::Connection &connection)
    : m_file(Journal::fileFor(connection) + u".probes"_s)
{
}

QList<OwnProbes::Probe> OwnProbes::known() const
{
    QList<Probe> probes;
    QFile file(m_file);
    if (!file.open(QIODevice::ReadOnly))
        return probes;
    for (const QByteArray &line : file.readAll().split('\n')) {
        const QStringList words = QString::fromUtf8(line).split(u' ');
        if (words.size() == 3)
            probes.append({words[2], QDateTime::fromString(words[0], Qt::ISODateWithMs),
                           QDateTime::fromString(words[1], Qt::ISODateWithMs)});
    }
    return probes;
}

void OwnProbes::note(const QString &nameSpace, const QString &pod, const QDateTime &from,
                     const QDateTime &to) const
{
    QList<Probe> probes = known();
    probes.removeIf([&to](const Probe &one) { return one.to.secsTo(to) > KeptSeconds; });
    probes.append({nameSpace + u'/' + pod, from, to});
    QSaveFile file(m_file);
    if (!file.open(QIODevice::WriteOnly))
        return;
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    for (const Probe &one : probes)
        file.write(u"%1 %2 %3\n"_s
                       .arg(one.from.toUTC().toString(Qt::ISODateWithMs),
                            one.to.toUTC().toString(Qt::ISODateWithMs), one.pod)
                       .toUtf8());
    if (file.flush()) // else what was there stays
        file.commit();
}

bool isOwnProbe(const QList<OwnProbes::Probe> &probes, const QString &nameSpace, const QString &pod,
                const QString &at)
{
    const QDateTime time = QDateTime::fromString(at, Qt::ISODateWithMs);
    return time.isValid() && std::any_of(probes.begin(), probes.end(), [&](const OwnProbes::Probe &one) {
               return one.pod == nameSpace + u'/' + pod && one.from.addSecs(-ClocksDiffer) <= time
                   && time <= one.to.addSecs(ClocksDiffer);
           });
}

} // namespace app
