// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/report.h"

#include "app/cli/rule_help.h"
#include "models/analysis/finding_catalog.h"

#include <QDir>
#include <QFileInfo>
#include <QSaveFile>
#include <QUrl>

#include <cmath>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

// Without what XML 1.0 cannot hold.
QString escaped(const QString &text)
{
    QString clean;
    for (const QChar c : text) {
        if (c.unicode() >= 0x20 || c == u'\n' || c == u'\t')
            clean += c;
    }
    return clean.toHtmlEscaped();
}

QString timeText(const QDateTime &time) { return time.toUTC().toString(Qt::ISODate); }

const char *sarifLevel(models::Severity severity)
{
    switch (severity) {
    case models::Severity::Error: return "error";
    case models::Severity::Warning: return "warning";
    case models::Severity::Info:
    case models::Severity::Unknown: return "note";
    case models::Severity::Good: break;
    }
    return "none";
}

edge::Value textValue(const QString &text) { return edge::Value::object({{"text", value(text)}}); }

edge::Value ruleOf(const Report &report, const QString &id)
{
    QString title = id;
    for (const models::FindingKind &kind : models::findingKinds()) {
        if (kind.code == id)
            title = kind.title;
    }
    for (const Report::Case &one : report.cases) {
        if (one.id == id && title == id && !one.title.isEmpty())
            title = one.title;
    }
    edge::Value rule = edge::Value::object({{"id", value(id)}, {"shortDescription", textValue(title)}});
    const QString help = helpOfRule(id);
    if (!help.isEmpty())
        rule.set("help", edge::Value::object({{"text", value(help)}, {"markdown", value(help)}}));
    return rule;
}

// As viewers compare it with the paths of a repository: without "./", "//" and "..".
QString uriOf(const QString &file)
{
    const QString path = QDir::cleanPath(QDir::fromNativeSeparators(file));
    if (QDir::isAbsolutePath(path))
        return QString::fromUtf8(QUrl::fromLocalFile(path).toEncoded());
    return QString::fromUtf8(QUrl::toPercentEncoding(path, "/"));
}

edge::Value locationOf(const Report::Entry &entry)
{
    const models::ObjectRef &subject = entry.finding.subject;
    edge::Value logical =
        edge::Value::object({{"fullyQualifiedName", value(subject.text())}, {"kind", "resource"}});
    edge::Value location =
        edge::Value::object({{"logicalLocations", edge::Value::array({std::move(logical)})}});
    edge::Value physical = edge::Value::object(
        {{"artifactLocation",
          edge::Value::object({{"uri", value(entry.file.isEmpty() ? u"cluster"_s : uriOf(entry.file))}})}});
    if (entry.line > 0)
        physical.set("region", edge::Value::object({{"startLine", entry.line}}));
    location.set("physicalLocation", std::move(physical));
    return location;
}

edge::Value resultOf(const Report::Entry &entry, int ruleIndex)
{
    const models::Finding &finding = entry.finding;
    const QString message = withRemedy(finding.message, finding.remedy);
    edge::Value result = edge::Value::object(
        {{"ruleId", value(finding.code)},
         {"ruleIndex", ruleIndex},
         {"level", sarifLevel(finding.severity)},
         {"message", textValue(finding.subject.text() + u": "_s + message)},
         {"locations", edge::Value::array({locationOf(entry)})},
         {"partialFingerprints",
          edge::Value::object({{"object/v1",
                                value(finding.code + u' ' + finding.subject.text() + u' ' + finding.path
                                      + (entry.part.isEmpty() ? QString() : u' ' + entry.part))}})}});
    if (!entry.muted.isEmpty())
        result.set(
            "suppressions",
            edge::Value::array({edge::Value::object({{"kind", entry.isMutedInFile ? "inSource" : "external"},
                                                     {"justification", value(entry.muted)}})}));
    return result;
}

// Objects' names and texts are others': what a page would take for markup is none of ours.
QString cell(QString text)
{
    return text.replace(u'\n', u' ').replace(u'|', u"\\|"_s).replace(u'<', u"&lt;"_s);
}

