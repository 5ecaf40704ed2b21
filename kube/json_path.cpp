// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/json_path.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>
#include <optional>

using namespace Qt::StringLiterals;

namespace kube {

struct JsonPath::Step
{
    enum class Kind { Field, Wildcard, Index, Slice, Union, Descend, Filter, Literal };
    Kind kind = Kind::Field;
    QString name;                // Field
    std::optional<int> from, to; // Index: from; Slice
    int stride = 1;
    std::vector<JsonPath> members; // Union; Filter: left, right (absent: existence)
    QString comparison;            // Filter: == != < <= > >=, "" for existence
    QJsonValue literal;            // a side of a filter
    bool isFraction = false;       // written so: 80.0, which is no 80
};

struct JsonPath::Walk
{
    int visits = MaxVisits; // that are left
    QString wrong;          // ends it
    bool hasEnded() const { return visits <= 0 || !wrong.isEmpty(); }
};

namespace {

// A name may have the signs of a comparison in it, as those of annotations do, but in a filter they compare.
bool isNameEnd(QChar c, bool isInFilter)
{
    return QStringView(u".[]{},$@ ").contains(c) || (isInFilter && QStringView(u"=!<>)").contains(c));
}

QString written(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::String: return value.toString();
    case QJsonValue::Bool: return value.toBool() ? u"true"_s : u"false"_s;
    case QJsonValue::Double: {
        const QByteArray list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
        return QString::fromLatin1(list.sliced(1, list.size() - 2));
    }
    case QJsonValue::Array:
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    case QJsonValue::Object:
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    default: return {};
    }
}

constexpr int MaxQuoted = 60; // of a value in an error

enum class Basic { None, Bool, Whole, Fraction, Text };

// What kubectl compares with its like only.  Qt's parser keeps no difference between 80.0 and 80, nor does an API server.
Basic basicOf(const QJsonValue &value, bool isFraction)
{
    switch (value.type()) {
    case QJsonValue::Bool: return Basic::Bool;
    case QJsonValue::String: return Basic::Text;
    case QJsonValue::Double:
        return isFraction || value.toVariant().typeId() != QMetaType::LongLong ? Basic::Fraction
                                                                               : Basic::Whole;
    default: return Basic::None;
    }
}

int orderOf(const QJsonValue &left, const QJsonValue &right)
{
    const auto order = [](auto one, auto other) { return one < other ? -1 : int(one > other); };
    switch (left.type()) {
    case QJsonValue::Bool: return order(left.toBool(), right.toBool());
    case QJsonValue::Double:
        return left.toVariant().typeId() == QMetaType::LongLong
                && right.toVariant().typeId() == QMetaType::LongLong
            ? order(left.toInteger(), right.toInteger())
            : order(left.toDouble(), right.toDouble());
    default: return order(left.toString().toUtf8(), right.toString().toUtf8()); // Go's order, by bytes
    }
}

bool holds(int order, const QString &comparison)
{
    if (comparison == u"==")
        return order == 0;
    if (comparison == u"!=")
        return order != 0;
    if (comparison == u"<")
        return order < 0;
    if (comparison == u"<=")
        return order <= 0;
    return comparison == u">" ? order > 0 : order >= 0;
}

} // namespace

class JsonPathParser
{
public:
    explicit JsonPathParser(QString text)
        : m_text(std::move(text))
    {
    }

    Result<JsonPath> parse()
    {
        JsonPath path;
        skip(u'$');
        while (m_at < m_text.size() && m_error.isEmpty())
            step(path);
        if (!m_error.isEmpty())
            return failure(Error::Kind::Invalid,
                           u"JSONPath “%1”, place %2: %3"_s.arg(m_text, QString::number(m_at + 1), m_error));
        return path;
    }

private:
    using Step = JsonPath::Step;
    static constexpr int MaxDepth = 20;

