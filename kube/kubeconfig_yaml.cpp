// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/kubeconfig_yaml.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QLocale>
#include <QRegularExpression>

#include <map>
#include <optional>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

constexpr int MaxNodes = 10'000, MaxDepth = 100; // aliases may lead to themselves, or multiply

bool isPlain(const YAML::Node &node) { return node.Tag() == "?" || node.Tag().empty(); }

// Said to be no text, in quotes or not: !!int "5".
bool isTagged(const YAML::Node &node)
{
    const std::string &tag = node.Tag();
    return tag == "tag:yaml.org,2002:int" || tag == "tag:yaml.org,2002:float"
        || tag == "tag:yaml.org,2002:bool";
}

class Merged
{
public:
    void add(const YAML::Node &map, int depth = 0)
    {
        for (const auto &entry : map) {
            if (++m_nodes > MaxNodes || depth > MaxDepth)
                throw WrongEntry{u"a merge key (<<) leads to itself or to too much"_s, lineOf(entry.first)};
            if (entry.first.IsScalar() && entry.first.Scalar() == "<<" && isPlain(entry.first))
                merge(entry.second, depth + 1);
            else if (entry.first.IsScalar())
                set(entry.first.Scalar(), entry.second);
        }
    }
    std::vector<std::pair<std::string, YAML::Node>> take() { return std::move(m_members); }

private:
    // Of a list of maps the first counts.
    void merge(const YAML::Node &from, int depth)
    {
        if (from.IsMap())
            return add(from, depth);
        if (!from.IsSequence())
            throw WrongEntry{u"“<<” merges a map or a list of maps, and this is neither"_s, lineOf(from)};
        for (std::size_t i = from.size(); i > 0; --i) {
            if (!from[i - 1].IsMap())
                throw WrongEntry{u"“<<” merges a map or a list of maps, and this is neither"_s,
                                 lineOf(from[i - 1])};
            add(from[i - 1], depth);
        }
    }
    void set(const std::string &name, const YAML::Node &value)
    {
        const auto [known, isNew] = m_places.try_emplace(name, m_members.size());
        if (isNew)
            m_members.emplace_back(name, value);
        else
            m_members[known->second].second.reset(value);
    }

    std::vector<std::pair<std::string, YAML::Node>> m_members;
    std::map<std::string, std::size_t> m_places;
    int m_nodes = 0;
};

QByteArray quotedJson(const QString &text)
{
    const QByteArray list = QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact);
    return list.sliced(1, list.size() - 2);
}

// 10, 0x10, 010, 0o10, 0b10 and 1_000 as JSON writes them; nullopt: no number, or none that JSON has.
std::optional<QByteArray> number(QString text)
{
    static const QRegularExpression shape(
        u"^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0o?([0-7]+)|([0-9]+)|((?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?))$"_s);
    if (text.isEmpty() || !(text.front().isDigit() || u"+-."_s.contains(text.front())))
        return {};
    const auto match = shape.match(text.remove(u'_'));
    if (!match.hasMatch())
        return {};
    bool isNumber = false;
    for (const auto &[group, base] : {std::pair(2, 16), {3, 2}, {4, 8}, {5, 10}}) {
        if (match.capturedLength(group) == 0)
            continue;
        const qulonglong whole = match.captured(group).toULongLong(&isNumber, base);
        if (isNumber)
            return (match.captured(1) == u"-" && whole > 0 ? "-" : "") + QByteArray::number(whole);
    }
    const double real = text.toDouble(&isNumber);
    return isNumber ? std::optional(QByteArray::number(real, 'g', QLocale::FloatingPointShortest))
                    : std::nullopt;
}

// Numbers to YAML, which JSON does not have.
bool isBeyondJson(const QString &text)
{
    static const QRegularExpression shape(u"^(?:[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN))$"_s);
    return shape.match(text).hasMatch();
}

// A plain scalar that is no text, as JSON; nullopt: it is one.
std::optional<QByteArray> typed(const QString &text)
{
    static const QStringList yes{u"y"_s, u"yes"_s, u"on"_s, u"true"_s};
    static const QStringList no{u"n"_s, u"no"_s, u"off"_s, u"false"_s};
    const QString lower = text.toLower();
    const bool isOneCase =
        text == lower || text == text.toUpper() || text == text.left(1).toUpper() + lower.mid(1);
    if (isOneCase && (yes.contains(lower) || no.contains(lower)))
        return yes.contains(lower) ? "true" : "false";
    return number(text);
}

class ExtensionText
{
public:
    QByteArray of(const YAML::Node &node, int depth = 0)
    {
        if (++m_nodes > MaxNodes || depth > MaxDepth)
            throw WrongEntry{u"an extension is too large or too deep; do aliases in it lead to aliases?"_s,
                             lineOf(node)};
        if (!node.IsDefined() || node.IsNull())
            return "null";
        QByteArray out;
        if (node.IsSequence()) {
            for (const YAML::Node &item : node)
                out += (out.isEmpty() ? "" : ",") + of(item, depth + 1);
            return '[' + out + ']';
        }
        if (node.IsMap()) {
            for (const auto &[name, value] : membersOf(node))
                out += (out.isEmpty() ? "" : ",") + quotedJson(key(name)) + ':' + of(value, depth + 1);
            return '{' + out + '}';
        }
        const QString text = QString::fromStdString(node.Scalar());
        if ((isPlain(node) || isTagged(node)) && isBeyondJson(text))
            throw WrongEntry{u"“%1” is a number that JSON does not have; put it in quotes"_s.arg(text),
                             lineOf(node)};
        const auto other = isPlain(node) || isTagged(node) ? typed(text) : std::nullopt;
        if (isTagged(node) && !other)
            throw WrongEntry{u"“%1” is not of the type that its tag says; take the tag away"_s.arg(text),
                             lineOf(node)};
        return other ? *other : quotedJson(text);
    }

private:
    static QString key(const std::string &name) // y and 0x10 are no texts here either
    {
        const QString text = QString::fromStdString(name);
        const auto other = typed(text);
        return other ? QString::fromLatin1(*other) : text;
    }

    int m_nodes = 0;
};

} // namespace

int lineOf(const YAML::Node &node) { return node.Mark().line + 1; }

std::vector<std::pair<std::string, YAML::Node>> membersOf(const YAML::Node &map)
{
    Merged merged;
    if (map.IsMap())
        merged.add(map);
    return merged.take();
}

YAML::Node member(const YAML::Node &map, const char *name)
{
    for (const auto &[known, value] : membersOf(map)) {
        if (known == name)
            return value;
    }
    return YAML::Node(YAML::NodeType::Undefined);
}

bool isText(const YAML::Node &scalar)
{
    const QString text = QString::fromStdString(scalar.Scalar());
    return !isTagged(scalar) && (!isPlain(scalar) || (!typed(text) && !isBeyondJson(text)));
}

std::optional<bool> asFlag(const YAML::Node &scalar)
{
    const auto value = (isPlain(scalar) || isTagged(scalar)) && scalar.IsScalar()
        ? typed(QString::fromStdString(scalar.Scalar()))
        : std::nullopt;
    if (value == QByteArray("true"))
        return true;
    return value == QByteArray("false") ? std::optional(false) : std::nullopt;
}

QByteArray extensionJson(const YAML::Node &node) { return ExtensionText().of(node); }

} // namespace kube
