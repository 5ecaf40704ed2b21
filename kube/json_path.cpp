// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/json_path.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace kube {

struct JsonPath::Step
{
    enum class Kind { Field, Wildcard, Index, Slice, Union, Descend, Filter };
    Kind kind = Kind::Field;
    QString name;                // Field
    std::optional<int> from, to; // Index: from; Slice
    int stride = 1;
    std::vector<JsonPath> members;     // Union; Filter: left, right (absent: existence)
    QString comparison;                // Filter: == != < <= > >=, "" for existence
    std::optional<QJsonValue> literal; // Filter: right side
};

namespace {

bool isNameEnd(QChar c)
{
    return c == u'.' || c == u'[' || c == u']' || c == u'}' || c == u' ' || c == u'=' || c == u'!'
        || c == u'<' || c == u'>' || c == u')';
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

// Numbers as numbers, everything else as text; values of different kinds are unequal and in no order.
bool holds(const QJsonValue &left, const QString &comparison, const QJsonValue &right)
{
    if (left.type() != right.type())
        return comparison == u"!=";
    const int order = left.isDouble()
        ? (left.toDouble() < right.toDouble() ? -1 : left.toDouble() > right.toDouble())
        : written(left).compare(written(right));
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
                add(path, {Step::Kind::Descend, {}, {}, {}, 1, {}, {}, {}});
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
        for (; m_at < m_text.size() && !isNameEnd(m_text[m_at]); ++m_at) {
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
            if (peek() == u'@')
                found.members.push_back(side());
            else
                found.literal = literal();
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
        if (!skip(u'@')) {
            wrong(u"a “@” is expected"_s);
            return path;
        }
        while (m_error.isEmpty() && (peek() == u'.' || peek() == u'['))
            step(path);
        return path;
    }

    QJsonValue literal()
    {
        if (peek() == u'\'' || peek() == u'"')
            return quoted(m_text[m_at++]);
        const qsizetype from = m_at;
        while (m_at < m_text.size() && peek() != u')' && peek() != u' ')
            ++m_at;
        const QString word = m_text.sliced(from, m_at - from);
        bool isNumber = false;
        const double number = word.toDouble(&isNumber);
        if (isNumber)
            return number;
        if (word == u"true" || word == u"false")
            return word == u"true";
        wrong(u"a number, true, false or a quoted text is expected"_s);
        return {};
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

QList<QJsonValue> JsonPath::evaluate(const QJsonValue &root) const
{
    int visits = MaxVisits;
    return walk(root, visits);
}

QList<QJsonValue> JsonPath::walk(const QJsonValue &root, int &visits) const
{
    QList<QJsonValue> now{root};
    for (const auto &step : m_steps) {
        QList<QJsonValue> next;
        for (const QJsonValue &value : now)
            follow(*step, value, next, visits);
        now = next;
    }
    return now;
}

void JsonPath::follow(const Step &step, const QJsonValue &value, QList<QJsonValue> &next, int &visits)
{
    if (visits <= 0)
        return;
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
            next += member.walk(value, visits);
        break;
    case Step::Kind::Descend: descend(value, next, visits); break;
    case Step::Kind::Filter:
        for (const QJsonValue &item : array) { // an object is nothing to filter, to kubectl neither
            if (isKept(step, item, visits))
                append(next, item, visits);
        }
        break;
    }
}

bool JsonPath::isKept(const Step &filter, const QJsonValue &item, int &visits)
{
    if (visits <= 0)
        return false;
    --visits;
    const QList<QJsonValue> left = filter.members[0].walk(item, visits);
    if (left.isEmpty() || filter.comparison.isEmpty())
        return !left.isEmpty();
    if (filter.literal)
        return holds(left.first(), filter.comparison, *filter.literal);
    const QList<QJsonValue> right =
        filter.members.size() > 1 ? filter.members[1].walk(item, visits) : QList<QJsonValue>();
    return !right.isEmpty() && holds(left.first(), filter.comparison, right.first());
}

QString JsonPath::joined(const QJsonValue &root) const
{
    QStringList texts;
    for (const QJsonValue &each : evaluate(root))
        texts.append(written(each));
    return texts.join(u',');
}

QString JsonPath::text(const QJsonValue &root) const
{
    const QList<QJsonValue> found = evaluate(root);
    return found.isEmpty() ? QString() : written(found.first());
}

} // namespace kube