QString markdownTable(const QStringList &header, const QList<QStringList> &rows)
{
    QString text = u"| %1 |\n|%2\n"_s.arg(header.join(u" | "_s), QString(u"---|"_s).repeated(header.size()));
    for (const QStringList &row : rows) {
        QStringList cells;
        for (const QString &one : row)
            cells.append(cell(one));
        text += u"| %1 |\n"_s.arg(cells.join(u" | "_s));
    }
    return text;
}

QString htmlTable(const QStringList &header, const QList<QStringList> &rows, const QStringList &classes)
{
    QString text = u"<table><thead><tr>"_s;
    for (const QString &title : header)
        text += u"<th>%1</th>"_s.arg(escaped(title));
    text += u"</tr></thead><tbody>\n"_s;
    for (qsizetype i = 0; i < rows.size(); ++i) {
        text += u"<tr class=\"%1\">"_s.arg(classes.value(i));
        for (const QString &one : rows[i])
            text += u"<td>%1</td>"_s.arg(escaped(one).replace(u'\n', u"<br>"_s));
        text += u"</tr>\n"_s;
    }
    return text + u"</tbody></table>\n"_s;
}

QList<QStringList> rowsOf(const Table &table)
{
    QList<QStringList> rows;
    for (const QList<Cell> &row : table.rows) {
        QStringList cells;
        for (const Cell &one : row)
            cells.append(one.text);
        rows.append(cells);
    }
    return rows;
}

const QStringList EntryHeader{u"Code"_s, u"Level"_s, u"Object"_s, u"What"_s, u"Evidence"_s, u"What to do"_s};

QStringList entryRow(const Report::Entry &entry)
{
    const models::Finding &finding = entry.finding;
    const QString where = entry.file.isEmpty() ? QString() : u" (%1:%2)"_s.arg(entry.file).arg(entry.line);
    return {finding.code,
            entry.muted.isEmpty() ? entry.level : entry.level + u", muted: "_s + entry.muted,
            finding.subject.text() + (finding.path.isEmpty() ? QString() : u' ' + finding.path) + where,
            finding.message,
            finding.evidence.join(u'\n'),
            finding.remedy + (entry.verify.isEmpty() ? QString() : u" Then: "_s + entry.verify)};
}

QList<QStringList> entryRows(const Report &report)
{
    QList<QStringList> rows;
    for (const Report::Entry &entry : report.entries)
        rows.append(entryRow(entry));
    return rows;
}

QList<QStringList> skippedRows(const Report &report)
{
    QList<QStringList> rows;
    for (const Report::Case &one : report.cases) {
        if (!one.skipped.isEmpty())
            rows.append({one.id, one.title, one.skipped});
    }
    return rows;
}

QString labelText(QString text)
{
    return text.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s).replace(u'\n', u"\\n"_s);
}

QString headline(const Report &report)
{
    return report.verdict.isEmpty()
        ? report.reason
        : report.verdict + (report.reason.isEmpty() ? QString() : u": "_s + report.reason);
}

} // namespace

QString withRemedy(const QString &said, const QString &remedy)
{
    if (remedy.isEmpty())
        return said;
    const bool isEnded = said.endsWith(u'.') || said.endsWith(u'!') || said.endsWith(u'?') || said.isEmpty();
    return said + (isEnded ? u" To do: "_s : u". To do: "_s) + remedy;
}

