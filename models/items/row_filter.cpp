// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/row_filter.h"

#include "models/items/sort_key.h"

#include <QCoreApplication>

#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;

namespace models {

namespace {

struct Token
{
    QString text;                                                  // without its quotes
    qsizetype literalFrom = std::numeric_limits<qsizetype>::max(); // from here on no sign means anything
    bool isClosed = true;
};

QList<Token> tokens(QStringView text)
{
    QList<Token> list;
    bool inToken = false;
    bool quoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar character = text[i];
        if (!quoted && character.isSpace()) {
            inToken = false;
            continue;
        }
        if (!std::exchange(inToken, true))
            list.append(Token());
        Token &token = list.last();
        if (character == u'"') {
            quoted = !quoted;
            token.literalFrom = std::min(token.literalFrom, token.text.size());
        } else {
            const bool isEscape = quoted && character == u'\\' && i + 1 < text.size();
            token.text += isEscape ? text[++i] : character;
        }
    }
    if (quoted)
        list.last().isClosed = false;
    return list;
}

std::optional<double> milliseconds(QStringView text) // "1h", "1h30m", "30d"
{
    static const QList<QPair<QString, double>> units{
        {u"ms"_s, 1},     {u"min"_s, 60e3},  {u"s"_s, 1e3},      {u"m"_s, 60e3},
        {u"h"_s, 3600e3}, {u"d"_s, 86400e3}, {u"w"_s, 604800e3}, {u"y"_s, 365 * 86400e3}};
    double total = 0;
    while (!text.isEmpty()) {
        qsizetype length = 0;
        while (length < text.size() && (text[length].isDigit() || text[length] == u'.'))
            ++length;
        bool isNumber = false;
        const double number = text.first(length).toDouble(&isNumber);
        text = text.sliced(length);
        const auto unit = std::find_if(units.begin(), units.end(), [text](const auto &candidate) {
            return text.startsWith(candidate.first);
        });
        if (!isNumber || unit == units.end())
            return {};
        total += number * unit->second;
        text = text.sliced(unit->first.size());
    }
    return total;
}

std::optional<Severity> severityNamed(const QString &folded)
{
    static const QHash<QString, Severity> names{
        {u"ok"_s, Severity::Good},         {u"good"_s, Severity::Good},       {u"info"_s, Severity::Info},
        {u"unknown"_s, Severity::Unknown}, {u"warning"_s, Severity::Warning}, {u"warn"_s, Severity::Warning},
        {u"error"_s, Severity::Error}};
    const auto found = names.constFind(folded);
    return found == names.constEnd() ? std::nullopt : std::optional(*found);
}

class TermReader
{
    Q_DECLARE_TR_FUNCTIONS(RowFilter)
public:
    TermReader(const Token &token, const QList<TableModelBase::ColumnLayout> &columns)
        : m_columns(columns)
        , m_text(token.text)
        , m_literalFrom(token.literalFrom)
    {
    }

    // Error text; empty: term() is right.
    QString read()
    {
        if (m_literalFrom > 0 && m_text.startsWith(u'-')) {
            m_term.excludes = true;
            skip(1);
            if (m_text.isEmpty() && m_literalFrom > 0)
                return tr("- needs a word after it");
        }
        static const QRegularExpression head(u"^([\\w-]+)(:|<=|>=|<|>|=)"_s,
                                             QRegularExpression::UseUnicodePropertiesOption);
        const QRegularExpressionMatch match = head.match(m_text);
        if (!match.hasMatch() || match.capturedEnd() > m_literalFrom)
            return readText();
        const QString sign = match.captured(2);
        m_term.column = columnNamed(match.captured(1).toCaseFolded());
        const bool compares = sign.contains(u'<') || sign.contains(u'>');
        if (m_term.column < 0) {
            // "quote:80", "http://…", and a word that may become one of them
            const QString rest = m_text.mid(match.capturedEnd());
            const bool isWord = rest.isEmpty() || rest[0].isDigit() || rest[0] == u'/';
            return compares || (sign == ":"_L1 && !isWord)
                ? tr("there is no column %1; a word with a sign goes in quotes").arg(match.captured(1))
                : readText();
        }
        if (sign == ":"_L1) {
            skip(match.capturedEnd());
            return m_text.isEmpty() && m_literalFrom > 0
                ? tr("%1: needs a text after it").arg(match.captured(1))
                : readText();
        }
        if (m_columns[m_term.column].comparison == Comparison::None) {
            m_term.column = compares ? m_term.column : -1;
            return compares ? tr("%1 cannot be compared; %1:text looks in it").arg(match.captured(1))
                            : readText();
        }
        skip(match.capturedEnd());
        return readComparison(match.captured(1), sign);
    }
    const FilterTerm &term() const { return m_term; }

private:
    void skip(qsizetype count)
    {
        m_text.remove(0, count);
        m_literalFrom =
            m_literalFrom == std::numeric_limits<qsizetype>::max() ? m_literalFrom : m_literalFrom - count;
    }

