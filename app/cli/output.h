// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a command prints: tables with a header and no frames, or one JSON/YAML document.  Results go to standard output,
// progress and errors to standard error.  Thread: the command's.
#include "edge/value.h"
#include "models/resources/finding.h"

#include <QList>
#include <QStringList>

#include <functional>

namespace app::cli {

// The first three fit every command, the others those that name them.
enum class Format { Table, Json, Yaml, Junit, Sarif, Markdown, Prometheus, Wide, Name };
const QStringList &formatNames(); // in this order, as -o takes them

struct Cell
{
    QString text;
    models::Severity severity = models::Severity::Info; // coloured on a terminal only
};

struct Table
{
    QStringList header;
    QList<QList<Cell>> rows;
};
// Columns three spaces apart, no trailing spaces.  Of rows that come later: as wide as the widest so far.
class Columns
{
public:
    explicit Columns(bool colour)
        : m_colour(colour)
    {
    }
    void fit(const QList<Cell> &row);
    QString line(const QList<Cell> &row) const; // with its end

private:
    bool m_colour;
    QList<qsizetype> m_widths;
};
QList<Cell> cellsOf(const QStringList &texts);
QString layOut(const Table &table, bool colour);

class Output
{
public:
    using Sink = std::function<void(const QByteArray &)>;
    Output(Format format, bool colour, Sink out, Sink err);
    Format format() const { return m_format; }
    bool hasColour() const { return m_colour; }

    void table(const Table &table) const;
    void line(const QString &text) const; // to standard output
    void note(const QString &text) const; // to standard error, printable() and thus without colours
    void raw(const QByteArray &bytes) const { m_out(bytes); }
    void document(const char *kind, edge::Value content) const; // apiVersion and kind are put first
    // One of many that follow each other: a line of JSON, or a document of YAML after ---.
    void streamed(const char *kind, edge::Value content) const;
    int fail(const QString &message) const; // "sallyportctl: message", and the role that it lacks; 1
    QString painted(const QString &text, models::Severity severity) const;

private:
    Format m_format;
    bool m_colour;
    Sink m_out, m_err;
};

// edge::Value from Qt's strings, and arrays of them.
edge::Value value(const QString &text);
edge::Value value(const QStringList &texts);
// Control characters of a server's words must not steer the terminal: they are shown as U+FFFD.  Lines and tabs stay.
QString printable(QString text);
QString orDash(const QString &text); // "-" for an empty cell, as kubectl's <none>

} // namespace app::cli
