// SPDX-License-Identifier: GPL-3.0-or-later
// YAML for edge::Value: yaml-cpp's tree with the scalar rules that Kubernetes applies (YAML 1.1; shared
// conformance/yaml-scalars.*).
#include "edge/text.h"
#include "edge/value.h"

#include <re2/re2.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <sstream>

namespace edge {

namespace {

constexpr std::size_t NodeLimit =
    2'000'000; // aliases of aliases grow without bound: a document of 2 million nodes is none

struct UnreadableYaml // thrown inside this file only
{
    YAML::Mark mark;
    std::string why;
};

bool isOneOf(std::string_view text, std::initializer_list<std::string_view> words)
{
    return std::find(words.begin(), words.end(), text) != words.end();
}

std::string withoutUnderscores(std::string text)
{
    text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
    return text;
}

std::string numberText(double number)
{
    std::array<char, 32> buffer{};
    if (std::nearbyint(number) == number
        && std::fabs(number) < 1e21) { // as encoding/json writes whole numbers
        const auto [end, error] =
            std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed);
        return {buffer.data(), end};
    }
    return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr};
}

std::optional<Value> readInteger(std::string_view text)
{
    const bool negative = !text.empty() && text.front() == '-';
    if (!text.empty() && (text.front() == '-' || text.front() == '+'))
        text.remove_prefix(1);
    int base = 10;
    if (text.size() > 2 && text[0] == '0' && isOneOf(text.substr(1, 1), {"x", "X", "o", "b", "B"})) {
        base = text[1] == 'b' || text[1] == 'B' ? 2 : text[1] == 'o' ? 8 : 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text[0] == '0') {
        base = 8;
        text.remove_prefix(1);
    }
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()
        || (negative && number > (1ULL << 63)))
        return {};
    if (number == 0)
        return Value(0);
    if (number > std::uint64_t(INT64_MAX)) // larger ones are floating point on their way through JSON
        return Value::number(numberText(negative ? -double(number) : double(number)));
    return Value(negative ? -std::int64_t(number) : std::int64_t(number));
}

std::optional<Value> readReal(const std::string &text)
{
    static const RE2 real(R"([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)");
    if (!RE2::FullMatch(text, real))
        return {};
    const std::string digits = text.front() == '+' ? text.substr(1) : text;
    double number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc()) // beyond the range: it stays a text
        return {};
    return Value::number(numberText(number));
}

