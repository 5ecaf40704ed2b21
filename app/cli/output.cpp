// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"

#include "models/analysis/rights_role.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

constexpr int Gap = 3;

const char *colourCode(models::Severity severity)
{
    switch (severity) {
    case models::Severity::Good: return "\033[32m";
    case models::Severity::Warning: return "\033[33m";
    case models::Severity::Error: return "\033[31m";
    case models::Severity::Unknown: return "\033[2m";
    case models::Severity::Info: break;
    }
    return nullptr;
}

QString paint(const QString &text, models::Severity severity)
{
    const char *code = colourCode(severity);
    return code ? QString::fromLatin1(code) + text + u"\033[0m"_s : text;
}

edge::Value named(const char *kind, const edge::Value &content)
{
    edge::Value document = edge::Value::object({{"apiVersion", "sallyport/v1"}, {"kind", kind}});
    for (const auto &[key, member] : content.members())
        document.set(key, member);
    return document;
}

} // namespace

QString printable(QString text)
{
    for (QChar &c : text) {
        const bool isControl = c.unicode() < 0x20 || (c.unicode() >= 0x7f && c.unicode() < 0xa0);
        if (isControl && c != u'\n' && c != u'\t')
            c = QChar::ReplacementCharacter;
    }
    return text;
}

const QStringList &formatNames()
{
    static const QStringList names{u"table"_s,    u"json"_s,       u"yaml"_s, u"junit"_s, u"sarif"_s,
                                   u"markdown"_s, u"prometheus"_s, u"wide"_s, u"name"_s};
    return names;
}

void Columns::fit(const QList<Cell> &row)
{
    m_widths.resize(std::max(m_widths.size(), row.size()));
    for (qsizetype i = 0; i < row.size(); ++i)
        m_widths[i] = std::max(m_widths[i], row[i].text.size());
}

QString Columns::line(const QList<Cell> &row) const
{
    QString line;
    qsizetype pad = 0;
    for (qsizetype i = 0; i < row.size() && i < m_widths.size(); ++i) {
        const QString cell = printable(row[i].text).replace(u'\n', u' ');
        line += QString(pad, u' ') + (m_colour ? paint(cell, row[i].severity) : cell);
        pad = m_widths[i] - row[i].text.size() + Gap;
    }
    while (line.endsWith(u' '))
        line.chop(1);
    return line + u'\n';
}

QList<Cell> cellsOf(const QStringList &texts)
{
    QList<Cell> cells;
    for (const QString &text : texts)
        cells.append({text});
    return cells;
}

QString layOut(const Table &table, bool colour)
{
    Columns columns(colour);
    columns.fit(cellsOf(table.header));
    for (const QList<Cell> &row : table.rows)
        columns.fit(row.mid(0, table.header.size()));
    QString text = columns.line(cellsOf(table.header));
    for (const QList<Cell> &row : table.rows)
        text += columns.line(row);
    return text;
}

Output::Output(Format format, bool colour, Sink out, Sink err)
    : m_format(format)
    , m_colour(colour)
    , m_out(std::move(out))
    , m_err(std::move(err))
{
}

void Output::table(const Table &table) const { m_out(layOut(table, m_colour).toUtf8()); }

void Output::line(const QString &text) const { m_out(text.toUtf8() + '\n'); }

void Output::note(const QString &text) const { m_err(printable(text).toUtf8() + '\n'); }

void Output::document(const char *kind, edge::Value content) const
{
    const edge::Value document = named(kind, content);
    const std::string text = m_format == Format::Yaml ? edge::toYaml(document) : edge::toJson(document, 2);
    m_out(QByteArray::fromStdString(text).trimmed() + '\n');
}

void Output::streamed(const char *kind, edge::Value content) const
{
    const edge::Value document = named(kind, content);
    const QByteArray text = m_format == Format::Yaml
        ? "---\n" + QByteArray::fromStdString(edge::toYaml(document))
        : QByteArray::fromStdString(edge::toJson(document));
    m_out(text.trimmed() + '\n');
}

int Output::fail(const QString &message) const
{
    note(u"sallyportctl: "_s + message);
    if (const QString role = models::roleForRights({message}); !role.isEmpty())
        note(u"note: this ClusterRole grants it:\n"_s + role.trimmed());
    return 1;
}

QString Output::painted(const QString &text, models::Severity severity) const
{
    return m_colour ? paint(text, severity) : text;
}

edge::Value value(const QString &text) { return {text.toStdString()}; }

edge::Value value(const QStringList &texts)
{
    edge::Value array = edge::Value::array();
    for (const QString &text : texts)
        array.push(value(text));
    return array;
}

QString orDash(const QString &text) { return text.isEmpty() ? u"-"_s : text; }

} // namespace app::cli