QByteArray toJunit(const Report &report)
{
    qsizetype failed = 0;
    qsizetype skipped = 0;
    QString body;
    for (const Report::Case &one : report.cases) {
        body += u"  <testcase classname=\"sallyport.%1\" name=\"%2\">\n"_s.arg(
            escaped(report.command), escaped(one.id + u' ' + one.title));
        if (!one.failures.isEmpty()) {
            ++failed;
            body += u"    <failure message=\"%1\">%2</failure>\n"_s.arg(escaped(one.failures.constFirst()),
                                                                        escaped(one.failures.join(u'\n')));
        } else if (!one.skipped.isEmpty()) {
            ++skipped;
            body += u"    <skipped message=\"%1\"/>\n"_s.arg(escaped(one.skipped));
        }
        if (!one.notes.isEmpty())
            body += u"    <system-out>%1</system-out>\n"_s.arg(escaped(one.notes.join(u'\n')));
        body += u"  </testcase>\n"_s;
    }
    for (const QString &why : report.notChecked) { // else all would pass where nothing was read
        ++skipped;
        body +=
            u"  <testcase classname=\"sallyport.%1\" name=\"not checked: %2\">\n    <skipped message=\"%3\"/>\n  </testcase>\n"_s
                .arg(escaped(report.command), escaped(why.section(u':', 0, 0)), escaped(why));
    }
    const QString head =
        u"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"sallyport %1\" tests=\"%2\" failures=\"%3\" errors=\"0\" skipped=\"%4\" timestamp=\"%5\">\n"_s
            .arg(escaped(report.command))
            .arg(report.cases.size() + report.notChecked.size())
            .arg(failed)
            .arg(skipped)
            .arg(timeText(report.at).chopped(1));
    return (head + body + u"</testsuite>\n</testsuites>\n"_s).toUtf8();
}

QByteArray toSarif(const Report &report)
{
    QStringList ids;
    edge::Value rules = edge::Value::array();
    edge::Value results = edge::Value::array();
    for (const Report::Entry &entry : report.entries) {
        if (!ids.contains(entry.finding.code)) {
            ids.append(entry.finding.code);
            rules.push(ruleOf(report, entry.finding.code));
        }
        results.push(resultOf(entry, int(ids.indexOf(entry.finding.code))));
    }
    edge::Value driver = edge::Value::object(
        {{"name", "sallyport"}, {"version", SALLYPORT_VERSION}, {"rules", std::move(rules)}});
    edge::Value notifications = edge::Value::array();
    const auto notify = [&notifications](const QString &why) {
        notifications.push(
            edge::Value::object({{"level", "warning"}, {"message", textValue(u"not checked: "_s + why)}}));
    };
    for (const QString &why : report.notChecked)
        notify(why);
    for (const Report::Case &one : report.cases) {
        if (!one.skipped.isEmpty())
            notify(u"%1 %2: %3"_s.arg(one.id, one.title, one.skipped));
    }
    edge::Value invocation = edge::Value::object({{"executionSuccessful", report.isWhole},
                                                  {"endTimeUtc", value(timeText(report.at))},
                                                  {"toolExecutionNotifications", std::move(notifications)}});
    edge::Value run = edge::Value::object({{"tool", edge::Value::object({{"driver", std::move(driver)}})},
                                           {"invocations", edge::Value::array({std::move(invocation)})},
                                           {"columnKind", "utf16CodeUnits"},
                                           {"results", std::move(results)}});
    const edge::Value document =
        edge::Value::object({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                             {"version", "2.1.0"},
                             {"runs", edge::Value::array({std::move(run)})}});
    return QByteArray::fromStdString(edge::toJson(document, 2)).trimmed() + '\n';
}

QByteArray toMarkdown(const Report &report)
{
    QString text = u"# %1\n\n%2, %3\n"_s.arg(report.title, report.subject, timeText(report.at));
    if (!headline(report).isEmpty())
        text += u"\n**%1**\n"_s.arg(headline(report));
    if (!report.table.header.isEmpty())
        text += u'\n' + markdownTable(report.table.header, rowsOf(report.table));
    if (!report.entries.isEmpty())
        text += u'\n' + markdownTable(EntryHeader, entryRows(report));
    if (const auto rows = skippedRows(report); !rows.isEmpty())
        text += u"\n## Not checked\n\n"_s + markdownTable({u"Check"_s, u"What"_s, u"Why"_s}, rows);
    for (const QString &why : report.notChecked)
        text += u"\n- not checked: %1\n"_s.arg(why);
    return text.toUtf8();
}