Value readPlain(const std::string &text)
{
    if (text.empty() || isOneOf(text, {"~", "null", "Null", "NULL"}))
        return {};
    if (isOneOf(text, {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"}))
        return {true};
    if (isOneOf(text, {"n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"}))
        return {false};
    if (std::string_view("+-.0123456789").find(text.front()) == std::string_view::npos)
        return {text};
    const std::string digits = withoutUnderscores(text);
    if (auto integer = readInteger(digits))
        return *integer;
    if (auto number = readReal(digits))
        return *number;
    return {text};
}

// As Go's strconv.FormatFloat(number, 'g', -1, 32), for which kubectl takes a key: 1234567.0 is the key 1.234567e+06.
std::string shortText(float number)
{
    std::array<char, 64> buffer{};
    const auto write = [&](std::chars_format format) {
        return std::string(buffer.data(),
                           std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format).ptr);
    };
    if (std::isinf(number))
        return number < 0 ? "-.inf" : ".inf";
    const std::string scientific = write(std::chars_format::scientific);
    const int exponent = std::atoi(scientific.c_str() + scientific.find('e') + 1);
    return exponent < -4 || exponent >= 6 ? scientific : write(std::chars_format::fixed);
}

// A plain scalar as the key of a map, all of which are texts in JSON; nullopt: Kubernetes takes none of this type.
std::optional<std::string> readPlainKey(const std::string &text)
{
    const Value value = readPlain(text);
    if (value.isNull())
        return {};
    if (value.isBool())
        return value.toBool() ? "true" : "false";
    if (!value.isNumber())
        return text;
    const std::string digits = withoutUnderscores(text);
    if (const auto integer = readInteger(digits)) {
        std::int64_t whole = 0;
        const std::string number = integer->text();
        const bool fits =
            std::from_chars(number.data(), number.data() + number.size(), whole).ec == std::errc();
        return fits ? std::optional(number) : std::nullopt;
    }
    double number = 0;
    const std::size_t start = digits.front() == '+' ? 1 : 0;
    std::from_chars(digits.data() + start, digits.data() + digits.size(), number);
    return shortText(float(number));
}

class Reader
{
public:
    explicit Reader(DuplicateKeys duplicates)
        : m_duplicates(duplicates)
    {
    }

    Value read(const YAML::Node &node, int depth)
    {
        if (depth > Value::DepthLimit)
            throw UnreadableYaml{node.Mark(),
                                 "nested deeper than " + std::to_string(Value::DepthLimit) + " levels"};
        if (++m_nodes > NodeLimit)
            throw tooManyNodes(node);
        switch (node.Type()) {
        case YAML::NodeType::Scalar: return readScalar(node);
        case YAML::NodeType::Sequence: return readSequence(node, depth);
        case YAML::NodeType::Map: return readMap(node, depth);
        default: return {};
        }
    }

private:
    static UnreadableYaml tooManyNodes(const YAML::Node &node)
    {
        return {node.Mark(),
                "grows beyond " + std::to_string(NodeLimit) + " nodes; are aliases nested in aliases?"};
    }

    // yaml-cpp lets any bytes through; no JSON can carry them.  In a comment they harm nobody.
    void checkUtf8(const YAML::Node &node, const char *what) const
    {
        if (firstNotUtf8(node.Scalar()) == std::string::npos)
            return;
        std::string path;
        for (const Step &step : m_path)
            path +=
                step.name ? (path.empty() ? "" : ".") + *step.name : '[' + std::to_string(step.item) + ']';
        throw UnreadableYaml{node.Mark(),
                             what + (path.empty() ? "the document" : path)
                                 + ": not UTF-8; save the file in this encoding"};
    }

    Value readScalar(const YAML::Node &node) const
    {
        checkUtf8(node, "");
        const std::string &tag = node.Tag();
        return tag == "?" || tag.empty()
            ? readPlain(node.Scalar())
            : Value(node.Scalar()); // "!": quoted; "!!str" and others as they stand
    }

    Value readSequence(const YAML::Node &node, int depth)
    {
        Value::Array items;
        for (const YAML::Node &item : node) {
            m_path.push_back({nullptr, items.size()});
            items.push_back(read(item, depth + 1));
            m_path.pop_back();
        }
        return Value::array(std::move(items));
    }

    Value readMap(const YAML::Node &node, int depth)
    {
        Value map = Value::object();
        std::set<std::string> own; // a key may stand beside one that is merged in
        for (const auto &entry : node) {
            if (isMerge(entry.first)) {
                merge(map, entry.second, depth);
                continue;
            }
            const std::string name = readKey(entry.first);
            if (!own.insert(name).second && m_duplicates == DuplicateKeys::Refuse)
                throw UnreadableYaml{entry.first.Mark(), "the key " + name + " stands there twice"};
            m_path.push_back({&name, 0});
            map.set(name, read(entry.second, depth + 1));
            m_path.pop_back();
        }
        return map;
    }

    std::string readKey(const YAML::Node &key)
    {
        if (key.IsSequence() || key.IsMap())
            throw UnreadableYaml{key.Mark(), "a key that is no text"};
        if (++m_nodes > NodeLimit)
            throw tooManyNodes(key);
        if (key.IsScalar())
            checkUtf8(key, "a key of ");
        const bool isPlain = key.IsScalar() && (key.Tag() == "?" || key.Tag().empty());
        const auto name = key.IsNull() ? std::nullopt
            : isPlain                  ? readPlainKey(key.Scalar())
                                       : std::optional(key.Scalar());
        if (!name)
            throw UnreadableYaml{key.Mark(),
                                 (key.IsNull() ? "null" : key.Scalar())
                                     + " is no key that Kubernetes takes; write it in quotes"};
        return *name;
    }

    static bool isMerge(const YAML::Node &key) // plain; in quotes it is a key as any other
    {
        return key.IsScalar() && key.Scalar() == "<<"
            && isOneOf(key.Tag(), {"?", "", "tag:yaml.org,2002:merge"});
    }

    // In the order of the keys, as yaml.v2 and with it kubectl: what stands before << is replaced by what is merged
    // in, and of a list of maps the first counts.
    void merge(Value &map, const YAML::Node &from, int depth)
    {
        const auto refuse = [](const YAML::Node &node) {
            return UnreadableYaml{node.Mark(), "<< merges a map or a list of maps, and this is neither"};
        };
        std::vector<YAML::Node> sources;
        for (const auto &item : from.IsSequence() ? from : YAML::Node())
            sources.push_back(item);
        if (!from.IsSequence())
            sources.push_back(from);
        for (auto source = sources.rbegin(); source != sources.rend(); ++source) {
            if (!source->IsMap())
                throw refuse(*source);
            const Value merged = read(*source, depth + 1);
            for (const auto &[name, value] : merged.members())
                map.set(name, value);
        }
    }

    struct Step
    {
        const std::string *name; // of a member; nullptr: an item of a list
        std::size_t item;
    };

    DuplicateKeys m_duplicates;
    std::size_t m_nodes = 0;
    std::vector<Step> m_path; // to what is being read
};

// Refuses what yaml-cpp 0.7 never gets beyond: a mark that begins no document, which it takes for one empty document
// after another.
class Progress : public YAML::EventHandler
{
public:
    void OnDocumentStart(const YAML::Mark &mark) override
    {
        if (mark.pos == m_last)
            throw UnreadableYaml{mark, "not YAML: a mark stands here that belongs into brackets"};
        m_last = mark.pos;
    }
    void OnDocumentEnd() override { }
    void OnNull(const YAML::Mark &, YAML::anchor_t) override { }
    void OnAlias(const YAML::Mark &, YAML::anchor_t) override { }
    void OnScalar(const YAML::Mark &, const std::string &, YAML::anchor_t, const std::string &) override { }
    void OnSequenceStart(const YAML::Mark &, const std::string &, YAML::anchor_t,
                         YAML::EmitterStyle::value) override
    {
    }
    void OnSequenceEnd() override { }
    void OnMapStart(const YAML::Mark &, const std::string &, YAML::anchor_t,
                    YAML::EmitterStyle::value) override
    {
    }
    void OnMapEnd() override { }

private:
    int m_last = -1;
};

void checkProgress(const std::string &text)
{
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    Progress progress;
    while (parser.HandleNextDocument(progress)) { }
}

std::string place(std::string_view fileName, const YAML::Mark &mark)
{
    std::string text(fileName);
    if (mark.is_null())
        return text.empty() ? "YAML" : text;
    if (!text.empty())
        text += ", ";
    return text + "line " + std::to_string(mark.line + 1) + ", column " + std::to_string(mark.column + 1);
}

} // namespace

Result<std::vector<Value>> parseYaml(std::string_view text, std::string_view fileName,
                                     DuplicateKeys duplicates)
{
    if (text.find('\0') != std::string_view::npos) // yaml-cpp takes it for the end, here and there
        return failure(Error::Kind::Parse,
                       place(fileName, YAML::Mark::null_mark()) + ": not YAML: a NUL byte");
    try {
        std::vector<Value> documents;
        Reader reader(duplicates);
        checkProgress(std::string(text));
        for (const YAML::Node &document : YAML::LoadAll(std::string(text))) {
            Value value = reader.read(document, 0);
            if (!value.isNull())
                documents.push_back(std::move(value));
        }
        return documents;
    } catch (const UnreadableYaml &error) {
        return failure(Error::Kind::Parse, place(fileName, error.mark) + ": " + error.why);
    } catch (const YAML::Exception &error) {
        return failure(Error::Kind::Parse, place(fileName, error.mark) + ": not YAML: " + error.msg);
    }
}

// --- writing
// ------------------------------------------------------------------------------------------------------------

namespace {

bool needsQuotes(const std::string &text)
{
    if (text.empty() || !readPlain(text).isString())
        return true;
    if (text.front() == ' ' || text.back() == ' ' || text.back() == ':'
        || std::string_view("-?:,[]{}#&*!|>'\"%@`=<").find(text.front()) != std::string_view::npos)
        return true;
    if (text.find(": ") != std::string::npos || text.find(" #") != std::string::npos)
        return true;
    if (text.size() >= 8
        && std::isdigit(static_cast<unsigned char>(text[0]))
            != 0) // dates and times mean something to other readers
        return true;
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool fitsBlock(const std::string &text) // several lines that a literal block carries exactly
{
    if (text.find('\n') == std::string::npos || text.front() == ' ' || text.front() == '\n')
        return false;
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; });
}

void writeYaml(std::string &out, const Value &value, int depth);

std::string indentation(int depth) { return std::string(std::size_t(depth) * 2, ' '); }

void writeBlock(std::string &out, const std::string &text, int depth)
{
    const bool endsWithNewLine = text.back() == '\n';
    const bool keeps = text.size() > 1 && endsWithNewLine && text[text.size() - 2] == '\n';
    out += keeps ? "|+\n" : endsWithNewLine ? "|\n" : "|-\n";
    std::size_t from = 0;
    while (from < text.size()) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        if (end > from)
            out += indentation(depth) + text.substr(from, end - from);
        out += '\n';
        from = end + 1;
    }
}