    QChar peek() const { return m_at < m_text.size() ? m_text[m_at] : QChar(); }
    bool skip(QChar c)
    {
        if (peek() != c)
            return false;
        ++m_at;
        return true;
    }
    void skipSpaces()
    {
        while (peek() == u' ')
            ++m_at;
    }
    void wrong(const QString &why)
    {
        if (m_error.isEmpty())
            m_error = why;
    }
    static void add(JsonPath &path, Step step)
    {
        path.m_steps.push_back(std::make_shared<const Step>(std::move(step)));
    }

    void step(JsonPath &path)
    {
        if (skip(u'[')) {
            bracket(path);
        } else if (skip(u'.')) {
            if (skip(u'.'))
                add(path, {Step::Kind::Descend, {}, {}, {}, 1, {}, {}, {}, false});
            if (peek() != u'[')
                field(path);
        } else if (path.m_steps.empty()) {
            field(path);
        } else {
            wrong(u"a “.” or “[” is expected"_s);
        }
    }

    void field(JsonPath &path)
    {
        Step found;
        for (; m_at < m_text.size() && !isNameEnd(m_text[m_at], m_depth > 0); ++m_at) {
            if (m_text[m_at] == u'\\' && m_at + 1 < m_text.size())
                ++m_at;
            found.name.append(m_text[m_at]);
        }
        if (found.name == u"*")
            found.kind = Step::Kind::Wildcard;
        if (found.name.isEmpty()) {
            if (m_at < m_text.size()) // "." alone is the object itself
                wrong(u"a name is missing"_s);
            return;
        }
        add(path, std::move(found));
    }

    QString quoted(QChar quote)
    {
        QString text;
        while (m_at < m_text.size() && m_text[m_at] != quote) {
            if (m_text[m_at] == u'\\' && m_at + 1 < m_text.size())
                ++m_at;
            text.append(m_text[m_at++]);
        }
        if (!skip(quote))
            wrong(u"a quoted text does not end"_s);
        return text;
    }

    void bracket(JsonPath &path)
    {
        if (skip(u'?'))
            return filter(path);
        std::vector<JsonPath> members;
        do {
            JsonPath member;
            skipSpaces();
            inBracket(member);
            members.push_back(std::move(member));
            skipSpaces();
        } while (skip(u',') && m_error.isEmpty());
        if (!skip(u']'))
            return wrong(u"a “]” is missing"_s);
        if (members.size() == 1) {
            for (auto &one : members.front().m_steps)
                path.m_steps.push_back(one);
            return;
        }
        Step found;
        found.kind = Step::Kind::Union;
        found.members = std::move(members);
        add(path, std::move(found));
    }

    void inBracket(JsonPath &member)
    {
        Step found;
        if (peek() == u'\'' || peek() == u'"') {
            found.name = quoted(m_text[m_at++]);
        } else if (skip(u'*')) {
            found.kind = Step::Kind::Wildcard;
        } else {
            range(found);
        }
        add(member, std::move(found));
    }

    std::optional<int> integer()
    {
        const qsizetype from = m_at;
        skip(u'-');
        while (peek().isDigit())
            ++m_at;
        bool ok = false;
        const int value = QStringView(m_text).sliced(from, m_at - from).toInt(&ok);
        return ok ? std::optional(value) : std::nullopt;
    }

    void range(Step &found)
    {
        found.from = integer();
        found.kind = Step::Kind::Index;
        if (!skip(u':')) {
            if (!found.from)
                wrong(u"a number, a quoted name or * is expected"_s);
            return;
        }
        found.kind = Step::Kind::Slice;
        found.to = integer();
        if (skip(u':'))
            found.stride = integer().value_or(1);
        if (found.stride < 1)
            wrong(u"the step of a slice must be positive"_s);
    }