QByteArray toHtml(const Report &report)
{
    static const QString style =
        u"body{font:14px/1.5 system-ui,sans-serif;margin:2em auto;max-width:80em;padding:0 "
        u"1em;color:#1b1f24;background:#fff}"
        "table{border-collapse:collapse;width:100%;margin:1em 0}th,td{border-bottom:1px solid "
        "#d0d7de;padding:.35em .6em;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
        "th{background:#f6f8fa}tr.error td:first-child{border-left:4px solid #c62828}tr.warning "
        "td:first-child{border-left:4px solid #b26a00}"
        "tr.note td:first-child{border-left:4px solid #8c959f}.verdict{font-size:1.3em}@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th{background:#161b22}th,td{border-color:#30363d}}"_s;
    QString text =
        u"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%1</title><style>%2</style></head><body>\n<h1>%1</h1>\n<p>%3, %4</p>\n"_s
            .arg(escaped(report.title), style, escaped(report.subject), timeText(report.at));
    if (!headline(report).isEmpty())
        text += u"<p class=\"verdict\"><strong>%1</strong></p>\n"_s.arg(escaped(headline(report)));
    if (!report.table.header.isEmpty())
        text += htmlTable(report.table.header, rowsOf(report.table), {});
    if (!report.entries.isEmpty()) {
        QStringList classes;
        for (const Report::Entry &entry : report.entries)
            classes.append(QString::fromLatin1(sarifLevel(entry.finding.severity)));
        text += htmlTable(EntryHeader, entryRows(report), classes);
    }
    if (const auto rows = skippedRows(report); !rows.isEmpty())
        text += u"<h2>Not checked</h2>\n"_s + htmlTable({u"Check"_s, u"What"_s, u"Why"_s}, rows, {});
    for (const QString &why : report.notChecked)
        text += u"<p>not checked: %1</p>\n"_s.arg(escaped(why));
    return (text + u"</body></html>\n"_s).toUtf8();
}

QByteArray toPrometheus(const Report &report)
{
    QString text;
    QString name;
    for (const Report::Metric &metric : report.metrics) {
        if (metric.name != name)
            text += u"# HELP %1 %2\n# TYPE %1 gauge\n"_s.arg(metric.name, metric.help);
        name = metric.name;
        QStringList labels;
        for (const auto &[key, content] : metric.labels)
            labels.append(u"%1=\"%2\""_s.arg(key, labelText(content)));
        const QString number = std::floor(metric.value) == metric.value
            ? QString::number(qint64(metric.value))
            : QString::number(metric.value, 'g', 10);
        text += metric.name + (labels.isEmpty() ? QString() : u'{' + labels.join(u',') + u'}') + u' ' + number
            + u'\n';
    }
    return text.toUtf8();
}

void print(const Output &output, const Report &report)
{
    switch (output.format()) {
    case Format::Junit: return output.raw(toJunit(report));
    case Format::Sarif: return output.raw(toSarif(report));
    case Format::Markdown: return output.raw(toMarkdown(report));
    case Format::Prometheus: return output.raw(toPrometheus(report));
    case Format::Table:
    case Format::Wide:
    case Format::Name:
    case Format::Json:
    case Format::Yaml: break;
    }
}

QString writeReportFile(const Report &report, const QString &path)
{
    const QByteArray page = toHtml(report);
    const auto failed = [&path](const QFileDevice &file) {
        return u"the report %1 cannot be written: %2; choose another file"_s.arg(path, file.errorString());
    };
    const QFileInfo there(path);
    if (there.exists() && !there.isFile()
        && !there.isDir()) { // a pipe or a device: no file may take its place
        QFile device(path);
        const bool isWritten =
            device.open(QIODevice::WriteOnly | QIODevice::Unbuffered) && device.write(page) == page.size();
        return isWritten ? QString() : failed(device);
    }
    QSaveFile file(path);
    // By itself commit() takes a buffer that the disk had no room for as written.
    if (file.open(QIODevice::WriteOnly) && file.write(page) == page.size() && file.flush() && file.commit())
        return {};
    return failed(file);
}

} // namespace app::cli