void writeScalar(std::string &out, const Value &value, int depth)
{
    if (value.isString() && fitsBlock(value.text()))
        writeBlock(out, value.text(), depth);
    else if (value.isString() && !needsQuotes(value.text()))
        out += value.text() + '\n';
    else
        out += toJson(value) + '\n'; // a JSON string is a double-quoted YAML scalar
}

bool isInline(const Value &value)
{
    return (!value.isArray() || value.items().empty()) && (!value.isObject() || value.members().empty());
}

constexpr std::size_t LongestSimpleKey = 1000; // YAML 1.1 allows 1024 characters before the colon

void writeMember(std::string &out, const Value::Member &member, int depth)
{
    const std::string key = needsQuotes(member.first) ? toJson(Value(member.first)) : member.first;
    const bool isExplicit = key.size() > LongestSimpleKey;
    out += isExplicit ? "? " + key + '\n' + indentation(depth) + ':' : key + ':';
    if (isInline(member.second)) {
        out += ' ';
        writeScalar(out, member.second, depth + 1);
    } else {
        out += '\n';
        writeYaml(out, member.second, member.second.isArray() && !isExplicit ? depth : depth + 1);
    }
}

void writeItem(std::string &out, const Value &item, int depth)
{
    out += indentation(depth) + "- ";
    if (isInline(item)) {
        writeScalar(out, item, depth + 1);
    } else { // its first line continues the dash's
        std::string inner;
        writeYaml(inner, item, depth + 1);
        out += inner.substr(std::size_t(depth + 1) * 2);
    }
}

void writeYaml(std::string &out, const Value &value, int depth)
{
    if (isInline(value)) {
        writeScalar(out, value, std::max(depth, 1)); // a block without indentation is not read back
        return;
    }
    for (const Value &item : value.items())
        writeItem(out, item, depth);
    for (const Value::Member &member : value.members()) {
        out += indentation(depth);
        writeMember(out, member, depth);
    }
}

} // namespace

std::string toYaml(const Value &value)
{
    std::string out;
    writeYaml(out, value, 0);
    return out;
}

} // namespace edge