    void filter(JsonPath &path)
    {
        if (!skip(u'(') || ++m_depth > MaxDepth)
            return wrong(u"a “(” is expected"_s);
        Step found;
        found.kind = Step::Kind::Filter;
        skipSpaces();
        found.members.push_back(side());
        skipSpaces();
        for (const QString &comparison : {u"=="_s, u"!="_s, u"<="_s, u">="_s, u"<"_s, u">"_s}) {
            if (found.comparison.isEmpty() && QStringView(m_text).sliced(m_at).startsWith(comparison)) {
                found.comparison = comparison;
                m_at += comparison.size();
            }
        }
        if (!found.comparison.isEmpty()) {
            skipSpaces();
            found.members.push_back(side());
        }
        skipSpaces();
        if (!skip(u')') || !skip(u']'))
            wrong(u"a “)]” is expected"_s);
        --m_depth;
        add(path, std::move(found));
    }

    JsonPath side()
    {
        JsonPath path;
        // $ is the item here, too, and a dot alone begins a path of it: .5 is no number.
        if (!skip(u'@') && !skip(u'$') && peek() != u'.') {
            add(path, literal());
            return path;
        }
        while (m_error.isEmpty() && (peek() == u'.' || peek() == u'['))
            step(path);
        return path;
    }

    Step literal()
    {
        Step found;
        found.kind = Step::Kind::Literal;
        if (peek() == u'\'' || peek() == u'"') {
            found.literal = quoted(m_text[m_at++]);
            return found;
        }
        const qsizetype from = m_at;
        while (m_at < m_text.size() && !QStringView(u") =!<>").contains(peek()))
            ++m_at;
        const QString word = m_text.sliced(from, m_at - from);
        bool isWhole = false, isNumber = false;
        const qlonglong whole = word.toLongLong(&isWhole);
        const double number = word.toDouble(&isNumber); // which takes words and exponents too, client-go none
        isNumber = isNumber && std::isfinite(number) && std::all_of(word.cbegin(), word.cend(), [](QChar c) {
                       return QStringView(u"+-.0123456789").contains(c);
                   });
        found.isFraction = isNumber && !isWhole;
        if (isWhole)
            found.literal = whole;
        else if (isNumber)
            found.literal = number;
        else if (word == u"true" || word == u"false")
            found.literal = word == u"true";
        else
            wrong(
                u"a path that begins with “@”, a number without an exponent, true, false or a quoted text is expected"_s);
        return found;
    }

    QString m_text;
    qsizetype m_at = 0;
    QString m_error;
    int m_depth = 0;
};

namespace {

QList<QJsonValue> children(const QJsonValue &value)
{
    QList<QJsonValue> all;
    for (const QJsonValue &item : value.toArray())
        all.append(item);
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it)
        all.append(it.value());
    return all;
}

void append(QList<QJsonValue> &all, const QJsonValue &value, int &visits)
{
    if (visits <= 0)
        return;
    --visits;
    all.append(value);
}

void descend(const QJsonValue &value, QList<QJsonValue> &all, int &visits)
{
    append(all, value, visits);
    for (const QJsonValue &child : visits > 0 ? children(value) : QList<QJsonValue>())
        descend(child, all, visits);
}

} // namespace

Result<JsonPath> JsonPath::compile(const QString &text)
{
    QString plain = text.trimmed();
    if (plain.startsWith(u'{') && plain.endsWith(u'}'))
        plain = plain.sliced(1, plain.size() - 2).trimmed();
    return JsonPathParser(plain).parse();
}

Result<QList<QJsonValue>> JsonPath::find(const QJsonValue &root) const
{
    if (!m_steps.empty() && m_steps.front()->kind == Step::Kind::Filter && !root.isArray())
        return QList<QJsonValue>(); // kubectl writes a “.” before it, which leads to no field
    Walk walk;
    QList<QJsonValue> found = from(root, walk);
    if (!walk.wrong.isEmpty())
        return failure(Error::Kind::Invalid, walk.wrong);
    return found;
}

QList<QJsonValue> JsonPath::evaluate(const QJsonValue &root) const
{
    return find(root).value_or(QList<QJsonValue>());
}