    int columnNamed(const QString &name) const
    {
        for (int column = 0; column < m_columns.size(); ++column) {
            if (m_columns[column].id.toCaseFolded() == name || m_columns[column].filterNames.contains(name))
                return column;
        }
        return -1;
    }

    QString readText()
    {
        const bool mayBePattern = m_literalFrom > 0 && m_text.startsWith(u'/');
        if (mayBePattern && m_text.size() > 2 && m_text.endsWith(u'/') && m_literalFrom > m_text.size())
            return readPattern(m_text.sliced(1, m_text.size() - 2));
        // "/back" is the start of a path as well as of an expression: only signs of an expression make it an
        // unfinished one.
        static const QRegularExpression signs(u"[\\\\(\\[{*+?|^$]"_s);
        if (mayBePattern && m_literalFrom > m_text.size() && m_text.contains(signs))
            return tr("the expression %1 is not finished; it ends with /").arg(m_text);
        m_term.text = m_text.toCaseFolded();
        if (m_term.column >= 0)
            m_term.severity = severityNamed(m_term.text);
        return {};
    }

    QString readPattern(const QString &pattern)
    {
        m_term.kind = FilterTerm::Kind::Pattern;
        m_term.pattern =
            QRegularExpression(pattern,
                               QRegularExpression::CaseInsensitiveOption | QRegularExpression::MultilineOption
                                   | QRegularExpression::UseUnicodePropertiesOption);
        if (!m_term.pattern.isValid())
            return tr("/%1/ is no regular expression: %2").arg(pattern, m_term.pattern.errorString());
        m_term.pattern.optimize();
        static const QRegularExpression beyondCells(u"\\\\[AzZG]|\\(\\?"_s);
        m_term.readsWholeRows = !pattern.contains(beyondCells);
        return {};
    }

    QString readComparison(const QString &name, const QString &sign)
    {
        using Relation = FilterTerm::Relation;
        static const QHash<QString, Relation> relations{{u"<"_s, Relation::Less},
                                                        {u"<="_s, Relation::LessOrEqual},
                                                        {u"="_s, Relation::Equal},
                                                        {u">="_s, Relation::GreaterOrEqual},
                                                        {u">"_s, Relation::Greater}};
        m_term.kind = FilterTerm::Kind::Compare;
        m_term.relation = relations.value(sign);
        m_term.comparison = m_columns[m_term.column].comparison;
        bool isNumber = false;
        if (m_term.comparison == Comparison::Number) {
            m_term.value = m_text.toDouble(&isNumber);
            return isNumber ? QString() : tr("%1 needs a number, as in %1%2%3").arg(name, sign, u"10"_s);
        }
        const auto duration = m_text.isEmpty() ? std::nullopt : milliseconds(m_text);
        m_term.value = duration.value_or(0);
        return duration ? QString() : tr("%1 needs a duration, as in %1%2%3").arg(name, sign, u"1h"_s);
    }

    const QList<TableModelBase::ColumnLayout> &m_columns;
    QString m_text;
    qsizetype m_literalFrom;
    FilterTerm m_term;
};

QStringView cellOf(QStringView cells, int column)
{
    for (; column > 0; --column)
        cells = cells.sliced(cells.indexOf(u'\n') + 1);
    const qsizetype end = cells.indexOf(u'\n');
    return end < 0 ? cells : cells.first(end);
}

// A match costs 0.4 us however short the text, so the row is asked as a whole first; only a match across
// cells needs a second look.
bool patternMatches(const FilterTerm &term, QStringView cells)
{
    if (term.readsWholeRows) {
        const QRegularExpressionMatch match = term.pattern.match(cells);
        if (!match.hasMatch() || !match.capturedView().contains(u'\n'))
            return match.hasMatch();
    }
    for (qsizetype from = 0; from <= cells.size();) {
        qsizetype end = cells.indexOf(u'\n', from);
        end = end < 0 ? cells.size() : end;
        if (term.pattern.match(cells.sliced(from, end - from)).hasMatch())
            return true;
        from = end + 1;
    }
    return false;
}

bool compares(const FilterTerm &term, double value, qint64 nowMsecs)
{
    if (std::isnan(value))
        return false;
    if (term.comparison == Comparison::Age)
        value = double(nowMsecs) - value;
    else if (term.comparison == Comparison::Remaining)
        value -= double(nowMsecs);
    switch (term.relation) {
    case FilterTerm::Relation::Less: return value < term.value;
    case FilterTerm::Relation::LessOrEqual: return value <= term.value;
    case FilterTerm::Relation::Equal: return value == term.value;
    case FilterTerm::Relation::GreaterOrEqual: return value >= term.value;
    case FilterTerm::Relation::Greater: return value > term.value;
    }
    return false;
}

bool holds(const FilterTerm &term, const FilterText &row, double value, qint64 nowMsecs)
{
    const QStringView cells = term.column < 0 ? QStringView(row.cells) : cellOf(row.cells, term.column);
    switch (term.kind) {
    case FilterTerm::Kind::Text:
        return cells.contains(term.text) || (term.severity && value == double(*term.severity));
    case FilterTerm::Kind::Pattern: return patternMatches(term, cells);
    case FilterTerm::Kind::Compare: return compares(term, value, nowMsecs);
    }
    return false;
}

} // namespace

