// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/unfinished_findings.h"

#include "models/analysis/finding_catalog.h"

using namespace Qt::StringLiterals;

QStringList unfinished(const QList<models::Finding> &findings)
{
    QStringList all;
    for (const models::Finding &finding : findings) {
        const QString lacks = models::findingHelp(finding.code).isEmpty() ? u"help"_s
            : finding.subject.kind.isEmpty()                              ? u"object"_s
            : finding.message.trimmed().isEmpty()                         ? u"words"_s
            : finding.remedy.trimmed().isEmpty()                          ? u"remedy"_s
                                                                          : QString();
        if (!lacks.isEmpty())
            all.append(
                u"%1 %2 has no %3: %4"_s.arg(finding.code, finding.subject.text(), lacks, finding.message));
    }
    return all;
}