QList<QJsonValue> JsonPath::from(const QJsonValue &root, Walk &walk) const
{
    QList<QJsonValue> now{root};
    for (const auto &step : m_steps) {
        QList<QJsonValue> next;
        for (const QJsonValue &value : now)
            follow(*step, value, next, walk);
        now = next;
    }
    return now;
}

void JsonPath::follow(const Step &step, const QJsonValue &value, QList<QJsonValue> &next, Walk &walk)
{
    if (walk.hasEnded())
        return;
    int &visits = walk.visits;
    const QJsonArray array = value.toArray();
    const int size = int(array.size());
    const auto fromEnd = [size](int index) { return index < 0 ? index + size : index; };
    switch (step.kind) {
    case Step::Kind::Field:
        if (value.toObject().contains(step.name))
            append(next, value.toObject().value(step.name), visits);
        break;
    case Step::Kind::Wildcard:
        for (const QJsonValue &child : children(value))
            append(next, child, visits);
        break;
    case Step::Kind::Index:
        if (const int index = fromEnd(*step.from); index >= 0 && index < size)
            append(next, array[index], visits);
        break;
    case Step::Kind::Slice:
        for (qint64 i = std::max(0, fromEnd(step.from.value_or(0)));
             i < std::min(size, fromEnd(step.to.value_or(size))); i += step.stride)
            append(next, array[i], visits);
        break;
    case Step::Kind::Union:
        for (const JsonPath &member : step.members)
            next += member.from(value, walk);
        break;
    case Step::Kind::Descend: descend(value, next, visits); break;
    case Step::Kind::Filter: filter(step, value, next, walk); break;
    case Step::Kind::Literal: append(next, step.literal, visits); break;
    }
}

void JsonPath::filter(const Step &step, const QJsonValue &value, QList<QJsonValue> &next, Walk &walk)
{
    if (!value.isArray()) {
        walk.wrong = u"%1 is not array or slice and cannot be filtered"_s.arg(
            value.isNull() ? u"null"_s : written(value).left(MaxQuoted));
        return;
    }
    for (const QJsonValue &item : value.toArray()) {
        if (isKept(step, item, walk))
            append(next, item, walk.visits);
    }
}

bool JsonPath::isFraction() const { return !m_steps.empty() && m_steps.back()->isFraction; }

bool JsonPath::isKept(const Step &filter, const QJsonValue &item, Walk &walk)
{
    if (walk.hasEnded())
        return false;
    --walk.visits;
    const QList<QJsonValue> left = filter.members[0].from(item, walk);
    if (left.isEmpty() || filter.comparison.isEmpty())
        return !left.isEmpty();
    const QList<QJsonValue> right = filter.members[1].from(item, walk);
    if (right.isEmpty() || walk.hasEnded())
        return false;
    const Basic one = basicOf(left.first(), filter.members[0].isFraction()),
                other = basicOf(right.first(), filter.members[1].isFraction());
    const bool isOrder = filter.comparison != u"==" && filter.comparison != u"!=";
    if (left.size() > 1 || right.size() > 1)
        walk.wrong = u"can only compare one element at a time"_s;
    else if (one == Basic::None || other == Basic::None || (isOrder && one == Basic::Bool && other == one))
        walk.wrong = u"invalid type for comparison"_s;
    else if (one != other)
        walk.wrong = u"incompatible types for comparison"_s;
    return walk.wrong.isEmpty() && holds(orderOf(left.first(), right.first()), filter.comparison);
}

Result<QString> JsonPath::joined(const QJsonValue &root) const
{
    const Result<QList<QJsonValue>> found = find(root);
    if (!found)
        return tl::unexpected(found.error());
    QStringList texts;
    for (const QJsonValue &each : *found)
        texts.append(written(each));
    return texts.join(u',');
}

QString JsonPath::text(const QJsonValue &root) const
{
    const QList<QJsonValue> found = evaluate(root);
    return found.isEmpty() ? QString() : written(found.first());
}

} // namespace kube