bool RowFilter::usesTime() const
{
    return std::any_of(terms.begin(), terms.end(), [](const FilterTerm &term) {
        return term.comparison == Comparison::Age || term.comparison == Comparison::Remaining;
    });
}

QList<FilterMark> RowFilter::marks() const
{
    QList<FilterMark> list;
    for (const FilterTerm &term : terms) {
        if (term.excludes || term.kind == FilterTerm::Kind::Compare)
            continue;
        if (term.kind == FilterTerm::Kind::Pattern)
            list.append({term.column, {}, term.pattern});
        else if (!term.text.isEmpty())
            list.append({term.column, term.text, {}});
    }
    return list;
}

QList<MarkedPart> markedParts(const QList<FilterMark> &marks, int column, const QString &shown)
{
    QList<MarkedPart> parts;
    for (const FilterMark &mark : marks) {
        if (mark.column >= 0 && mark.column != column)
            continue;
        if (!mark.text.isEmpty()) {
            const qsizetype length = mark.text.size();
            for (qsizetype at = shown.indexOf(mark.text, 0, Qt::CaseInsensitive); at >= 0;
                 at = shown.indexOf(mark.text, at + length, Qt::CaseInsensitive))
                parts.append({at, length});
            continue;
        }
        for (QRegularExpressionMatchIterator each = mark.pattern.globalMatch(shown); each.hasNext();) {
            const QRegularExpressionMatch match = each.next();
            if (match.capturedLength() > 0) // "x*" also finds nothing, everywhere
                parts.append({match.capturedStart(), match.capturedLength()});
        }
    }
    return parts;
}

RowFilter parseFilter(QStringView text, const QList<TableModelBase::ColumnLayout> &columns)
{
    RowFilter filter;
    for (const Token &token : tokens(text)) {
        TermReader reader(token, columns);
        filter.error = token.isClosed ? reader.read()
                                      : TermReader::tr("the quote before %1 is not closed").arg(token.text);
        if (!filter.error.isEmpty())
            return filter;
        filter.terms.append(reader.term());
    }
    return filter;
}

QString filterCells(const TableModelBase &model, int row)
{
    QString cells, nameSpace, name;
    const QList<TableModelBase::ColumnLayout> &layout = model.layout();
    for (int column = 0; column < int(layout.size()); ++column) {
        if (column > 0)
            cells += u'\n';
        const QString cell = model.index(row, column).data().toString().toCaseFolded().replace(u'\n', u' ');
        cells += cell;
        if (layout[column].id == "namespace"_L1)
            nameSpace = cell;
        else if (layout[column].id == "name"_L1)
            name = cell;
    }
    if (!nameSpace.isEmpty() && !name.isEmpty())
        cells += u'\n' + nameSpace + u'/' + name; // as it is copied
    return cells;
}

QList<double> filterValues(const TableModelBase &model, int row, const RowFilter &filter)
{
    QList<double> values;
    for (const FilterTerm &term : filter.terms) {
        if (!term.needsValue())
            continue;
        const int role =
            term.kind == FilterTerm::Kind::Compare ? TableModelBase::SortRole : TableModelBase::SeverityRole;
        const SortKey key = sortKeyOf(model.index(row, term.column).data(role));
        values.append(key.kind == SortKey::Kind::Number ? key.number : std::nan(""));
    }
    return values;
}

bool matches(const RowFilter &filter, const FilterText &row, qint64 nowMsecs)
{
    qsizetype next = 0;
    for (const FilterTerm &term : filter.terms) {
        const double value = term.needsValue() ? row.values[next++] : 0;
        if (holds(term, row, value, nowMsecs) == term.excludes)
            return false;
    }
    return true;
}

} // namespace models
