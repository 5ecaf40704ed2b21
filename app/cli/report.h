// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One answer of check, preflight, certs or posture for other programs and for people who were not there: JUnit,
// SARIF 2.1.0, Markdown, a HTML page without any outside part, Prometheus' text format.  Pure; every text is
// escaped for its format.
#include "app/cli/output.h"

#include <QDateTime>

namespace app::cli {

struct Report
{
    struct Case // one thing that was looked at
    {
        QString id, title;
        QStringList failures; // empty: passed, unless `skipped` says why nobody knows
        QString skipped;
        QStringList notes; // what is worth saying without being a failure
    };
    struct Entry
    {
        models::Finding finding;
        QString level;              // in the command's own words: "error", "BLOCKER"
        QString muted;              // the reason, "" it is open
        bool isMutedInFile = false; // by a comment beside the object
        QString file;               // manifest that the object is from, "" a cluster's
        int line = 0;
        QString verify;
        QString part =
            {}; // of several things that the object decides, this one: "shop/cart:8080"; "" it itself
    };
    struct Metric
    {
        QString name, help;
        QList<QPair<QString, QString>> labels;
        double value = 0;
    };
    QString command;                                    // "check"
    QString title, subject;                             // "Check", "context demo"
    QString verdict, reason;                            // "" where there is none
    models::Severity severity = models::Severity::Good; // of the whole
    QDateTime at;
    QList<Case> cases;
    QList<Entry> entries;
    QStringList notChecked;
    bool isWhole = true;   // all that was to be looked at could be read
    Table table;           // what the command prints, where that is no list of findings
    QList<Metric> metrics; // those of one name together
};

// "it is not there. To do: create it": a sentence of any end before what to do; without that the sentence as it is.
QString withRemedy(const QString &said, const QString &remedy);

QByteArray toJunit(const Report &report);
QByteArray toSarif(const Report &report);
QByteArray toMarkdown(const Report &report);
QByteArray toHtml(const Report &report);
QByteArray toPrometheus(const Report &report);

// In the format that -o asks for (one of these), and into the file of --report; a file that cannot be written is
// the message that comes back.
void print(const Output &output, const Report &report);
QString writeReportFile(const Report &report, const QString &path);

} // namespace app::cli
